"""Customers in groups that one can act on: who is slipping, who is worth most, who is late.

`catalogue.every()` has the words of every segment, without NumPy; `finding.members(…)` has the
customers' numbers. A segment is found from `population.Population`: everybody's life as of a day.
"""
