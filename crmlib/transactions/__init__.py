"""The contract: what a transaction log is, how one is read, and what was wrong with it.

A log is a pandas data frame with one row per purchase line and the columns

    customer_id   str              as typed, leading zeros kept
    time          datetime64[us]   wall clock where the purchase was made
    amount        float64          money, one currency

and, where the source has them, ``order_id``, ``product_id``, ``channel``
(str) and ``quantity``, ``unit_price`` (float64). :func:`read` makes a log
from a file or a data frame, and a :class:`Report` that counts what was odd,
says what was done about it and keeps the rows set aside:

    rows in = rows kept + rows set aside

The parts, in the order the data pass them: ``sources`` (files into cells; text by
``text_files`` and ``encodings``), ``columns`` (headings into roles), ``cells``, ``times``,
``amounts`` and ``ids`` (text into values), ``reading`` and ``returns`` (the rules),
``report``, ``names`` (which not everyone is to see).
"""

from crmlib.transactions.names import without_names
from crmlib.transactions.reading import read
from crmlib.transactions.report import Report

__all__ = ["Report", "read", "without_names"]
