"""One customer as the owner sees them, what is done by hand about them, and the journal of it."""
