"""A picture of what matters most in a decision."""

import numpy as np

from crmlib import style
from crmlib.errors import DataError
from crmlib.quantities import amount, currency_name, tick
from crmlib.text import gettext as _


def tornado(table, outcome="gain", currency=None, ax=None):
    """How far an outcome moves as each input alone goes from its least to its most.

    Parameters
    ----------
    table : DataFrame
        Of :func:`crmlib.retention.what_if.tornado`.
    outcome : str
        The outcome that the table is of.
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
    >>> from crmlib.retention import what_if
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
    }
    labels = {
        "value": _("Value of a customer without the programme ({unit})"),
        "value_with_programme": _("Value of a customer with the programme ({unit})"),
        "gain": _("Gain of value by the programme ({unit})"),
        "break_even_change": _("Rise of retention that breaks even (points / 100)"),
        "cost_per_extra_customer": _("Cost per extra customer kept ({unit})"),
        "pay_back": _("Pay-back of winning a customer (periods)"),
        "programme_pay_back": _("Pay-back of the programme (periods)"),
    }
    ends = table[["at_least", "at_most"]].to_numpy()
    likeliest = table["likeliest"].iloc[0]
    if not np.isfinite([*ends.ravel(), likeliest]).all():
        raise DataError(
            _(
                "{outcome} is infinite for some input; accepted: an outcome that stays finite."
            ).format(outcome=outcome)
        )

    def read(value):
        if outcome == "break_even_change":
            return format(value, ".3f")
        return amount(value)

    moves = np.ptp(ends, axis=1) > 1e-9 * max(1.0, abs(likeliest))
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
            f"{inputs[row.input]}\n{row.least:,.3g} – {row.most:,.3g}".replace("-", "−")
            for row in table.itertuples()
        ],
    )
    ax.tick_params(axis="y", length=0)
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.xaxis.set_major_formatter(tick)
    ax.margins(x=0.08)
    ax.set_xlabel(
        labels[outcome].format(unit=currency_name(currency) if currency else _("currency"))
    )
    ax.legend(loc="lower right", frameon=True, framealpha=0.9)
    low, high = np.sort(ends[0])
    if not moves.any():
        finding = _("None of these inputs matters here: {likeliest} throughout")
    elif low < 0 < high:
        finding = _("The {name} decides: {low} to {high}, a loss or a gain")
    else:
        finding = _("What matters most is the {name}: {low} to {high}")
    finding = finding.format(
        name=inputs[table["input"].iloc[0]],
        low=read(low),
        high=read(high),
        likeliest=read(likeliest),
    )
    listing = _("; ").join(
        _("{name} {low} to {high}").format(
            name=inputs[row.input],
            low=read(min(row.at_least, row.at_most)),
            high=read(max(row.at_least, row.at_most)),
        )
        for row in table.itertuples()
    )
    style.title(ax, finding)
    style.describe(
        ax,
        _("Bars around {likeliest}, the widest on top: {listing}. {finding}.").format(
            likeliest=read(likeliest), listing=listing, finding=finding
        ),
    )
    return ax
