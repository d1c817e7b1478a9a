"""Things to try: when profit arrives, what tenure does, what a programme must do."""

import ipywidgets

from crmlib.interactive import Explorer, percent_slider
from crmlib.quantities import amount, units
from crmlib.retention import plots
from crmlib.retention.profit import board_readings, company, loyalty, readings, what_if
from crmlib.text import gettext as _
from crmlib.text import joined


def company_explorer(
    margin=100,
    retention=0.80,
    change=0.05,
    newcomers=2000,
    periods=20,
    discount=0.10,
    unit="period",
    currency=None,
):
    """When profit arrives, under a hand on retention, its rise and what the programme costs.

    Parameters
    ----------
    margin, retention, change, newcomers, discount : float
        As for :func:`crmlib.retention.profit.company.profit_over_time`; winning a customer
        costs nothing here.
    periods : int
    unit : str
        What a period is: "year", "month" and so on.
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
        retention, change = retention / 100, change / 100
        table = company.profit_over_time(
            periods,
            margin=margin,
            retention=retention,
            change=change,
            newcomers=newcomers,
            programme_cost=programme_cost,
            discount=discount,
        )
        plots.profit_over_time(table, unit, currency, ax)
        words = readings.delay(retention, change, discount, unit=unit)
        if programme_cost:
            shown = table["cumulative_gain"].iloc[-1]
            whole = company.gain_for_ever(
                what_if.outcomes(margin, retention, discount, 0, programme_cost, change),
                table["customers"].iloc[0],
                newcomers,
                discount,
            )
            words = joined(
                words,
                _(
                    "That is before the programme is paid for. With it the gains of {n} {units} "
                    "are worth {shown}, and those of all {units} {whole}."
                ).format(
                    n=periods,
                    units=units(unit, periods),
                    shown=amount(shown, currency=currency),
                    whole=amount(whole, currency=currency),
                ),
            )
        return words

    return Explorer(
        draw,
        {
            "retention": percent_slider(_("Retention"), 100 * retention, 30, 90),
            "change": percent_slider(_("Rise"), 100 * change, 1, 9),
            "programme_cost": ipywidgets.FloatSlider(
                0.0,
                min=0,
                max=0.3 * margin,
                step=margin / 100,
                description=_("Programme cost"),
            ),
        },
    )


def tenure_explorer(cause=0, selection=20, customers=5000, periods=10, seed=1, currency=None):
    """Margin by tenure, under a hand on its two causes.

    Parameters
    ----------
    cause, selection : float
        Where the sliders start; as for :func:`crmlib.retention.profit.loyalty.simulate_tenure`.
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
        return readings.tenure(profile, currency)

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
    unit="period",
    currency=None,
):
    """The what-if board with its tornado, each input ten per cent up and down.

    Parameters
    ----------
    margin, retention, discount, acquisition_cost, budget, change : float
        As for :func:`crmlib.retention.profit.what_if.outcomes`; where the sliders start.
    outcome : {"net_value", "net_value_with_programme", "gain", "break_even_points"}
        What the bars show.
    unit : str
        What a period is: "year", "month" and so on.
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
    'By the likeliest numbers the programme loses 14.7 on each newcomer and never pays back'
    """

    def draw(ax, retention, budget, change):
        retention, change = retention / 100, change / 100
        inputs = {
            "margin": margin,
            "retention": retention,
            "discount": discount,
            "acquisition_cost": acquisition_cost,
            "budget": budget,
            "change": change,
        }
        plots.tornado(what_if.tornado(outcome, **inputs), outcome, unit, currency, ax)
        board = what_if.board(draws=1, **inputs)
        even = _("It breaks even with a rise of {points:.2g} points.").format(
            points=board.loc["break_even_points", "likeliest"]
        )
        return joined(
            board_readings.programme(board, unit, currency),
            even,
            board_readings.kept_and_won(board, acquisition_cost, currency),
        )

    return Explorer(
        draw,
        {
            "retention": percent_slider(_("Retention"), 100 * retention, 30, 88),
            "budget": ipywidgets.FloatSlider(
                budget,
                min=0,
                max=0.5 * margin,
                step=margin / 100,
                description=_("Programme budget"),
            ),
            "change": percent_slider(_("Rise"), 100 * change, 0.5, 10, step=0.5),
        },
    )
