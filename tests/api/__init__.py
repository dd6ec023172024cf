"""The API: its world, and how it is asked."""
