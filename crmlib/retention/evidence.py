"""What a table can tell of leaving: contracts, a log of purchases, or a campaign.

Each answers another question. Contracts have a start and, once they are over, an end: they
say who left, and when. A log of purchases holds no goodbye: it says who fell silent. Only a
campaign drawn by lot says whom a contact changed. Which of the three a table is, is told by
the columns that its owner names; what it does not tell is looked at in the teaching shop.
"""

import pandas as pd

from crmlib import datasets
from crmlib.errors import DataError
from crmlib.retention import shop
from crmlib.retention.campaigns import campaign_table
from crmlib.retention.contracts import durations
from crmlib.retention.kinds import SHOP, kind
from crmlib.retention.leaving import churn
from crmlib.text import gettext as _
from crmlib.text import joined


def contracts(dataset, columns):
    """Contracts as durations; if the table holds none, the shop's permissions to write.

    Parameters
    ----------
    dataset : str or path
        As in :func:`crmlib.datasets.table`.
    columns : dict
        ``start`` and ``end`` (days; no end: still active), or ``duration`` (months) and
        ``left`` (yes or no; ``good`` is its word for those who stayed, if it is not no).
        ``group`` makes groups of its own; without it contracts are grouped by the quarter of
        their start.

    Returns
    -------
    table : pandas.DataFrame
        One row a contract: the columns of the table, ``duration`` (months), ``observed``
        (bool: its end was seen) and ``group`` (text). With days also ``start`` and ``end``
        (missing if it was not seen), and the last day known in ``attrs["last_day"]``.
    report : crmlib.transactions.Report or crmlib.retention.taken.Taken
        Rows in, kept and set aside, and what each column was taken for.

    Raises
    ------
    DataError
        If the file or a column cannot be used.

    Examples
    --------
    >>> table, report = contracts("shop", {})
    >>> len(table), int(table["observed"].sum())
    (2091, 171)
    """
    if kind(columns) != "contracts":
        return durations.dated(shop.permissions(), shop.PERMISSIONS, shop.LAST_DAY)
    read = durations.counted if "duration" in columns else durations.dated
    return read(_numbered(dataset), columns)


def log(dataset, columns, show_names=True):
    """A clean log of purchases; if the table is none, the shop's.

    Parameters
    ----------
    dataset, columns, show_names
        As in :func:`crmlib.datasets.transactions`.

    Returns
    -------
    log : pandas.DataFrame
    report : crmlib.transactions.Report

    Raises
    ------
    DataError
        As :func:`crmlib.datasets.transactions`.

    Examples
    --------
    >>> log("cdnow", {})[1].rows_kept
    6919
    """
    if kind(columns) != "log":
        return datasets.transactions(SHOP)
    try:
        return datasets.transactions(dataset, columns=columns, show_names=show_names)
    except DataError as error:
        if columns or str(dataset) in datasets.names():
            raise
        raise DataError(
            joined(
                str(error),
                _(
                    "If it is no log of purchases, say so: --columns start=…,end=… or "
                    "--columns duration=…,left=… for contracts, --columns treatment=…,outcome=… "
                    "for a campaign."
                ),
            )
        ) from error


def campaign(dataset, columns, show_names=True):
    """A campaign drawn by lot; if the table is none, the shop's voucher of November.

    Parameters
    ----------
    dataset : str or path
    columns : dict
    show_names : bool
        As in :func:`crmlib.retention.campaigns.campaign_table.read`.

    Returns
    -------
    campaign : crmlib.retention.campaigns.campaign.Campaign
    report : crmlib.retention.taken.Taken
        As there.

    Raises
    ------
    DataError, CannotAnswer
        As there.

    Examples
    --------
    >>> voucher, report = campaign("shop", {})
    >>> print(report)
    1,640 rows in: 1,634 kept, 6 set aside (no purchase in the log before the campaign).
    """
    if kind(columns) != "campaign":
        return shop.campaign("K5")
    return campaign_table.read(_numbered(dataset), columns, show_names)


def likely_to_stay(campaign, outcomes):
    """An order of a campaign's customers by how likely they are to stay, contact or not.

    Parameters
    ----------
    campaign : crmlib.retention.campaigns.campaign.Campaign
    outcomes : pandas.DataFrame
        As :func:`crmlib.retention.campaigns.uplift.progressive` gives it of two models.

    Returns
    -------
    float array of shape (n,)
        Higher is likelier: by the one rule, the shortest silence first, if the features are
        those of a log (:data:`crmlib.retention.leaving.churn.HISTORY`); otherwise the outcome
        expected without contact.

    Examples
    --------
    >>> voucher = shop.campaign("K5")[0]
    >>> bool(likely_to_stay(voucher, None)[0] == -voucher.features["silence"].iloc[0])
    True
    """
    if set(churn.HISTORY) <= set(campaign.features):
        return -campaign.features["silence"].to_numpy()
    return outcomes["without"].to_numpy()


def _numbered(dataset):
    """A table whose index numbers the rows as an editor shows them, the headings being row 1."""
    table = datasets.table(dataset)
    if table.index.name != "row":  # of the catalogue, or of Parquet, which has no headings
        first = 1 if datasets.resolve(dataset)[0].suffix == ".parquet" else 2
        table.index = pd.RangeIndex(first, first + len(table), name="row")
    return table
