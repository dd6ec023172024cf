"""What is fast, against what: commands that print ratios measured in one run (see README.md)."""
