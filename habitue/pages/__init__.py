"""The door for people: the owner's, the counter's and the customer's pages.

A view reads the request, asks `ledger` or `members`, and answers with a template. Nothing here
changes a balance except by `ledger.post`.
"""
