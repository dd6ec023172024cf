"""The owner's pages about the program: its rules, and what goes beyond one member."""
