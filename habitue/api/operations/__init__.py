"""What programs can ask for: one module a kind of thing, found by its name."""
