"""A what-if board: own numbers in; worth, break-even, pay-back and what matters out.

Six inputs, per customer and period, the first margin at once: the ``margin`` m, the
``retention`` r, the ``discount`` rate i, the ``acquisition_cost`` A, and a programme
that costs the ``budget`` b for each customer present and raises retention by
``change`` points to r'. Out of them:

- ``value``: V - A without the programme, and ``value_with_programme``, with the
  margin m - b and the retention r'; their difference is the ``gain``;
- ``break_even_change``: the rise at which the gain is nil, (1 + i - r) b / m;
- ``cost_per_extra_customer``: b / (r' - r), to be held against A;
- ``pay_back``: periods until a customer's margins have earned back A, and
  ``programme_pay_back``: periods until the programme has earned back what it cost,
  money discounted in both.

An input is one number, or three: the least, the likeliest and the most one would
believe. Then the outcomes have intervals, from draws of the triangular distribution
over each such input, independent of one another.
"""

import numpy as np
import pandas as pd

from crmlib.errors import DataError
from crmlib.retention.acquisition import cost_per_extra_customer
from crmlib.retention.checks import choice, numbers
from crmlib.retention.economics import customer_value, raised
from crmlib.text import gettext as _

INPUTS = ("margin", "retention", "discount", "acquisition_cost", "budget", "change")
OUTCOMES = (
    "value",
    "value_with_programme",
    "gain",
    "break_even_change",
    "cost_per_extra_customer",
    "pay_back",
    "programme_pay_back",
)
LONGEST = 1000  # periods after which nothing is paid back any more


def outcomes(margin, retention, discount, acquisition_cost, budget, change):
    """What follows from one set of numbers, or from many at once.

    Parameters
    ----------
    margin : float or array of shape (n,)
        Contribution of a customer per period, above zero, in currency.
    retention : float or array
        Without the programme, 0 to 1.
    discount : float or array
        Per period, zero or more.
    acquisition_cost : float or array
        Of one customer, in currency.
    budget : float or array
        Of the programme, per customer and period, zero up to the margin.
    change : float or array
        Rise of retention by the programme, in points, zero or more.

    Returns
    -------
    dict of str to float or array
        By the names above; pay-backs in whole periods, infinite where the cost never
        comes back.

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    >>> result = outcomes(100, 0.80, 0.10, acquisition_cost=120, budget=10, change=0.05)
    >>> for name in ("value", "gain", "break_even_change", "programme_pay_back"):
    ...     print(name, round(result[name], 2))
    value 246.67
    gain 29.33
    break_even_change 0.03
    programme_pay_back 6.0
    """
    margin = numbers("margin", margin, lambda m: m > 0, "margin > 0")
    budget = numbers("budget", budget, lambda b: (b >= 0) & (b < margin), "0 ≤ budget < margin")
    change = numbers("change", change, lambda c: c >= 0, "change ≥ 0")
    value = customer_value(margin, retention, discount, acquisition_cost=acquisition_cost)
    after = raised(retention, change)
    better = customer_value(margin - budget, after, discount, acquisition_cost=acquisition_cost)
    keeps, money = np.asarray(retention), 1 + np.asarray(discount)

    def margins(periods):  # present value of those paid up to a period
        return _until(margin, keeps / money, periods)

    def gain(periods):
        return _until(margin - budget, after / money, periods) - margins(periods)

    return {
        "value": value,
        "value_with_programme": better,
        "gain": better - value,
        "break_even_change": (money - keeps) * budget / margin,
        "cost_per_extra_customer": cost_per_extra_customer(budget, change),
        "pay_back": _first(lambda periods: margins(periods) - acquisition_cost, value),
        "programme_pay_back": _first(gain, better - value),
    }


def board(*, draws=10_000, seed=0, **inputs):
    """The outcomes for the likeliest inputs, with intervals where inputs have them.

    Parameters
    ----------
    draws : int
        How often uncertain inputs are drawn.
    seed : int
    **inputs
        ``margin``, ``retention``, ``discount``, ``acquisition_cost``, ``budget`` and
        ``change`` as for :func:`outcomes`; each a number, or a triple of least,
        likeliest and most.

    Returns
    -------
    DataFrame
        One row an outcome, by name: ``likeliest`` (the outcome for the likeliest
        inputs), ``low`` and ``high`` (the middle 80 % of the draws; equal to it if no
        input is a triple).

    Raises
    ------
    DataError
        If an input is missing or out of its range; the message names it.

    Examples
    --------
    >>> board(
    ...     margin=100, retention=(0.75, 0.80, 0.85), discount=0.10,
    ...     acquisition_cost=120, budget=10, change=(0.01, 0.05, 0.08),
    ... ).loc[["value", "gain"]].round()
           likeliest    low   high
    value      247.0  215.0  283.0
    gain        29.0   -4.0   59.0
    """
    triples = _triples(inputs)
    likeliest = outcomes(**{name: triple[1] for name, triple in triples.items()})
    random = np.random.default_rng(seed)
    drawn = {
        name: random.triangular(*triple, draws) if triple[0] < triple[2] else triple[1]
        for name, triple in triples.items()
    }
    rows = [
        np.quantile(np.atleast_1d(value), [0.1, 0.9], method="inverted_cdf")
        for value in outcomes(**drawn).values()
    ]
    table = pd.DataFrame(rows, index=OUTCOMES, columns=["low", "high"])
    table.insert(0, "likeliest", pd.Series(likeliest).astype(float))
    return table


def tornado(outcome="gain", *, spread=0.10, **inputs):
    """What matters: one outcome as each input alone goes from its least to its most.

    Parameters
    ----------
    outcome : str
        One of the outcomes above.
    spread : float
        If no input is a triple, each goes this share up and down, above 0 and below 1;
        for the retention it is the share that leaves which does.
    **inputs
        As for :func:`board`.

    Returns
    -------
    DataFrame
        One row an input that varies, the widest swing first: ``input``, ``least``,
        ``most``, ``at_least`` and ``at_most`` (the outcome there), and ``likeliest``
        (the outcome if none varies).

    Raises
    ------
    DataError
        If an input is missing or out of its range; the message names it.

    Examples
    --------
    >>> tornado(
    ...     "gain", margin=100, retention=(0.75, 0.80, 0.85), discount=0.10,
    ...     acquisition_cost=120, budget=10, change=(0.01, 0.05, 0.08),
    ... )[["input", "at_least", "at_most", "likeliest"]].round(1)
           input  at_least  at_most  likeliest
    0     change     -25.3     83.3       29.3
    1  retention      15.7     55.0       29.3
    """
    choice("outcome", outcome, OUTCOMES)
    triples = _triples(inputs)
    likeliest = {name: triple[1] for name, triple in triples.items()}
    if not any(least < most for least, _middle, most in triples.values()):
        spread = numbers("spread", spread, lambda s: (s > 0) & (s < 1), "0 < spread < 1")
        for name, value in likeliest.items():
            step = spread * (1 - value if name == "retention" else value)
            triples[name] = (value - step, value, value + step)
    rows = []
    for name, (least, _middle, most) in triples.items():
        if least < most:
            ends = [float(outcomes(**likeliest | {name: end})[outcome]) for end in (least, most)]
            rows.append((name, least, most, *ends))
    table = pd.DataFrame(rows, columns=["input", "least", "most", "at_least", "at_most"])
    table["likeliest"] = float(outcomes(**likeliest)[outcome])
    with np.errstate(invalid="ignore"):
        swing = (table["at_most"] - table["at_least"]).abs().fillna(0.0)
    return table.loc[swing.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def _until(margin, shrinks, periods):
    """Sum of margin x shrinks^t over t = 0 … periods."""
    full = np.where(shrinks == 1, 1.0, 1 - shrinks)
    sums = np.where(shrinks == 1, periods + 1, (1 - shrinks ** (periods + 1)) / full)
    return margin * sums


def _first(balance, in_the_end):
    """The first period whose balance is zero or more, by bisection; it changes sign once."""
    least = np.zeros(np.shape(in_the_end))
    most = np.full(np.shape(in_the_end), float(LONGEST))
    never = (np.asarray(in_the_end) < 0) | (balance(most) < -1e-9)
    at_once = balance(least) >= -1e-9
    while (most - least > 1).any():
        middle = np.floor((least + most) / 2)
        enough = balance(middle) >= -1e-9
        most, least = np.where(enough, middle, most), np.where(enough, least, middle)
    return np.where(never, np.inf, np.where(at_once, 0.0, most))[()]


def _triples(inputs):
    """Each input as least, likeliest and most."""
    unknown = [name for name in inputs if name not in INPUTS]
    missing = [name for name in INPUTS if name not in inputs]
    if unknown or missing:
        raise DataError(
            _("{name} is {problem}; needed: {names}.").format(
                name=(unknown or missing)[0],
                problem=_("no input") if unknown else _("missing"),
                names=", ".join(INPUTS),
            )
        )
    triples = {}
    for name, value in inputs.items():
        value = np.atleast_1d(numbers(name, value, lambda v: np.isfinite(v), _("numbers")))
        if value.shape not in ((1,), (3,)) or (np.diff(value) < 0).any():
            raise DataError(
                _("{name} is {value}; accepted: one number, or least, likeliest, most.").format(
                    name=name, value=value.tolist()
                )
            )
        triples[name] = tuple(value.tolist()) if value.size == 3 else 3 * (float(value[0]),)
    return triples
