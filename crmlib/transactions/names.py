"""Customers numbered, for what is shown to others."""

from dataclasses import replace

import pandas as pd

from crmlib.text import gettext as _


def without_names(log, report):
    """A log and its report without the customers' own ids.

    Parameters
    ----------
    log : DataFrame
        As :func:`crmlib.transactions.read` gives it; left as it is.
    report : Report

    Returns
    -------
    log : DataFrame
        ``customer_id`` is C1, C2 … in the order in which customers first appear.
    report : Report
        Its examples give the row and not what stands there; the rows set aside, which are
        shown to nobody, are as they were.

    Examples
    --------
    >>> from crmlib import transactions
    >>> names, dates = ["Li", "Ann", "Li"], ["2025-01-31"] * 3
    >>> frame = pd.DataFrame({"client": names, "date": dates, "sales": [3, 4, 5]})
    >>> log, report = without_names(*transactions.read(frame))
    >>> log["customer_id"].tolist()
    ['C1', 'C2', 'C1']
    """
    numbers, ids = pd.factorize(log["customer_id"])
    width = len(str(len(ids)))  # so that their order as text is that of their numbers
    named = pd.Series([f"C{n:0{width}}" for n in range(1, len(ids) + 1)], dtype="str")
    log = log.assign(customer_id=named.take(numbers).to_numpy())
    rows = report.findings["example"].str.partition(":")[0]
    told = _(
        "Customers are numbered in the order in which they first appear; their ids are hidden "
        "(crmlib report --show-names shows them)."
    )
    findings = report.findings.assign(example=rows)
    return log, replace(report, findings=findings, notes=[*report.notes, told])
