"""Orders and purchases that were taken back."""

import numpy as np

from crmlib.text import gettext as _
from crmlib.transactions.cells import hashed


def cancelled_orders(log, rows):
    """Orders numbered C and digits, where that is the exception.

    Beside orders numbered by digits alone, C marks a cancellation; where most orders begin
    with C or another letter, it is a number like any other.

    Parameters
    ----------
    log : DataFrame
    rows : int array of shape (n,)
        Row numbers, for the note.

    Returns
    -------
    cancelled : bool array of shape (n,)
    notes : list of str
        That such orders were taken for purchases.

    Examples
    --------
    >>> import pandas as pd
    >>> cancelled_orders(pd.DataFrame({"order_id": ["536365", "C536379"]}), [2, 3])[0].tolist()
    [False, True]
    """
    if "order_id" not in log:
        return np.zeros(len(log), dtype=bool), []
    cancelled = log["order_id"].str.fullmatch("[Cc][0-9]+").fillna(False).to_numpy(dtype=bool)
    if not cancelled.any():
        return cancelled, []
    if cancelled.sum() <= log["order_id"].str.fullmatch("[0-9]+").fillna(False).sum():
        return cancelled, []
    place = np.argmax(cancelled)
    note = _(
        "Orders numbered like {word!r} (row {row}) were taken for purchases; they would be "
        "cancellations if most of the others were numbered by digits alone."
    ).format(word=log["order_id"].iloc[place], row=rows[place])
    return np.zeros(len(log), dtype=bool), [note]


def cancelled_later(log, back):
    """Purchases that a later line takes back whole: bool array of shape (n,).

    A line that goes back takes the last purchase before it of the same customer, product,
    quantity and amount that is not taken yet. What it takes back in part stays.

    Parameters
    ----------
    log : DataFrame
        With ``customer_id``, ``time``, ``amount``, ``product_id`` and ``quantity``.
    back : bool array of shape (n,)
        The lines that go back.

    Examples
    --------
    >>> import pandas as pd
    >>> lines = {"customer_id": "1", "product_id": "a", "quantity": [2, -2], "amount": [8, -8]}
    >>> log = pd.DataFrame(lines | {"time": pd.to_datetime(["2025-01-01", "2025-01-02"])})
    >>> cancelled_later(log, log["amount"] < 0).tolist()
    [True, False]
    """
    taken = np.zeros(len(log), dtype=bool)
    lines = log[["customer_id", "product_id"]].assign(
        quantity=log["quantity"].abs(), amount=log["amount"].abs()
    )
    numbers = hashed(lines)
    may_be = numbers.isin(numbers[back].unique())  # the others need no exact comparison
    log, lines, back = log[may_be], lines[may_be], back[may_be]
    line = lines.groupby([*lines], sort=False, observed=True).ngroup()  # -1: something missing
    involved = line.isin(line[back & (line >= 0)]) & log["time"].notna()
    open_purchases = {}
    for place in log["time"][involved].sort_values(kind="stable").index:
        purchases = open_purchases.setdefault(line[place], [])
        if not back[place]:
            purchases.append(place)
        elif purchases:
            taken[purchases.pop()] = True
    return taken
