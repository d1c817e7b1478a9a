"""Customers one by one, as somebody who has to act on them needs to see them."""

import numpy as np

from crmlib.value.lifetime import chance_of_top, interval


def customer_values(table, log, purchases, futures):
    """What each customer has brought, whether she is still there, and what she may bring.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`crmlib.customers.summarize` gives it, in weeks, with ``lifetime_value``.
    log : pandas.DataFrame
        The log that it is a summary of.
    purchases : BGNBD
        Fitted to ``table``.
    futures : array of shape (n, draws)
        Simulated lifetime values of the rows of ``table``.

    Returns
    -------
    pandas.DataFrame
        The highest value first: ``customer_id``, ``spent_so_far`` (currency, first purchase
        included), ``weeks_silent`` (since the last purchase), ``probability_alive`` (missing
        where she bought on one day only: then the model has no occasion to doubt),
        ``lifetime_value``, ``value_low`` and ``value_high`` (the middle 80 % of her futures),
        ``chance_of_top_tenth``, ``purchases_next_year``, ``repeats`` (purchases after the
        first), ``weeks_known`` (since the first purchase) and ``last_purchase`` (date).

    Examples
    --------
    >>> from crmlib import customers, datasets
    >>> from crmlib.value.btyd import BGNBD
    >>> log, report = datasets.transactions("cdnow")
    >>> table = customers.summarize(log).assign(lifetime_value=1.0)
    >>> model = BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
    >>> list_ = customer_values(table, log, model, np.ones((len(table), 2)))
    >>> int(list_["probability_alive"].isna().sum()) == int((table["frequency"] == 0).sum())
    True
    """
    low, high = interval(futures, coverage=0.8)
    by_customer = log.groupby("customer_id")
    alive = purchases.probability_alive(table)
    values = table[["customer_id"]].assign(
        spent_so_far=table["customer_id"].map(by_customer["amount"].sum()),
        weeks_silent=table["T"] - table["recency"],
        probability_alive=np.where(table["frequency"] > 0, alive, np.nan),
        lifetime_value=table["lifetime_value"],
        value_low=low,
        value_high=high,
        chance_of_top_tenth=chance_of_top(futures, share=0.10),
        purchases_next_year=purchases.expected_purchases(table, 52),
        repeats=table["frequency"],
        weeks_known=table["T"],
        last_purchase=table["customer_id"].map(by_customer["time"].max()).dt.normalize(),
    )
    return values.sort_values("lifetime_value", ascending=False, ignore_index=True)
