"""Reaching customers: audiences made of segments, and experiments on them.

`audiences.make`, `audiences.members` and `audiences.rows` know who is meant; `telling.tell` lets
the program's rules know who is in which segment.
"""
