"""Webhooks out: other systems are told what happens here, signed, in order, at least once."""
