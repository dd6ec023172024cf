"""The owner's first minutes: from nothing to a living card, and the demo."""
