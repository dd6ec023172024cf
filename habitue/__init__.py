"""Habitué: customer loyalty and retention, self-hosted."""

__version__ = "0.1.0"
