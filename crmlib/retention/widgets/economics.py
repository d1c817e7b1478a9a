"""Things to try: where the claim holds, when profit arrives, what a programme must do."""

import ipywidgets

from crmlib.interactive import Explorer
from crmlib.quantities import amount
from crmlib.retention import acquisition, company, loyalty, plots, readings, what_if
from crmlib.retention.economics import profit_lift
from crmlib.retention.literature import CLAIM
from crmlib.text import gettext as _
from crmlib.text import joined


def lift_explorer(retention=0.80, change=0.05, discount=0.10):
    """The lift over retention, under a hand on discount, acquisition cost and convention.

    Parameters
    ----------
    retention : float
        Where the words beside the picture look.
    change : float
        Rise of retention, in points.
    discount : float
        Where the slider starts, per period.

    Returns
    -------
    Explorer
        Controls ``discount``, ``acquisition_share`` and ``first_margin``.

    Examples
    --------
    >>> explorer = lift_explorer()
    >>> explorer.controls["acquisition_share"].value = 0.2
    >>> explorer.words.split(";")[0]
    'At retention 0.80 the rise brings 25 %'
    """

    def draw(ax, discount, acquisition_share, first_margin):
        terms = {"acquisition_share": acquisition_share, "first_margin": first_margin}
        plots.lift_curve(change, discount, **terms, ax=ax)
        return _say(float(profit_lift(retention, change, discount, **terms)), retention)

    return Explorer(
        draw,
        {
            "discount": _slider(_("Discount rate"), discount, 0, 0.30),
            "acquisition_share": _slider(_("Winning her costs"), 0.0, 0, 0.90, step=0.05),
            "first_margin": ipywidgets.Dropdown(
                options=[(_("at once"), "at_once"), (_("a period later"), "at_end")],
                description=_("First margin"),
            ),
        },
    )


def map_explorer(over="discount", retention=0.80, change=0.05, discount=0.10):
    """The map of 25 to 85 per cent, under a hand on its conditions.

    Parameters
    ----------
    over : {"discount", "acquisition_share"}
        What runs up.
    retention, change, discount : float
        The point marked on the map, and the rise.

    Returns
    -------
    Explorer
        Controls ``growth``, ``change_in``, and the one of ``acquisition_share`` and
        ``discount`` that does not run up.

    Examples
    --------
    >>> explorer = map_explorer()
    >>> explorer.controls["change_in"].value = "per_cent"
    >>> explorer.words.split(";")[0]
    'At retention 0.80 the rise brings 15.4 %'
    """
    other = {"discount": "acquisition_share", "acquisition_share": "discount"}
    start = {"discount": discount, "acquisition_share": 0.0}

    def draw(ax, **values):
        terms = start | values
        plots.lift_map(change, over=over, retention=retention, **terms, ax=ax)
        return _say(float(profit_lift(retention, change, **terms)), retention)

    free = {
        "discount": _slider(_("Discount rate"), discount, 0.02, 0.30),
        "acquisition_share": _slider(_("Winning her costs"), 0.0, 0, 0.90, step=0.05),
    }[other.get(over, "discount")]
    return Explorer(
        draw,
        {
            other.get(over, "discount"): free,
            "growth": _slider(_("Margin grows with tenure by"), 0.0, 0, 0.10),
            "change_in": ipywidgets.Dropdown(
                options=[(_("points"), "points"), (_("per cent"), "per_cent")],
                description=_("The rise is in"),
            ),
        },
    )


def keep_explorer(multiple=5, effect=0.10):
    """Keeping against winning, under a hand on the cost multiple and the effect.

    Parameters
    ----------
    multiple : float
        Cost of winning a customer over the cost of reaching one to keep her.
    effect : float
        Share of those reached who stay because of it.

    Returns
    -------
    Explorer
        Controls ``multiple`` and ``effect``.

    Examples
    --------
    >>> explorer = keep_explorer()
    >>> explorer.controls["effect"].value = 0.25
    >>> explorer.words.split(": ")[1]
    'each customer kept costs 400, less than the 500 of winning one.'
    """

    def draw(ax, multiple, effect):
        plots.keep_or_win(multiple, effect, ax=ax)
        return readings.keeping(100.0, effect, 100.0 * multiple)

    return Explorer(
        draw,
        {
            "multiple": ipywidgets.FloatSlider(
                multiple, min=1, max=12, step=0.5, description=_("Winning costs (times)")
            ),
            "effect": _slider(_("Effect"), effect, 0, 0.40),
        },
    )


def cost_explorer(value=200, ceiling=0.40, steepness=0.02, currency=None):
    """Marginal against average cost, under a hand on the customer's value and the curve.

    Parameters
    ----------
    value : float
        Of a customer won, in currency.
    ceiling, steepness : float
        As for :func:`crmlib.retention.acquisition.response`.
    currency : str, optional
        Sign or name of the currency.

    Returns
    -------
    Explorer
        Controls ``value``, ``ceiling`` and ``steepness``.

    Examples
    --------
    >>> cost_explorer().words
    'Spend 23.5 on each prospect: 15 of 100 become customers, and 6.5 a prospect is left.'
    """

    def draw(ax, value, ceiling, steepness):
        plots.costs(value, ceiling, steepness, currency, ax)
        best = acquisition.optimal_spend(value, ceiling, steepness)
        [there] = acquisition.cost_curve([best], value, ceiling, steepness).itertuples()
        if best == 0:
            return _("Spend nothing: every customer won would cost more than she is worth.")
        return _(
            "Spend {spend} on each prospect: {won:.3g} of 100 become customers, and {left} a "
            "prospect is left."
        ).format(spend=amount(best), won=100 * there.response, left=amount(there.profit))

    return Explorer(
        draw,
        {
            "value": ipywidgets.FloatSlider(
                value, min=value / 10, max=5 * value, step=value / 10, description=_("Value")
            ),
            "ceiling": _slider(_("Ceiling"), ceiling, 0.05, 1.0, step=0.05),
            "steepness": ipywidgets.FloatSlider(
                steepness,
                min=steepness / 10,
                max=5 * steepness,
                step=steepness / 10,
                readout_format=".3g",
                description=_("Steepness"),
            ),
        },
    )


def company_explorer(
    margin=100,
    retention=0.80,
    change=0.05,
    newcomers=2000,
    periods=20,
    discount=0.10,
    currency=None,
):
    """When profit arrives, under a hand on retention, its rise and what the programme costs.

    Parameters
    ----------
    margin, retention, change, newcomers, discount : float
        As for :func:`crmlib.retention.company.profit_over_time`; winning a customer
        costs nothing here.
    periods : int
    currency : str, optional
        Sign or name of the currency.

    Returns
    -------
    Explorer
        Controls ``retention``, ``change`` and ``programme_cost``.

    Examples
    --------
    >>> company_explorer().words.split(". ")[0]
    'The value of a customer rises by 20 % at once'
    """

    def draw(ax, retention, change, programme_cost):
        table = company.profit_over_time(
            periods,
            margin=margin,
            retention=retention,
            change=change,
            newcomers=newcomers,
            programme_cost=programme_cost,
            discount=discount,
        )
        plots.profit_over_time(table, currency, ax)
        words = readings.delay(retention, change, discount)
        if programme_cost:
            words = joined(
                words,
                _(
                    "That is before the programme; with it the gains so far are worth {gain}."
                ).format(gain=amount(table["cumulative_gain"].iloc[-1])),
            )
        return words

    return Explorer(
        draw,
        {
            "retention": _slider(_("Retention"), retention, 0.30, 0.90),
            "change": _slider(_("Rise"), change, 0.01, 0.09),
            "programme_cost": ipywidgets.FloatSlider(
                0.0,
                min=0,
                max=0.3 * margin,
                step=margin / 100,
                description=_("Programme, per customer and period"),
            ),
        },
    )


def tenure_explorer(cause=0, selection=20, customers=5000, periods=10, seed=1, currency=None):
    """Margin by tenure, under a hand on its two causes.

    Parameters
    ----------
    cause, selection : float
        Where the sliders start; as for :func:`crmlib.retention.loyalty.simulate_tenure`.
    customers, periods, seed : int
    currency : str, optional
        Sign or name of the currency.

    Returns
    -------
    Explorer
        Controls ``cause`` and ``selection``.

    Examples
    --------
    >>> sorted(tenure_explorer().controls)
    ['cause', 'selection']
    """

    def draw(ax, cause, selection):
        log = loyalty.simulate_tenure(
            customers, periods, cause=cause, selection=selection, seed=seed
        )
        profile = loyalty.tenure_profile(log)
        plots.tenure_profile(profile, currency, ax)
        return readings.tenure(profile)

    return Explorer(
        draw,
        {
            "cause": ipywidgets.FloatSlider(
                cause, min=-3, max=5, step=0.5, description=_("Each period adds")
            ),
            "selection": ipywidgets.FloatSlider(
                selection, min=-30, max=30, step=5, description=_("The loyal bring more by")
            ),
        },
    )


def what_if_explorer(
    margin=100,
    retention=0.80,
    discount=0.10,
    acquisition_cost=120,
    budget=10,
    change=0.05,
    outcome="gain",
    currency=None,
):
    """The what-if board with its tornado, each input ten per cent up and down.

    Parameters
    ----------
    margin, retention, discount, acquisition_cost, budget, change : float
        As for :func:`crmlib.retention.what_if.outcomes`; where the sliders start.
    outcome : {"value", "value_with_programme", "gain", "break_even_change"}
        What the bars show.
    currency : str, optional
        Sign or name of the currency.

    Returns
    -------
    Explorer
        Controls ``retention``, ``budget`` and ``change``.

    Examples
    --------
    >>> explorer = what_if_explorer()
    >>> explorer.controls["budget"].value = 20
    >>> explorer.words.split(". ")[0]
    'By the likeliest numbers the programme loses 15 per customer and never pays back'
    """

    def draw(ax, retention, budget, change):
        inputs = {
            "margin": margin,
            "retention": retention,
            "discount": discount,
            "acquisition_cost": acquisition_cost,
            "budget": budget,
            "change": change,
        }
        plots.tornado(what_if.tornado(outcome, **inputs), outcome, currency, ax)
        board = what_if.board(draws=1, **inputs)
        result = board["likeliest"]
        return joined(
            readings.programme(board),
            _(
                "A customer is worth {value} without it. It breaks even with a rise of "
                "{points:.2g} points; each customer kept costs {extra}, one won {won}."
            ).format(
                value=amount(result["value"]),
                points=100 * result["break_even_change"],
                extra=amount(result["cost_per_extra_customer"]),
                won=amount(acquisition_cost),
            ),
        )

    return Explorer(
        draw,
        {
            "retention": _slider(_("Retention"), retention, 0.30, 0.88),
            "budget": ipywidgets.FloatSlider(
                budget,
                min=0,
                max=0.5 * margin,
                step=margin / 100,
                description=_("Programme budget"),
            ),
            "change": _slider(_("Rise"), change, 0.005, 0.10, step=0.005, digits=1),
        },
    )


def _say(lift, retention):
    """What the rise brings where retention is as given, and what that makes of the claim."""
    low, high = CLAIM
    if lift < low - 1e-9:
        verdict = _("that is below 25–85 %.")
    elif lift > high + 1e-9:
        verdict = _("that is above 25–85 %.")
    else:
        verdict = _("that is inside 25–85 %.")
    brings = _("At retention {retention:.2f} the rise brings {lift:.3g} %;")
    return joined(brings.format(retention=retention, lift=100 * lift), verdict)


def _slider(name, value, lowest, highest, step=0.01, digits=0):
    return ipywidgets.FloatSlider(
        value,
        min=min(value, lowest),
        max=max(value, highest),
        step=step,
        readout_format=f".{digits}%",
        description=name,
    )
