"""Programs to start from: one sentence with blanks, and the program that it means.

A template file has a sentence per language, the blanks in it with their bounds, and a program in
which the blanks stand in braces: `cost: {stamps: "{count + head_start}"}`. `read` is strict about
the file, `fill` about what fills the blanks; what comes out is the text of a program file.
"""

from __future__ import annotations

from habitue.core.templates.blanks import Blank, Misfit, Values
from habitue.core.templates.filling import fill, sentence
from habitue.core.templates.reading import Template, read

__all__ = ["Blank", "Misfit", "Template", "Values", "fill", "read", "sentence"]
