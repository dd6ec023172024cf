"""Who the people are: businesses, customers, members, their identities, cards, consent and staff.

Personal data lives in this room only, so that it can be erased without touching the ledger.
"""
