"""The one error of this package: what a person at the terminal must know, in one line."""


class StartError(Exception):
    """Something outside the program keeps it from starting. The message is one line that says what to do about it."""


def one_line(error: BaseException) -> str:
    """The error's own text on one line, or its type's name where it has none."""
    return " ".join(str(error).split()) or type(error).__name__
