"""The owner's own pages: today, customers, settings."""
