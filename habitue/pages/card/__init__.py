"""The customer's pages: joining, the card, what belongs to it."""
