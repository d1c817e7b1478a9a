"""When the profit of a higher retention arrives: a company over time.

Each period a company wins the same number of customers, a, and keeps the share r
of those it has. In the long run it has N = a / (1 - r) customers and earns
m N - A a a period, A being the cost of winning one. Now retention rises to r'. The
number of customers climbs to N' = a / (1 - r'), but slowly:

    N(t) = N' - (N' - N) r'^t

so that half of the gain is there only after log(1/2) / log(r') periods. The profit
of the long run rises by what :func:`~crmlib.retention.profit.economics.profit_lift` says
for money that costs nothing, which is more than the value of a customer rises by.
Whoever promises a lift must say which of the two, and when.

Where customers differ (:mod:`crmlib.retention.profit.heterogeneity`), a company is a sum of
such companies, one for each kind of customer. The loyal kinds gather in it with the
years, and a programme that makes everyone leave less readily changes less and less.
There need be no long run then, so that the company must have an age.
"""

import numpy as np
import pandas as pd

from crmlib.checks import numbers
from crmlib.errors import DataError
from crmlib.retention.profit.economics import raised
from crmlib.retention.profit.heterogeneity import ALIKE, kinds
from crmlib.text import gettext as _


def profit_over_time(
    periods,
    *,
    margin,
    retention,
    change,
    newcomers,
    polarisation=0.0,
    age=None,
    acquisition_cost=0.0,
    programme_cost=0.0,
    discount=0.0,
):
    """A company's profit, period by period, after its retention rises once and for all.

    The programme that raises it starts in period 0, in which nobody has stayed
    because of it yet. With it everyone leaves less readily, in the same proportion.

    Parameters
    ----------
    periods : int
        How many to follow after period 0.
    margin : float
        Contribution of a customer per period, paid at once, in currency.
    retention : float
        Of a first renewal, before the rise, above 0 and below 1.
    change : float
        Rise, in points, zero or more; retention after it is below 1.
    newcomers : float
        Customers won per period, with the programme and without it.
    polarisation : float
        How much customers differ, 0 to below 1.
    age : int, optional
        Periods for which the company has won customers before period 0; needed where
        customers differ, and else as long as it takes.
    acquisition_cost : float
        Of one of them, in currency.
    programme_cost : float
        Of the programme, per customer and period, in currency.
    discount : float
        Per period, for the cumulative gain only.

    Returns
    -------
    DataFrame
        One row a period, from 0: ``period``, ``customers``, ``profit_before`` (what
        would be earned without the rise), ``profit``, ``from_present`` and
        ``from_newcomers`` (extra margin of those who were there in period 0, and of
        those won later), ``lift`` (profit over profit before, less one; NaN where nothing
        was earned before) and ``cumulative_gain`` (present value of the gains so far).

    Raises
    ------
    DataError
        If a value is out of its range, or customers differ and the company has no age.

    Examples
    --------
    >>> firm = {"margin": 100, "retention": 0.80, "change": 0.05, "newcomers": 2000}
    >>> years = profit_over_time(20, **firm, acquisition_cost=100).set_index("period")
    >>> years.loc[[0, 1, 5, 20], "lift"].round(3).tolist()
    [0.0, 0.062, 0.232, 0.401]

    The same where customers differ, in a company that is ten years old:

    >>> years = profit_over_time(20, **firm, acquisition_cost=100, polarisation=0.2, age=10)
    >>> years.set_index("period").loc[[0, 1, 5, 20], "lift"].round(3).tolist()
    [0.0, 0.034, 0.104, 0.168]
    """
    margin = _positive("margin", margin)
    newcomers = _positive("newcomers", newcomers)
    cost = _not_negative("acquisition_cost", acquisition_cost)
    programme = _not_negative("programme_cost", programme_cost)
    discount = _not_negative("discount", discount)
    leaving, share = kinds(retention, polarisation)
    after = raised(retention, _not_negative("change", change))
    if after == 1:
        raise DataError(
            _("change is {change:.6g}; accepted: a retention below 1 after it.").format(
                change=change
            )
        )
    if age is not None:
        age = _not_negative("age", age)
    elif polarisation >= ALIKE:
        raise DataError(_("age is missing; where customers differ, a company needs one."))
    period = np.arange(periods + 1)[:, None]
    less = leaving * (1 - after) / (1 - retention)  # probability of leaving, with the programme
    won = newcomers * share
    present = won / leaving if age is None else won * _stays(leaving, age + 1)
    there, since = present * (1 - leaving) ** period, won * _stays(leaving, period)
    still, later = present * (1 - less) ** period, won * _stays(less, period)
    customers = (still + later).sum(axis=1)
    before = margin * (there + since).sum(axis=1) - cost * newcomers
    from_present = margin * (still - there).sum(axis=1)
    from_newcomers = margin * (later - since).sum(axis=1)
    gain = from_present + from_newcomers - programme * customers
    return pd.DataFrame(
        {
            "period": period[:, 0],
            "customers": customers,
            "profit_before": before,
            "profit": before + gain,
            "from_present": from_present,
            "from_newcomers": from_newcomers,
            "lift": np.divide(gain, before, out=np.full(periods + 1, np.nan), where=before > 0),
            "cumulative_gain": np.cumsum(gain / (1 + discount) ** period[:, 0]),
        }
    )


def gain_for_ever(outcomes, customers, newcomers, discount):
    """What a programme brings a company over all years, in money of its first day.

    Parameters
    ----------
    outcomes : mapping
        ``gain`` on a newcomer and ``gain_on_present`` on a customer who is there already, of
        :func:`crmlib.retention.profit.what_if.outcomes`, in currency.
    customers : float
        There when the programme starts, those won in that period among them.
    newcomers : float
        Won in each period after it.
    discount : float
        Per period, above zero.

    Returns
    -------
    float
        In currency.

    Raises
    ------
    DataError
        If the discount is not above zero.

    Examples
    --------
    Gains on newcomers need not make up for losses on those who are there:

    >>> gains = {"gain": 9.0, "gain_on_present": -13.0}
    >>> round(gain_for_ever(gains, customers=7600, newcomers=1000, discount=0.10))
    -8800
    """
    discount = _positive("discount", discount)
    return customers * outcomes["gain_on_present"] + newcomers * outcomes["gain"] / discount


def half_time(retention):
    """Periods after which half of the extra customers of the long run are there.

    Parameters
    ----------
    retention : float or array
        After the rise, between 0 and 1.

    Returns
    -------
    float or array

    Raises
    ------
    DataError
        If the retention is out of its range.

    Examples
    --------
    >>> half_time([0.85, 0.95]).round(1).tolist()
    [4.3, 13.5]
    """
    retention = numbers("retention", retention, lambda r: (r > 0) & (r < 1), "0 < retention < 1")
    return np.log(0.5) / np.log(retention)


def _stays(leaving, periods):
    """Periods that a customer is there for on average, of so many: sum of (1 - leaving)^t."""
    rare = leaving < 1e-9  # 1 - (1 - leaving)^t would be nothing but rounding
    stays = (1 - (1 - leaving) ** periods) / np.where(rare, 1.0, leaving)
    return np.where(rare, periods, stays)


def _positive(name, value):
    return numbers(name, value, lambda x: x > 0, f"{name} > 0")


def _not_negative(name, value):
    return numbers(name, value, lambda x: x >= 0, f"{name} ≥ 0")
