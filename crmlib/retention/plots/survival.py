"""Pictures of leaving: how many stay, and when the others go."""

from crmlib import style
from crmlib.quantities import units
from crmlib.retention.leaving.hazard import early_and_late
from crmlib.retention.leaving.survival import log_rank, survival_at
from crmlib.text import gettext as _
from crmlib.text import joined

TOLD_APART = 5  # lines; of more, only the two compared are coloured
ENOUGH = 30  # customers still watched in each group at the time that the title speaks of
ALL_HIGH = 60  # per cent; where all curves stay above it, the axis begins below the lowest
SIGNIFICANT = 0.05  # log-rank; above it the title contrasts no groups
POINTS = 3  # of a cohort that is compared: fewer are no line


def retention_curves(curves, unit="month", ax=None):
    """The share of customers still there, with pointwise intervals, by group.

    Parameters
    ----------
    curves : pandas.DataFrame
        As :func:`crmlib.retention.leaving.survival.retention_curves` or
        :func:`~crmlib.retention.leaving.survival.kaplan_meier` gives it.
    unit : {"day", "week", "month", "year"}
        Of the times.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> from crmlib.retention.leaving.survival import kaplan_meier
    >>> ax = retention_curves(kaplan_meier([1, 2, 2, 3, 4, 5], [1, 1, 0, 1, 0, 1]))
    >>> ax.get_title(loc="left")
    'After 3 months half have left'
    """
    groups = _groups(curves)
    time = _compared_at([_last_sure(curve) for curve in groups.values()], unit)
    shares = {name: 100 * survival_at(curve, time) for name, curve in groups.items()}
    shares = {name: share for name, share in shares.items() if share >= 0}  # watched so long
    ends = sorted(shares, key=lambda name: -shares[name])
    ax, lowest = style.axes(ax), 100.0
    for name, curve, look in _looks(groups, ends):
        ax.step(
            curve["time"], 100 * curve["survival"], where="post", **look, label=_line_name(name)
        )
        lowest = min(lowest, 100 * curve["survival"].min())
        if look["zorder"] > 2:
            limits = curve.dropna(subset="lower")
            ax.fill_between(
                limits["time"],
                100 * limits["lower"],
                100 * limits["upper"],
                step="post",
                color=look["color"],
                alpha=0.18,
                linewidth=0,
            )
            lowest = min(lowest, 100 * limits["lower"].min())
    if len(shares) > 1:
        finding = _compared(curves, shares, ends, time, unit)
    else:
        [name] = shares
        gone = groups[name].loc[groups[name]["survival"] <= 0.5, "time"]
        if len(gone):
            finding = _("After {time:.3g} {units} half have left").format(
                time=gone.iloc[0], units=units(unit, gone.iloc[0])
            )
        else:
            finding = _("{share:.0f} % are still there after {time:.3g} {units}").format(
                share=shares[name], time=time, units=units(unit, time)
            )
    ax.set_xlabel(_("Time since the start ({units})").format(units=units(unit)))
    ax.set_ylabel(_("Still there (%)"))
    low = 10 * min(lowest // 10, 9) if lowest > ALL_HIGH else 0
    ax.set_ylim(low, 100 + (100 - low) / 20)
    ax.set_xlim(left=0)
    return _finish(ax, finding, shares, _("Steps that fall from 100 %"))


def cohort_activity(activity, unit="month", ax=None):
    """The share of each cohort that buys in each period of its life, with intervals.

    Parameters
    ----------
    activity : pandas.DataFrame
        As :func:`crmlib.retention.leaving.activity.cohort_activity` gives it.
    unit : {"day", "week", "month", "year"}
        Of the periods.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> import pandas as pd
    >>> from crmlib.retention.leaving import activity
    >>> log = pd.DataFrame(
    ...     {
    ...         "customer_id": ["Ann", "Ann", "Bo"],
    ...         "time": pd.to_datetime(["2024-01-01", "2024-02-10", "2024-01-05"]),
    ...     }
    ... )
    >>> table = activity.cohort_activity(log, observation_end="2024-03-31")
    >>> cohort_activity(table).get_title(loc="left")
    'Of 2024-Q1 50 % bought in month 1'
    """
    groups = _groups(activity[activity["time"] > 0])  # in period 0 all buy
    names = [name for name, curve in groups.items() if len(curve) >= POINTS] or list(groups)
    common = min(groups[name]["time"].max() for name in (names[0], names[-1]))
    shares = {
        name: 100 * curve["share"].iloc[common - 1]
        for name, curve in groups.items()
        if len(curve) >= common
    }
    ax = style.axes(ax)
    for name, curve, look in _looks(groups, names):
        look["marker"] = "." if len(curve) < POINTS else ""
        ax.plot(curve["time"], 100 * curve["share"], **look, label=_line_name(name))
        if look["zorder"] > 2:
            ax.fill_between(
                curve["time"],
                100 * curve["lower"],
                100 * curve["upper"],
                color=look["color"],
                alpha=0.18,
                linewidth=0,
            )
    oldest = groups[names[0]].set_index("time")["share"]
    time = int(_compared_at([oldest.index.max()], unit))
    finding = _("Of {name} {share:.0f} % bought in {unit} {time}").format(
        name=names[0], share=100 * oldest[1], unit=units(unit, 1), time=1
    )
    if time > 1:
        finding = _("{finding}, {share:.0f} % in {unit} {time}").format(
            finding=finding, share=100 * oldest[time], unit=units(unit, 1), time=time
        )
    ax.set_xlim(1, max(activity["time"].max(), 2))
    ax.set_ylim(0, 1.15 * 100 * max(activity.loc[activity["time"] > 0, "upper"].max(), 0.01))
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_xlabel(_("Time since the first purchase (whole {units})").format(units=units(unit)))
    ax.set_ylabel(_("Bought in it (%)"))
    return _finish(ax, finding, shares, _("Lines over the life of a cohort"))


def hazard(table, model=None, covariates=None, unit="month", ax=None):
    """The share that leaves in each period, of those there at its start.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`crmlib.retention.leaving.hazard.hazard_table` gives it.
    model : DiscreteTimeHazard, optional
        Drawn as a line.
    covariates : dict, optional
        The customer for whom the model speaks.
    unit : {"day", "week", "month", "year"}
        Of the periods.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> import pandas as pd
    >>> from crmlib.retention.leaving.hazard import hazard_table, person_periods
    >>> stays = pd.DataFrame({"duration": [1, 2, 2, 3], "observed": [1, 1, 0, 1]})
    >>> hazard(hazard_table(person_periods(stays))).get_title(loc="left")
    '25 % leave in month 1, 50 % a month after it'
    """
    last, early, late = early_and_late(table)
    sure = table["at_risk"] >= ENOUGH
    table = table[sure] if sure.any() else table
    period, share = table["period"], 100 * table["hazard"]
    ax = style.axes(ax)
    ax.errorbar(
        period,
        share,
        [share - 100 * table["lower"], 100 * table["upper"] - share],
        fmt="o",
        color="C2",
        markersize=4,
        elinewidth=1,
        label=_("seen"),
    )
    top = 100 * table["upper"].max()
    if model is not None:
        fitted = 100 * model.predict_hazard(period.to_numpy(), covariates)
        ax.plot(period, fitted, "-", color="C0", zorder=3, label=_("model"))
        ax.legend(loc="upper left", ncols=2)
        top = 1.15 * max(top, fitted.max())  # room for the legend
    ax.set_ylim(0, 1.05 * top)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set_xlabel(_("{unit} as a customer").format(unit=units(unit, 1).capitalize()))
    ax.set_ylabel(_("Leave in it, of those still there (%)"))
    if not late >= 0:
        finding = _("{early:.2g} % leave in {unit} 1").format(
            early=100 * early, unit=units(unit, 1)
        )
    elif last == 1:
        finding = _("{early:.2g} % leave in {unit} 1, {late:.2g} % a {unit} after it").format(
            early=100 * early, late=100 * late, unit=units(unit, 1)
        )
    else:
        finding = _(
            "{early:.2g} % leave a {unit} up to {unit} {last}, {late:.2g} % a {unit} after it"
        ).format(early=100 * early, late=100 * late, last=last, unit=units(unit, 1))
    style.title(ax, finding)
    alt = _("Points with intervals over {n} periods, {low:.2g} % to {high:.2g} %. {finding}.")
    alt = alt.format(n=len(table), low=share.min(), high=share.max(), finding=finding)
    if model is not None:
        alt = joined(
            alt,
            _("The model's line runs from {first:.2g} % to {last:.2g} %.").format(
                first=fitted[0], last=fitted[-1]
            ),
        )
    style.describe(ax, alt)
    return ax


def _groups(table):
    """Name to curve; one without a name if there are no groups."""
    if "group" not in table:
        return {None: table}
    return {name: curve for name, curve in table.groupby("group")}


def _line_name(name):
    return None if name is None else str(name)


def _last_sure(curve):
    """The last time at which enough customers were still watched; else the last of all."""
    sure = curve.loc[(curve["at_risk"] >= ENOUGH) & (curve["time"] > 0), "time"]
    return sure.max() if len(sure) else curve["time"].max()


def _compared_at(reached, unit):
    """A whole age that at least half of the groups have reached; all, if that is not far off."""
    reached = sorted(reached, reverse=True)
    age = reached[(len(reached) - 1) // 2]
    if 2 * reached[-1] >= age:
        age = reached[-1]
    if age < 1:
        return age
    whole = next(n for n in (12, 3, 1) if age >= n) if unit == "month" else 1
    return age // whole * whole


def _compared(curves, shares, ends, time, unit):
    """The best and the worst group, if the groups differ by more than chance."""
    told = {"time": time, "units": units(unit, time)}
    high, low = (shares[name] for name in (ends[0], ends[-1]))
    if log_rank(curves) < SIGNIFICANT:
        words = _(
            "After {time:.3g} {units} {high:.0f} % of {best} are still there, "
            "{low:.0f} % of {worst}"
        )
        return words.format(high=high, low=low, best=ends[0], worst=ends[-1], **told)
    return _(
        "After {time:.3g} {units} {low:.0f} to {high:.0f} % are still there; the groups differ "
        "no more than by chance"
    ).format(high=high, low=low, **told)


def _looks(groups, ends):
    """Each group, its curve and how it is drawn; of many, only the first and last of `ends`."""
    marked = list(groups) if len(groups) <= TOLD_APART else [ends[0], ends[-1]]
    styles = ["-", "--", "-.", ":", (0, (6, 2))]
    for name, curve in groups.items():
        if name in marked:
            place = marked.index(name)
            look = {"color": f"C{place}", "linestyle": styles[place], "zorder": 3}
        else:
            look = {"color": "0.7", "linestyle": "-", "linewidth": 1, "zorder": 2}
        yield name, curve, look


def _finish(ax, finding, shares, shape):
    if len(shares) > 1:
        handles, labels = ax.get_legend_handles_labels()
        named = [pair for pair in zip(handles, labels) if pair[0].get_zorder() > 2]
        ax.legend(*zip(*named))
        listed = _("; ").join(
            _("{name}: {share:.0f} %").format(name=name, share=share)
            for name, share in shares.items()
        )
        shape = _("{shape}, one for each group ({listed})").format(shape=shape, listed=listed)
    style.title(ax, finding)
    style.describe(ax, _("{shape}. {finding}.").format(shape=shape, finding=finding))
    return ax
