"""What goes wrong, said in one sentence."""


class DataError(ValueError):
    """Input that cannot be used as it is.

    The message is one sentence: what was wrong, where (column and row), and
    what would be accepted. On the command line it is printed alone and the
    exit code is 2.
    """


class CannotAnswer(DataError):
    """Data that can be read, and cannot answer the question: too few, too short, no amounts."""


class FitWarning(UserWarning):
    """A fit that should not be trusted as it stands, with advice."""
