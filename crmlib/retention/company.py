"""When the profit of a higher retention arrives: a company over time.

Each period a company wins the same number of customers, a, and keeps the share r
of those it has. In the long run it has N = a / (1 - r) customers and earns
m N - A a a period, A being the cost of winning one. Now retention rises to r'. The
number of customers climbs to N' = a / (1 - r'), but slowly:

    N(t) = N' - (N' - N) r'^t

so that half of the gain is there only after log(1/2) / log(r') periods. The profit
of the long run rises by what :func:`~crmlib.retention.economics.profit_lift` says
for money that costs nothing, which is more than the value of a customer rises by.
Whoever promises a lift must say which of the two, and when.
"""

import numpy as np
import pandas as pd

from crmlib.errors import DataError
from crmlib.retention.checks import numbers
from crmlib.retention.economics import raised
from crmlib.text import gettext as _


def profit_over_time(
    periods,
    *,
    margin,
    retention,
    change,
    newcomers,
    acquisition_cost=0.0,
    programme_cost=0.0,
    discount=0.0,
):
    """A company's profit, period by period, after its retention rises once and for all.

    The programme that raises it starts in period 0, in which nobody has stayed
    because of it yet.

    Parameters
    ----------
    periods : int
        How many to follow after period 0.
    margin : float
        Contribution of a customer per period, paid at once, in currency.
    retention : float
        Before the rise, 0 to below 1.
    change : float
        Rise, in points, zero or more; retention after it is below 1.
    newcomers : float
        Customers won per period.
    acquisition_cost : float
        Of one of them, in currency; below the margins she brings.
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
        those won later), ``lift`` (profit over profit before, less one) and
        ``cumulative_gain`` (present value of the gains so far).

    Raises
    ------
    DataError
        If a value is out of its range, or there is no profit that could rise.

    Examples
    --------
    >>> years = profit_over_time(
    ...     20, margin=100, retention=0.80, change=0.05, newcomers=2000, acquisition_cost=100
    ... )
    >>> years.set_index("period").loc[[0, 1, 5, 20], "lift"].round(3).tolist()
    [0.0, 0.062, 0.232, 0.401]
    """
    margin = _positive("margin", margin)
    newcomers = _positive("newcomers", newcomers)
    cost = _not_negative("acquisition_cost", acquisition_cost)
    programme = _not_negative("programme_cost", programme_cost)
    discount = _not_negative("discount", discount)
    retention = numbers("retention", retention, lambda r: (r >= 0) & (r < 1), "0 ≤ retention < 1")
    after = raised(retention, _not_negative("change", change))
    if after == 1:
        raise DataError(
            _("change is {change:.6g}; accepted: a retention below 1 after it.").format(
                change=change
            )
        )
    present = newcomers / (1 - retention)
    before = margin * present - cost * newcomers
    if before <= 1e-9 * margin * present:
        raise DataError(
            _("acquisition_cost is {cost:.6g}; accepted: less than {most:.6g}.").format(
                cost=cost, most=margin / (1 - retention)
            )
        )
    period = np.arange(periods + 1)
    customers = newcomers / (1 - after) * (1 - after**period) + present * after**period
    from_present = margin * present * (after**period - retention**period)
    extra = margin * (customers - present)
    gain = extra - programme * customers
    return pd.DataFrame(
        {
            "period": period,
            "customers": customers,
            "profit_before": before,
            "profit": before + gain,
            "from_present": from_present,
            "from_newcomers": extra - from_present,
            "lift": gain / before,
            "cumulative_gain": np.cumsum(gain / (1 + discount) ** period),
        }
    )


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


def _positive(name, value):
    return numbers(name, value, lambda x: x > 0, f"{name} > 0")


def _not_negative(name, value):
    return numbers(name, value, lambda x: x >= 0, f"{name} ≥ 0")
