"""What leaves as a file: customers, events, entries, vouchers, row by row and never all at once.

A row is its columns' values. `written` makes lines of JSON or of CSV of them.
"""
