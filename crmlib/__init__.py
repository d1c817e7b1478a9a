"""Customer analytics for a course and for work: transactions, customers, models, lessons."""

from crmlib.errors import CannotAnswer, DataError, FitWarning

__version__ = "0.1.0"
__all__ = ["CannotAnswer", "DataError", "FitWarning", "__version__"]
