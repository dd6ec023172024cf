"""Sentences with blanks that say what stands in a program, and change it when they are filled in.

A *kind* of sentence (`habitue.pages.program.kinds`, a module each, found by name) says one thing of
a program: a rule, a reward, a level. It is made of *parts*, each with blanks of its own; what no
part can say of a thing is shown and stays as it is.
"""
