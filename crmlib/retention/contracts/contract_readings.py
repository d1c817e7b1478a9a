"""What an analyst's contracts say of a rise of retention, in sentences true of them."""

import numpy as np

from crmlib.quantities import amount, units
from crmlib.retention.profit.heterogeneity import room
from crmlib.retention.profit.literature import CLAIM
from crmlib.text import Sentence, joined
from crmlib.text import gettext as _


def rise(retention, change):
    """The rise of retention that is counted with, where there may be no room for the one wanted.

    Parameters
    ----------
    retention : float
        Mean of a first renewal.
    change : float
        Rise wanted, in points.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> print(rise(0.85, 0.05))
    Counted with 5 more of 100 customers staying at the first renewal, 90.0 instead of 85.0.
    >>> print(rise(0.96, 0.05))  # doctest: +NORMALIZE_WHITESPACE
    Counted with 2 more of 100 customers staying at the first renewal, 98.0 instead of 96.0: half
    of those who leave then, as 5 would be more.
    """
    possible = float(room(retention, change))
    words = {
        "possible": 100 * possible,
        "before": 100 * retention,
        "after": 100 * (retention + possible),
        "change": 100 * change,
    }
    if possible < change:
        text = _(
            "Counted with {possible:.2g} more of 100 customers staying at the first renewal, "
            "{after:.1f} instead of {before:.1f}: half of those who leave then, as {change:.3g} "
            "would be more."
        )
    else:
        text = _(
            "Counted with {possible:.3g} more of 100 customers staying at the first renewal, "
            "{after:.1f} instead of {before:.1f}."
        )
    return Sentence(text.format(**words))


def promised(mean_moves, everyone):
    """Two lifts, held against the 25 to 85 % that are often promised.

    Parameters
    ----------
    mean_moves, everyone : float
        As fractions; see :func:`crmlib.retention.profit.heterogeneity.mixed_lift`.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> print(promised(mean_moves=0.305, everyone=0.128))  # doctest: +NORMALIZE_WHITESPACE
    Often 25 to 85 % are promised. Here the rise brings 12.8 % if everyone leaves less readily,
    and 30.5 % if the mean moves: less than promised, and as promised. The cost of winning a
    customer is not counted in either.
    """

    def place(lift):
        low, high = CLAIM
        if lift < low - 1e-9:
            return _("less than promised")
        return _("more than promised") if lift > high + 1e-9 else _("as promised")

    places = place(everyone), place(mean_moves)
    verdict = _("{first}, and {second}").format(first=places[0], second=places[1])
    if places[0] == places[1]:
        verdict = _("both {place}").format(place=places[0])
    return Sentence(
        _(
            "Often 25 to 85 % are promised. Here the rise brings {everyone:.1f} % if everyone "
            "leaves less readily, and {mean:.1f} % if the mean moves: {verdict}. The cost of "
            "winning a customer is not counted in either."
        ).format(everyone=100 * everyone, mean=100 * mean_moves, verdict=verdict)
    )


def firm(years, newcomers, age, unit="period", currency=None):
    """The company that a rise of retention is followed in.

    Parameters
    ----------
    years : DataFrame
        Of :func:`crmlib.retention.profit.company.profit_over_time`.
    newcomers : float
        Customers won per period.
    age : int
        Periods for which it has won customers before this one.
    unit : str
        What a period is: "year", "month" and so on.
    currency : str, optional
        Sign or name of the currency.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> from crmlib.retention.profit.company import profit_over_time
    >>> years = profit_over_time(
    ...     20, margin=100, retention=0.85, change=0.05, newcomers=1000, polarisation=0.2, age=12
    ... )
    >>> print(firm(years, 1000, 12, "year"))  # doctest: +NORMALIZE_WHITESPACE
    A company that has won 1,000 customers a year for 13 years, the present one among them, has
    7,639 when the programme starts. Without it, and with the cost of winning taken off, it would
    earn 763,853 in that year, and 1,352,671 in the last one shown.
    """
    start, end = years["profit_before"].iloc[[0, -1]]
    return Sentence(
        _(
            "A company that has won {newcomers:,.0f} customers a {unit} for {age} {units}, the "
            "present one among them, has {customers:,.0f} when the programme starts. Without it, "
            "and with the cost of winning taken off, it would earn {start} in that {unit}, and "
            "{end} in the last one shown."
        ).format(
            newcomers=newcomers,
            age=age + 1,
            customers=years["customers"].iloc[0],
            start=amount(start, currency=currency),
            end=amount(end, currency=currency),
            unit=units(unit, 1),
            units=units(unit, age + 1),
        )
    )


def counted_with(
    margin, discount, acquisition_cost, budget, change, unit="period", currency=None, doubt=""
):
    """What a what-if board is filled with, beside what the contracts say.

    Parameters
    ----------
    margin, acquisition_cost, budget : float or three
        Per customer, and the first and the last per period, in currency; three are least,
        likeliest and most.
    discount : float
        Per period.
    change : float or three
        Rise of retention at the first renewal, in points.
    unit : str
        What a period is: "year", "month" and so on.
    currency : str, optional
        Sign or name of the currency.
    doubt : str
        Of the contracts, such as :func:`crmlib.retention.contracts.subscriptions.read` may have.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> words = counted_with([80, 100, 130], 0.10, 120, 10, [0.01, 0.05, 0.08], "year")
    >>> print(words)  # doctest: +NORMALIZE_WHITESPACE
    Counted for a newcomer with a margin of 100 (80 to 130) a year; money at 10 % a year; 120 to
    win her; 10 a year for the programme; and 5 (1 to 8) more of 100 staying at the first renewal.
    Set your own before you act.
    """

    def told(given, say):
        given = np.atleast_1d(given)
        if given[0] == given[-1]:
            return say(given[0])
        return _("{likeliest} ({least} to {most})").format(
            likeliest=say(np.median(given)), least=say(given[0]), most=say(given[-1])
        )

    def sum_of(value):
        return amount(value, currency=currency)

    words = _(
        "Counted for a newcomer with a margin of {margin} a {unit}; money at {discount:.2g} % a "
        "{unit}; {cost} to win her; {budget} a {unit} for the programme; and {change} more of 100 "
        "staying at the first renewal. Set your own before you act."
    ).format(
        margin=told(margin, sum_of),
        discount=100 * discount,
        cost=told(acquisition_cost, sum_of),
        budget=told(budget, sum_of),
        change=told(change, lambda points: f"{100 * points:.2g}"),
        unit=units(unit, 1),
    )
    return Sentence(joined(words, doubt))
