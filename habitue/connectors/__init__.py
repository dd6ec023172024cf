"""Door for other systems: purchase files today; tills, shops and webhooks beside them."""
