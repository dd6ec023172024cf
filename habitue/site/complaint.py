"""What stops Habitué from going on, as one sentence for a person and one exit code for a script."""

import enum


class Exit(enum.IntEnum):
    """Exit codes of the `habitue` command; 1 is a defect, 2 a wrong use of the command line."""

    SETTING = 3  # a setting in the environment is wrong
    DATABASE = 4  # the database cannot be found, started or reached
    UNSAFE_DATABASE = 5  # it can, but would lose what was acknowledged
    PORT_TAKEN = 6  # another program listens at our address
    ALREADY_RUNNING = 7
    NOT_RUNNING = 8
    NOT_HEALTHY = 9  # started, but web or worker does not answer


class Complaint(Exception):
    """One sentence that says what is wrong and what to do; ends a command with its exit code."""

    def __init__(self, sentence: str, code: Exit) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
