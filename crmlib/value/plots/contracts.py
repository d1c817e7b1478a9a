"""Pictures of customers under contract: how many stay, and how many will."""

import numpy as np

from crmlib import style
from crmlib.checks import whole
from crmlib.quantities import units
from crmlib.text import gettext as _
from crmlib.text import heading, joined
from crmlib.value.btyd.reading import read_survivors


def survival_projection(
    observed,
    model,
    fitted_years,
    *,
    until=None,
    label=None,
    constant_retention=False,
    unit="year",
    ax=None,
):
    """The share of customers still there at each age, seen and projected.

    Call it again with the same ``ax`` and another ``label`` to compare groups.

    Parameters
    ----------
    observed : array of shape (n + 1,)
        Customers still there at ages 0, 1, …, n, in numbers or in per cent.
    model : ShiftedBetaGeometric
        Fitted on the ages up to ``fitted_years``.
    fitted_years : int
        The last age that the model saw.
    until : int, optional
        The last age projected; by default the last one observed.
    label : str, optional
        Who these customers are.
    constant_retention : bool
        Draw what one retention rate, the same at all ages, would project.
    unit : str
        What ages are counted in.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If the numbers are negative or rising, fewer than two ages or nobody at the first
        is given, or ``fitted_years`` is no whole number above 0.

    Examples
    --------
    >>> from crmlib.value.btyd import ShiftedBetaGeometric
    >>> observed = [100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1, 46.8, 44.5, 42.7, 40.9, 39.4]
    >>> model = ShiftedBetaGeometric({"alpha": 0.668, "beta": 3.806})
    >>> ax = survival_projection(observed, model, 7, label="High end")
    >>> print(ax.get_title(loc="left").replace("\\n", " "))
    High end: 37.8 % projected to stay 12 years, 39.4 % did
    """
    survivors = read_survivors(observed, "observed", 2)
    whole("fitted_years", fitted_years, 1)
    ages, seen = np.arange(len(survivors)), 100 * survivors / survivors[0]
    end = ages[-1] if until is None else until
    smooth = np.linspace(0, end, 10 * int(end) + 1)
    curves = {"model": 100 * model.survival(smooth)}
    if constant_retention:
        rate = _constant_rate(survivors[: fitted_years + 1])
        curves["constant"] = 100 * rate**smooth

    judged = ages[-1] if ages[-1] > fitted_years else max(end, ages[-1])
    says = 100 * float(model.survival(judged))
    if ages[-1] > fitted_years:
        finding = _("{says:.1f} % projected to stay {n:g} {units}, {seen:.1f} % did")
    elif end > ages[-1]:
        finding = _("{says:.1f} % projected to stay {n:g} {units}; after {m} it was {seen:.1f} %")
    else:
        finding = _("after {n:g} {units} {seen:.1f} % are still there, {says:.1f} % in the model")
    finding = finding.format(
        says=says, seen=seen[-1], n=judged, m=ages[-1], units=units(unit, judged)
    )
    ax = style.axes(ax)
    ax.set_ylim(0, 105)
    ax.set_ylabel(_("Customers still there (%)"))
    ax.set_xlabel(_("Age of the contract ({units})").format(units=units(unit)))
    return _draw(ax, ages, seen, smooth, curves, fitted_years, label, finding)


def retention_projection(
    observed,
    model,
    fitted_years,
    *,
    until=None,
    label=None,
    constant_retention=False,
    unit="year",
    ax=None,
):
    """Of those still there, the share that stays for one more period, seen and projected.

    Parameters
    ----------
    observed, model, fitted_years, until, label, constant_retention, unit, ax
        As for :func:`survival_projection`.

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        As for :func:`survival_projection`.

    Examples
    --------
    >>> from crmlib.value.btyd import ShiftedBetaGeometric
    >>> model = ShiftedBetaGeometric({"alpha": 0.668, "beta": 3.806})
    >>> ax = retention_projection([100, 86.9, 74.3, 65.3, 59.3], model, 4)
    >>> print(ax.get_title(loc="left").replace("\\n", " "))
    86.9 % stay on in year 1, 90.8 % in year 4
    """
    survivors = read_survivors(observed, "observed", 2)
    whole("fitted_years", fitted_years, 1)
    survivors = survivors[: np.count_nonzero(survivors) + 1]  # nobody can stay of none
    ages, seen = np.arange(1, len(survivors)), 100 * survivors[1:] / survivors[:-1]
    end = ages[-1] if until is None else until
    periods = np.arange(1, end + 1)
    curves = {"model": 100 * model.retention_rate(periods)}
    if constant_retention:
        rate = _constant_rate(survivors[: fitted_years + 1])
        curves["constant"] = np.full(len(periods), 100 * rate)

    finding = _("{first:.1f} % stay on in {unit} 1, {last:.1f} % in {unit} {n}").format(
        first=seen[0], last=seen[-1], n=ages[-1], unit=units(unit, 1)
    )
    ax = style.axes(ax)
    ax.set_ylabel(_("Retention rate (%)"))
    ax.set_xlabel(_("Age of the contract ({units})").format(units=units(unit)))
    return _draw(ax, ages, seen, periods, curves, fitted_years, label, finding)


def _draw(ax, ages, seen, moments, curves, fitted, label, finding):
    """One group: points for what was seen, a line for the model, dashed where it projects."""
    label = label and heading(label)
    group = len(ax.collections)  # those drawn before
    first, colour, marker = group == 0, f"C{group}", "osD^v"[group % 5]
    known = ages <= fitted
    ax.scatter(
        ages,
        seen,
        36,
        marker=marker,
        c=[colour if k else "white" for k in known],
        edgecolors=colour,
        zorder=3,
    )
    model = curves["model"]
    solid, dashed = moments <= fitted, moments >= fitted
    ax.plot(moments[solid], model[solid], "-", color=colour)
    ax.plot(moments[dashed], model[dashed], "--", color=colour)
    if "constant" in curves:
        ax.plot(moments, curves["constant"], ":", color=colour, linewidth=1.5)
    ax.xaxis.get_major_locator().set_params(integer=True)

    # The legend names each group once, and what they have in common once.
    ax.plot(
        [], [], "-", marker=marker, color=colour, label=label or _("seen, and the model's line")
    )
    if first and not known.all():
        hollow = {"markerfacecolor": "white", "label": _("not shown to the model")}
        ax.plot([], [], "--", marker=marker, color=colour, **hollow)
    elif first and moments[-1] > fitted:
        ax.plot([], [], "--", color=colour, label=_("projected"))
    if first and "constant" in curves:
        ax.plot([], [], ":", color=colour, linewidth=1.5, label=_("one rate for all ages"))
    ax.legend()

    said = _("{label}: {finding}").format(label=label, finding=finding) if label else finding
    said = said[0].upper() + said[1:]
    alt = _(
        "{finding}. Points seen: {points}. The model's line runs from {first:.1f} % to "
        "{last:.1f} % at {end:g}."
    ).format(
        finding=said,
        points=_(", ").join(f"{value:.1f}" for value in seen),
        first=model[0],
        last=model[-1],
        end=moments[-1],
    )
    if "constant" in curves:
        alt = joined(
            alt,
            _("Dotted, one rate for all ages: {first:.1f} % to {last:.1f} %.").format(
                first=curves["constant"][0], last=curves["constant"][-1]
            ),
        )
    style.title(ax, said if first else f"{ax.get_title(loc='left')}\n{said}")
    style.describe(ax, alt if first else joined(ax.get_label(), alt))
    return ax


def _constant_rate(survivors):
    """Maximum likelihood: renewals over chances to renew."""
    return survivors[1:].sum() / survivors[:-1].sum()
