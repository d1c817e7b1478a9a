"""Are the loyal more profitable, or are the profitable more loyal?

If a loyal customer brings k times the profit of another and a share s of customers
is loyal, they bring the share

    k s / (1 + (k - 1) s)

of the profit. Whether *making* customers loyal would bring as much is another
question. Profit that rises with tenure has two readings (Reinartz and Kumar 2002,
"The mismanagement of customer loyalty", found the link weak):

- *cause*: the same customer brings more the longer she stays;
- *selection*: those who bring more leave less, so that after years they are who is
  left. Nobody has changed.

Who follows the same customers tells the two apart (:func:`tenure_profile`);
:func:`simulate_tenure` makes customers of whom the truth is known.
"""

import numpy as np
import pandas as pd

from crmlib.checks import numbers
from crmlib.errors import CannotAnswer, DataError
from crmlib.text import gettext as _


def loyal_profit_share(share, multiple):
    """The share of the profit that loyal customers bring.

    Parameters
    ----------
    share : float or array
        Of customers who are loyal, 0 to 1.
    multiple : float or array
        Profit of a loyal customer over that of another, above zero.

    Returns
    -------
    float or array
        0 to 1.

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    >>> loyal_profit_share([0.10, 0.20], multiple=9).round(4).tolist()
    [0.5, 0.6923]
    """
    share = _share("share", share)
    multiple = _multiple(multiple)
    return multiple * share / (1 + (multiple - 1) * share)


def loyal_share_for(profit_share, multiple):
    """The share of customers who must be loyal to bring a share of the profit.

    Parameters
    ----------
    profit_share : float or array
        0 to 1.
    multiple : float or array
        As for :func:`loyal_profit_share`.

    Returns
    -------
    float or array
        0 to 1.

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    >>> print(loyal_share_for(0.80, multiple=9).round(4))
    0.3077
    """
    profit_share = _share("profit_share", profit_share)
    multiple = _multiple(multiple)
    return profit_share / (multiple - (multiple - 1) * profit_share)


def simulate_tenure(customers, periods, *, cause, selection, seed, alpha=1.0, beta=4.0):
    """Customers whose margin rises with tenure by cause, by selection, or by both.

    Each has her own probability of leaving, Beta(alpha, beta), for life. Her margin is
    100 a period on average over newcomers. It is higher by ``selection`` for one who is
    by one standard deviation the more loyal, rises by ``cause`` each period, and
    varies from period to period with a standard deviation of 20.

    Parameters
    ----------
    customers : int
        Newcomers in period 0.
    periods : int
        How many to follow, 2 or more.
    cause : float
        What one more period of tenure adds to the same customer's margin.
    selection : float
        What one standard deviation of loyalty goes with.
    seed : int
    alpha, beta : float
        Of the probability of leaving.

    Returns
    -------
    DataFrame
        One row a customer and period in which she was still there:
        ``customer_id``, ``tenure`` from 0, and ``margin``.

    Examples
    --------
    >>> log = simulate_tenure(1000, 10, cause=0, selection=20, seed=1)
    >>> log.columns.tolist(), len(log[log["tenure"] == 0])
    (['customer_id', 'tenure', 'margin'], 1000)
    """
    random = np.random.default_rng(seed)
    leaving = random.beta(alpha, beta, customers)
    periods_paid = random.geometric(np.maximum(leaving, np.finfo(float).tiny))
    mean = alpha / (alpha + beta)
    spread = np.sqrt(mean * (1 - mean) / (alpha + beta + 1))
    level = 100 + selection * (mean - leaving) / spread
    tenure = np.arange(periods)
    margin = level[:, None] + cause * tenure + random.normal(0, 20, (customers, periods))
    customer, when = np.nonzero(tenure < periods_paid[:, None])
    return pd.DataFrame({"customer_id": customer, "tenure": when, "margin": margin[customer, when]})


def tenure_profile(log):
    """Margin by tenure, of those who are left, and of the same customers followed.

    ``still_there`` compares different people: the newcomers with those who are left.
    ``same_customers`` takes those who are left, and adds what they bring more than
    in their own first period to what newcomers bring. The gap between the two is
    selection: what those who are left brought more than other newcomers, already in
    their first period.

    Parameters
    ----------
    log : DataFrame
        ``customer_id``, ``tenure`` (whole periods from 0) and ``margin`` (in currency);
        one row a customer and period. Only customers seen at tenure 0 count, as the
        start of the others is not known.

    Returns
    -------
    DataFrame
        One row a tenure at which two customers or more are left: ``tenure``,
        ``customers``, ``still_there``, ``same_customers``, ``low`` and ``high`` (95 %
        interval of what the same customers bring more, around ``same_customers``).

    Raises
    ------
    DataError
        If a column is missing or a customer has two rows for one tenure.
    CannotAnswer
        If fewer than two customers can be followed.

    Examples
    --------
    Nobody changes; those who bring more stay longer.

    >>> log = simulate_tenure(20_000, 8, cause=0, selection=20, seed=1)
    >>> tenure_profile(log).loc[[0, 7], ["still_there", "same_customers"]].round()
       still_there  same_customers
    0        100.0           100.0
    7        115.0           100.0
    """
    missing = [name for name in ("customer_id", "tenure", "margin") if name not in log]
    if missing:
        raise DataError(
            _("The table has no column {name!r}; needed: customer_id, tenure, margin.").format(
                name=missing[0]
            )
        )
    twice = log.duplicated(["customer_id", "tenure"]).to_numpy()
    if twice.any():
        raise DataError(
            _(
                "Customer {customer} has two rows for tenure {tenure} (row {row} is the second); "
                "accepted: one."
            ).format(
                customer=log["customer_id"].iloc[twice.argmax()],
                tenure=log["tenure"].iloc[twice.argmax()],
                row=twice.argmax() + 1,
            )
        )
    start = log[log["tenure"] == 0].set_index("customer_id")["margin"]
    seen = log[log["customer_id"].isin(start.index)]
    risen = seen["margin"] - seen["customer_id"].map(start)
    profile = seen.groupby("tenure")["margin"].agg(customers="size", still_there="mean")
    risen = risen.groupby(seen["tenure"]).agg(["mean", "sem"])
    profile["same_customers"] = start.mean() + risen["mean"]
    profile["low"] = profile["same_customers"] - 1.96 * risen["sem"]
    profile["high"] = profile["same_customers"] + 1.96 * risen["sem"]
    profile = profile[profile["customers"] > 1].reset_index()
    if len(profile) < 2:
        raise CannotAnswer(
            _(
                "Fewer than two customers can be followed from tenure 0 on; needed: two who have "
                "a row for tenure 0 and one for a later tenure."
            )
        )
    return profile


def _share(name, value):
    return numbers(name, value, lambda s: (s >= 0) & (s <= 1), f"0 ≤ {name} ≤ 1")


def _multiple(value):
    return numbers("multiple", value, lambda k: k > 0, "multiple > 0")
