"""A picture of what matters most in a decision."""

import numpy as np

from crmlib import style
from crmlib.errors import DataError
from crmlib.quantities import amount, money, tick, units
from crmlib.text import gettext as _


def tornado(table, outcome="gain", unit="period", currency=None, ax=None):
    """How far an outcome moves as each input alone goes from its least to its most.

    Parameters
    ----------
    table : DataFrame
        Of :func:`crmlib.retention.profit.what_if.tornado`.
    outcome : str
        The outcome that the table is of.
    unit : str
        What a period is: "year", "month" and so on.
    currency : str, optional
        Sign or name of the currency.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If nothing in the table is a finite number.

    Examples
    --------
    >>> from crmlib.retention.profit import what_if
    >>> table = what_if.tornado(
    ...     "gain", margin=100, retention=(0.75, 0.80, 0.85), discount=0.10,
    ...     acquisition_cost=120, budget=10, change=(0.01, 0.05, 0.08),
    ... )
    >>> print(tornado(table).get_title(loc="left").replace("\\n", " "))
    The rise of retention decides: −25.3 to 83.3, a loss or a gain
    """
    inputs = {
        "margin": _("margin"),
        "retention": _("retention"),
        "discount": _("discount rate"),
        "acquisition_cost": _("acquisition cost"),
        "budget": _("programme budget"),
        "change": _("rise of retention"),
        "polarisation": _("polarisation"),
    }
    periods = _("{label} ({unit})")
    labels = {
        "net_value": money(_("Net value of a customer without the programme"), currency),
        "net_value_with_programme": money(
            _("Net value of a customer with the programme"), currency
        ),
        "gain": money(_("Gain of net value by the programme"), currency),
        "gain_observed": money(_("Gain by the age of the oldest contract"), currency),
        "gain_on_present": money(_("Gain on a customer there already"), currency),
        "break_even_points": _("Rise of retention that breaks even (points)"),
        "cost_per_extra_customer": money(_("Cost of one more customer kept"), currency),
        "worth_of_extra_customer": money(_("Worth of one more customer kept"), currency),
        "pay_back": periods.format(label=_("Pay-back of winning a customer"), unit=units(unit)),
        "programme_pay_back": periods.format(
            label=_("Pay-back of the programme"), unit=units(unit)
        ),
    }
    ends = table[["at_least", "at_most"]].to_numpy()
    likeliest = table["likeliest"].iloc[0]
    if not np.isfinite([*ends.ravel(), likeliest]).all():
        raise DataError(
            _(
                "{outcome} is infinite for some input; accepted: an outcome that stays finite."
            ).format(outcome=outcome)
        )

    swings = np.ptp(ends, axis=1)
    moves = swings > max(1e-9 * max(1.0, abs(likeliest)), 1e-3 * swings.max())  # to be seen
    if moves.any():
        table, ends = table[moves], ends[moves]

    ax = style.axes(ax)
    rows = np.arange(len(table))
    for column, colour, hatch in ((0, "C1", "///"), (1, "C2", "")):
        label = _("at its least") if column == 0 else _("at its most")
        ax.barh(
            rows,
            ends[:, column] - likeliest,
            left=likeliest,
            height=0.6,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            label=label,
        )
    ax.axvline(likeliest, color="0.2", linewidth=1, linestyle="-")
    if ends.min() < 0 < ends.max():
        ax.axvline(0, color="C3", linewidth=1.2, linestyle="--")
    ax.set_yticks(
        rows,
        [
            inputs[row.input] + "\n" + _range(row.input, row.least, row.most)
            for row in table.itertuples()
        ],
    )
    ax.tick_params(axis="y", length=0)
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.xaxis.set_major_formatter(tick)
    ax.margins(x=0.08)
    ax.set_xlabel(labels[outcome])
    ax.legend(loc="lower right", frameon=True, framealpha=0.9)
    low, high = np.sort(ends[0])
    if not moves.any():
        finding = _("None of these inputs matters here: {likeliest} throughout")
    elif low < 0 < high:
        finding = _("What matters most is the {name}: {low} to {high}, a loss or a gain")
        if (ends.prod(axis=1) < 0).sum() == 1:
            finding = _("The {name} decides: {low} to {high}, a loss or a gain")
    else:
        finding = _("What matters most is the {name}: {low} to {high}")
    finding = finding.format(
        name=inputs[table["input"].iloc[0]],
        low=amount(low),
        high=amount(high),
        likeliest=amount(likeliest),
    )
    listing = _("; ").join(
        _("{name} {low} to {high}").format(
            name=inputs[row.input],
            low=amount(min(pair)),
            high=amount(max(pair)),
        )
        for row, pair in zip(table.itertuples(), ends)
    )
    style.title(ax, finding)
    style.describe(
        ax,
        _("Bars around {likeliest}, the widest on top: {listing}. {finding}.").format(
            likeliest=amount(likeliest), listing=listing, finding=finding
        ),
    )
    return ax


def _range(name, least, most):
    """An input from least to most: a retention and a rate in per cent, a rise in points."""
    if name == "change":
        return _("{least:.3g} to {most:.3g} points").format(least=100 * least, most=100 * most)
    if name in ("retention", "discount"):
        return _("{least:.3g} to {most:.3g} %").format(least=100 * least, most=100 * most)
    return _("{least} to {most}").format(least=amount(least), most=amount(most))
