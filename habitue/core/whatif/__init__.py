"""What would have happened: a history replayed under a program, with stated behaviour.

`replay` sends events through the same engine as everything else, `sums` adds up what followed
(parts of any size, in any order), `result` turns the sums into months that people can read.
"""
