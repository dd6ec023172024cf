"""What follows from what happened. Pure: no Django, no input or output, no clock, no chance.

Read in this order: `facts` (what happened), `program` (the rules), `account` (what a member
holds), `engine` (facts in, effects out), `document` (a program as a file).
"""
