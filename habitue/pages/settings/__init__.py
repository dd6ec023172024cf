"""The owner's settings: the shop, its people, keys for programs, backups, the account."""
