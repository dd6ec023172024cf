"""Oscar's checkout, with points."""
