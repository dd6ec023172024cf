"""Experiments: who is held out, what differs between the two groups, and how sure that is.

`assignment` says in which group a customer is; `sums` is all that is known of a group; `judging`
compares two groups, `power` says beforehand what could be seen, `peeking` keeps looking every day
honest. `matching` compares members with others who never were assigned: never called an effect.

Nothing here is imported by a web worker's usual path: the statistics are tea-tasting's.
"""
