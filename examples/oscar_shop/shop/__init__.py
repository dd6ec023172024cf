"""A django-oscar shop whose customers earn and spend points: an example, run by a test."""
