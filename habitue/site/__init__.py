"""Settings, addresses, the embedded database, the supervised processes and the commands."""
