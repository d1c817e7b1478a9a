"""A what-if board: own numbers in; worth, break-even, pay-back and what matters out.

Six inputs, per customer and period, the first margin at once: the ``margin`` m, the
``retention`` r, the ``discount`` rate i, the ``acquisition_cost`` A, and a programme
that costs the ``budget`` b for each customer present and raises retention by
``change`` points to r'. Where customers differ there is a seventh, their
``polarisation``; r is then the retention of a first renewal, and with the programme
everyone leaves less readily, by the same factor k = (1 - r') / (1 - r). With theta a
customer's own probability of leaving, and M(k) = E[(1 + i) / (i + k theta)]
(:mod:`crmlib.retention.profit.heterogeneity`), the outcomes are

- ``net_value``: m M(1) - A without the programme, and ``net_value_with_programme``,
  (m - b) M(k) - A; their difference is the ``gain``;
- ``gain_observed``: what of it there is up to an ``age``, that of the customers who were
  followed longest; what comes later is the model's continuation;
- ``gain_on_present``: what the programme adds, from its start on, on a customer who is there
  already, on average over those whom a company has won, equally many a period, in ``age``
  periods before and in this one. The longer they are there, the less readily they leave;
- ``break_even_points``: the rise, in points of a hundred, at which the gain is nil; if all
  are alike it is 100 (1 + i - r) b / m;
- ``cost_per_extra_customer``: what is spent, over the customers who stay because of it,
  both discounted; if all are alike it is b / (r' - r);
- ``worth_of_extra_customer``: the margins that one of these will bring, discounted to
  the period in which she was kept, m E[theta / ((i + theta) (i + k theta))] /
  E[theta / (i + k theta)]; if all are alike it is m / (1 + i - r), and in any case the
  programme gains as long as she costs less;
- ``pay_back``: periods until a newcomer's margins have earned back A, and
  ``programme_pay_back``: periods until the programme has earned back what it cost
  on a newcomer, money discounted in both.

An input is one number, or three: the least, the likeliest and the most one would
believe. Then the outcomes have intervals, from draws of the triangular distribution
over each such input, independent of one another. What was estimated is given as the
estimate and draws of it, and what was estimated together is drawn together
(:func:`crmlib.retention.profit.heterogeneity.estimates`).
"""

import numpy as np
import pandas as pd

from crmlib.checks import choice, numbers
from crmlib.errors import DataError
from crmlib.retention.profit.acquisition import cost_per_extra_customer
from crmlib.retention.profit.economics import raised
from crmlib.retention.profit.heterogeneity import kinds, mixed_value
from crmlib.text import gettext as _

INPUTS = ("margin", "retention", "discount", "acquisition_cost", "budget", "change")
POLARISATION = "polarisation"  # the one that may be left out
AGE = "age"  # known, and never varied
OUTCOMES = (
    "net_value",
    "net_value_with_programme",
    "gain",
    "gain_observed",
    "gain_on_present",
    "break_even_points",
    "cost_per_extra_customer",
    "worth_of_extra_customer",
    "pay_back",
    "programme_pay_back",
)
DRAWN = 100  # as many numbers after an estimate, or more, are draws of it
LONGEST = 1000  # periods after which nothing is paid back any more


def outcomes(
    margin, retention, discount, acquisition_cost, budget, change, polarisation=0.0, age=0
):
    """What follows from one set of numbers, or from many at once.

    Parameters
    ----------
    margin : float or array of shape (n,)
        Contribution of a customer per period, above zero, in currency.
    retention : float or array
        Of a first renewal without the programme, between 0 and 1.
    discount : float or array
        Per period, above zero; or zero if all customers are alike.
    acquisition_cost : float or array
        Of one customer, in currency.
    budget : float or array
        Of the programme, per customer and period, zero up to the margin.
    change : float or array
        Rise of retention by the programme, in points, zero or more.
    polarisation : float or array
        How much customers differ, 0 (not at all) to below 1.
    age : float
        Periods for which the oldest customers have been there.

    Returns
    -------
    dict of str to float or array
        By the names above; pay-backs in whole periods, infinite where the cost never
        comes back. The rise that breaks even is infinite where none does.

    Raises
    ------
    DataError
        If a value is out of its range; the message names it.

    Examples
    --------
    >>> result = outcomes(100, 0.80, 0.10, acquisition_cost=120, budget=10, change=0.05)
    >>> for name in ("net_value", "gain", "break_even_points", "programme_pay_back"):
    ...     print(name, round(result[name], 2))
    net_value 246.67
    gain 29.33
    break_even_points 3.0
    programme_pay_back 6.0
    """
    given = (margin, retention, discount, acquisition_cost, budget, change, polarisation)
    single = all(np.ndim(value) == 0 for value in given)
    margin = numbers("margin", margin, lambda m: m > 0, "margin > 0")
    budget = numbers("budget", budget, lambda b: (b >= 0) & (b < margin), "0 ≤ budget < margin")
    change = numbers("change", change, lambda c: c >= 0, "change ≥ 0")
    cost = numbers("acquisition_cost", acquisition_cost, lambda a: a >= 0, "acquisition_cost ≥ 0")
    age = numbers("age", age, lambda a: a >= 0, "age ≥ 0")
    cut = 1 - (1 - raised(retention, change)) / (1 - np.asarray(retention))
    before = mixed_value(1.0, retention, discount, polarisation)
    after = mixed_value(1.0, retention, discount, polarisation, cut=cut)
    gain = (margin - budget) * after - margin * before

    leaving, share = kinds(retention, polarisation)
    money = np.expand_dims(discount, -1)
    less = np.expand_dims(1 - cut, -1) * leaving  # probability of leaving, with the programme
    stay = (share * leaving / (money + less)).sum(axis=-1)
    brings = (share * leaving / (money + less) / (money + leaving)).sum(axis=-1)
    effect = cut * (1 + np.asarray(discount)) * stay / after  # kept, of all who are there

    present = share * _until(1 - leaving, np.expand_dims(age, -1))
    present = present / present.sum(axis=-1, keepdims=True)  # share of each kind of those there

    def worth(share, leaving):  # discounted, of a margin of 1 from now on
        return (share * (1 + money) / (money + leaving)).sum(axis=-1)

    def even(cut):
        return (margin - budget) * worth(share, np.expand_dims(1 - cut, -1) * leaving)

    def margins(leaving, periods):  # discounted, those of a newcomer up to a period
        fades = (1 - leaving) / (1 + money)
        return (share * _until(fades, np.expand_dims(periods, -1))).sum(axis=-1)

    def earned(periods):
        return margin * margins(leaving, periods) - cost

    def extra(periods):
        return (margin - budget) * margins(less, periods) - margin * margins(leaving, periods)

    found = {
        "net_value": margin * before - cost,
        "net_value_with_programme": (margin - budget) * after - cost,
        "gain": gain,
        "gain_observed": extra(age),
        "gain_on_present": (margin - budget) * worth(present, less)
        - margin * worth(present, leaving),
        "break_even_points": 100 * (1 - np.asarray(retention)) * _root(even, margin * before),
        "cost_per_extra_customer": cost_per_extra_customer(budget, effect),
        "worth_of_extra_customer": margin * brings / stay,
        "pay_back": _first(earned, margin * before - cost),
        "programme_pay_back": _first(extra, gain),
    }
    return {name: float(value.item()) if single else value for name, value in found.items()}


def board(*, draws=10_000, seed=0, **inputs):
    """The outcomes for the likeliest inputs, with intervals where inputs have them.

    Parameters
    ----------
    draws : int
        How often uncertain inputs are drawn; as often as an estimate, if there is one.
    seed : int
    **inputs
        ``margin``, ``retention``, ``discount``, ``acquisition_cost``, ``budget``,
        ``change``, ``age`` and, if customers differ, ``polarisation`` as for
        :func:`outcomes`; each a number, a triple of least, likeliest and most, or an estimate
        and, after it, 100 draws of it or more.

    Returns
    -------
    DataFrame
        One row an outcome, by name: ``likeliest`` (the outcome for the likeliest
        inputs), ``low`` and ``high`` (the middle 80 % of the draws; equal to it if every
        input is one number).

    Raises
    ------
    DataError
        If an input is missing or out of its range; the message names it.

    Examples
    --------
    >>> board(
    ...     margin=100, retention=(0.75, 0.80, 0.85), discount=0.10,
    ...     acquisition_cost=120, budget=10, change=(0.01, 0.05, 0.08),
    ... ).loc[["net_value", "gain"]].round()
               likeliest    low   high
    net_value      247.0  215.0  283.0
    gain            29.0   -4.0   59.0
    """
    likeliest, ranges, samples = _read(inputs)
    random = np.random.default_rng(seed)
    for sample in samples.values():
        draws = len(sample)
    drawn = {name: random.triangular(*triple, draws) for name, triple in ranges.items()}
    rows = [
        np.quantile(np.atleast_1d(value), [0.1, 0.9], method="inverted_cdf")
        for value in outcomes(**likeliest | drawn | samples).values()
    ]
    table = pd.DataFrame(rows, index=OUTCOMES, columns=["low", "high"])
    table.insert(0, "likeliest", pd.Series(outcomes(**likeliest)))
    return table


def tornado(outcome="gain", *, spread=0.10, **inputs):
    """What matters: one outcome as each input alone goes from its least to its most.

    Parameters
    ----------
    outcome : str
        One of the outcomes above.
    spread : float
        If every input is one number, each goes this share up and down, above 0 and below
        1; for the retention it is the share that leaves which does.
    **inputs
        As for :func:`board`.

    Returns
    -------
    DataFrame
        One row an input that varies, the widest swing first: ``input``, ``least``,
        ``most``, ``at_least`` and ``at_most`` (the outcome there), and ``likeliest``
        (the outcome if none varies). What was estimated together is one row, named after
        the first of it, with 95 % limits.

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
    likeliest, ranges, samples = _read(inputs)
    if not ranges and not samples:
        spread = numbers("spread", spread, lambda s: (s > 0) & (s < 1), "0 < spread < 1")
        for name, value in likeliest.items():
            if name == AGE:
                continue
            step = spread * (1 - value if name == "retention" else value)
            ranges |= {name: (value - step, value, value + step)} if step else {}
    rows = []
    for name, (least, _middle, most) in ranges.items():
        ends = [outcomes(**likeliest | {name: end})[outcome] for end in (least, most)]
        rows.append((name, least, most, *ends))
    if samples:
        name, sample = next(iter(samples.items()))
        found = outcomes(**likeliest | samples)[outcome]
        ends = np.quantile(found, [0.025, 0.975], method="inverted_cdf")
        falls = np.corrcoef(sample, found)[0, 1] < 0
        limits = np.quantile(sample, [0.025, 0.975])
        rows.append((name, *limits, *(ends[::-1] if falls else ends)))
    table = pd.DataFrame(rows, columns=["input", "least", "most", "at_least", "at_most"])
    table["likeliest"] = outcomes(**likeliest)[outcome]
    with np.errstate(invalid="ignore"):
        swing = (table["at_most"] - table["at_least"]).abs().fillna(0.0)
    return table.loc[swing.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def _until(fades, periods):
    """Sum of fades^t over t = 0 … periods."""
    never = 1 - fades < 1e-9  # 1 - fades^t would be nothing but rounding
    sums = (1 - fades ** (periods + 1)) / np.where(never, 1.0, 1 - fades)
    return np.where(never, periods + 1, sums)


def _root(rising, target):
    """Where a rising function of 0 to 1 reaches its target, by bisection; infinite if nowhere."""
    low, high = np.zeros(np.shape(target)), np.ones(np.shape(target))
    for _step in range(40):
        middle = (low + high) / 2
        enough = rising(middle) >= target
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(high == 1, np.inf, low)


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


def _read(inputs):
    """The likeliest number of each input; the ranges of three; and draws of estimates."""
    unknown = [name for name in inputs if name not in (*INPUTS, POLARISATION, AGE)]
    missing = [name for name in INPUTS if name not in inputs]
    if unknown or missing:
        raise DataError(
            _("{name} is {problem}; needed: {names}.").format(
                name=(unknown or missing)[0],
                problem=_("no input") if unknown else _("missing"),
                names=_(", ").join(INPUTS),
            )
        )
    likeliest, ranges, samples = {}, {}, {}
    for name, value in inputs.items():
        value = np.atleast_1d(numbers(name, value, lambda v: np.isfinite(v), _("numbers")))
        if value.size > DRAWN:
            likeliest[name], samples[name] = float(value[0]), value[1:]
        elif value.size in (1, 3) and (np.diff(value) >= 0).all():
            likeliest[name] = float(value[value.size // 2])
            if value[0] < value[-1]:
                ranges[name] = tuple(value.tolist())
        else:
            raise DataError(
                _("{name} is {value}; accepted: one number, or least, likeliest, most.").format(
                    name=name, value=value.tolist()
                )
            )
    return likeliest, ranges, samples
