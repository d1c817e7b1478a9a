"""What the figures of leaving and of uplift say, and that they can be read."""

import re

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from crmlib import ranking, style, text
from crmlib.retention import plots
from crmlib.retention.campaigns import curves, targeting
from crmlib.retention.campaigns.campaign import read_campaign
from crmlib.retention.leaving import activity, hazard, scores, survival
from crmlib.retention.widgets import targeting_explorer


@pytest.fixture(autouse=True)
def styled():
    with matplotlib.rc_context():
        style.use()
        yield


def contracts(n=400, groups=("monthly", "yearly")):
    random = np.random.default_rng(1)
    plan = random.choice(groups, n)
    stays = random.geometric(np.where(plan == groups[0], 0.2, 0.05))
    return pd.DataFrame({"duration": np.minimum(stays, 24), "observed": stays < 24, "plan": plan})


def purchases(months=8):
    random = np.random.default_rng(2)
    first = np.repeat(random.integers(0, 28 * months, 300), 3)
    day = first + np.tile([0, 1, 2], 300) * random.integers(1, 60, 900)
    time = pd.Timestamp("2024-01-01") + pd.to_timedelta(day, unit="D")
    return pd.DataFrame({"customer_id": np.repeat(np.arange(300), 3), "time": time})


def campaign(effect=0.2, n=1000, money=False, seed=1):
    random = np.random.default_rng(seed)
    x, mail = random.normal(size=n), random.integers(0, 2, n)
    y = (random.random(n) < 0.2 + effect * mail * (x > 0)) * (
        random.gamma(1, 50, n) if money else 1
    )
    return read_campaign(pd.DataFrame({"x": x, "mail": mail, "y": y}), "mail", "y", probability=0.5)


def curve(**options):
    found = campaign(**options)
    return curves.uplift_curve(found, found.features["x"], draws=50)


def groups(**options):
    found = campaign(**options)
    return curves.effect_by_group(found, 0.2 * (found.features["x"] > 0) + found.features["x"] / 99)


def gains(effect=0.2, cost=1.0, n=1000):
    found = campaign(effect, n)
    lists = {"highest uplift": found.features["x"], "highest risk": -found.features["x"]}
    policies = {name: ranking.top(score, 0.3) for name, score in lists.items()}
    return targeting.policy_gains(found, policies | {"by lot": np.full(n, 0.3)}, 10, cost)


def leaving(n=400):
    p = np.random.default_rng(1).random(n)
    return scores.calibration_table(np.random.default_rng(2).random(n) < p, p)


def hazards(table, model=False):
    rows = hazard.person_periods(table)
    return hazard.hazard_table(rows), hazard.DiscreteTimeHazard().fit(rows) if model else None


MANY = tuple(f"plan {letter}" for letter in "abcdefgh")
FIGURES = {
    "retention": lambda ax=None: plots.retention_curves(
        survival.retention_curves(contracts(), "plan"), ax=ax
    ),
    "retention of all": lambda ax=None: plots.retention_curves(
        survival.kaplan_meier(contracts()["duration"], contracts()["observed"]), ax=ax
    ),
    "retention of many": lambda ax=None: plots.retention_curves(
        survival.retention_curves(contracts(groups=MANY), "plan"), ax=ax
    ),
    "nobody left": lambda ax=None: plots.retention_curves(
        survival.kaplan_meier([3, 4], [0, 0]), "year", ax=ax
    ),
    "cohorts": lambda ax=None: plots.cohort_activity(
        activity.cohort_activity(purchases(), cohort="month"), ax=ax
    ),
    "one cohort": lambda ax=None: plots.cohort_activity(
        activity.cohort_activity(purchases(), "week", cohort="year"), "week", ax=ax
    ),
    "hazard": lambda ax=None: plots.hazard(*hazards(contracts(), model=True), ax=ax),
    "hazard without a model": lambda ax=None: plots.hazard(*hazards(contracts()), ax=ax),
    "one period": lambda ax=None: plots.hazard(*hazards(contracts().assign(duration=1)), ax=ax),
    "calibration": lambda ax=None: plots.calibration(leaving(), ax=ax),
    "few": lambda ax=None: plots.calibration(leaving(3), ax=ax),
    "uplift": lambda ax=None: plots.uplift_curve(curve(), 0.3, ax=ax),
    "uplift of money": lambda ax=None: plots.uplift_curve(curve(money=True), 0.3, "¥", ax=ax),
    "uplift of few": lambda ax=None: plots.uplift_curve(curve(n=12), 0.3, ax=ax),
    "uplift of all": lambda ax=None: plots.uplift_curve(curve(), 1, ax=ax),
    "groups": lambda ax=None: plots.effect_by_group(groups(), ax=ax),
    "groups of money": lambda ax=None: plots.effect_by_group(groups(money=True), "¥", ax=ax),
    "policies": lambda ax=None: plots.policies(gains(), "¥", ax=ax),
    "policies and truth": lambda ax=None: plots.policies(
        gains().assign(truth=[0.8, -0.3, 0.2]), ax=ax
    ),
    "policies that lose": lambda ax=None: plots.policies(gains(cost=9), ax=ax),
}


def finding(ax):
    return ax.get_title(loc="left").replace("\n", " ")


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
@pytest.mark.filterwarnings("error")
def test_a_figure_says_what_it_shows(draw):
    ax = draw()
    assert isinstance(ax, plt.Axes) and len(plt.get_fignums()) == 1
    assert finding(ax) and not finding(ax).endswith(".")
    assert re.search(r"\(.+\)", ax.get_xlabel()) or "month" in ax.get_xlabel().lower()
    assert ax.get_ylabel() or ax.get_yticklabels()[0].get_text()
    alt = style.alt_text(ax.figure)
    assert re.search(r"\d", alt) and alt.endswith(".")
    assert not re.search(r"\b(nan|inf|None)\b", alt + finding(ax))
    assert not re.search(r"(^|[\s(])-\d", alt + finding(ax))  # a minus, not a hyphen


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_a_figure_is_drawn_where_it_is_told_to(draw):
    fig, (left, right) = plt.subplots(1, 2, figsize=(12, 4))
    assert draw(right) is right
    assert not left.has_data() and plt.get_fignums() == [fig.number]


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_nothing_leaves_the_figure(draw):
    ax = draw(plt.subplots(figsize=(4.6, 3.2))[1])
    ax.figure.draw_without_rendering()
    box = ax.figure.bbox.padded(2)
    assert box.contains(*ax.title.get_window_extent().max) or not ax.title.get_text()
    for artist in (ax._left_title, ax.xaxis.label, ax.yaxis.label):
        extent = artist.get_window_extent()
        assert box.contains(*extent.min) and box.contains(*extent.max)


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_every_text_passes_through_the_catalogue(draw, monkeypatch):
    class Stars:
        def gettext(self, message):
            return "★" + message

        def pgettext(self, context, message):
            return message  # the names of data, which the user gave

        def ngettext(self, one, many, count):
            return "★" + (one if count == 1 else many)

    monkeypatch.setattr(text, "_catalogue", Stars())
    ax = draw()
    legend = ax.get_legend()
    entries = [entry.get_text() for entry in legend.get_texts()] if legend else []
    named = {"monthly", "yearly", *MANY}
    words = [finding(ax), ax.get_xlabel(), style.alt_text(ax.figure)]
    words += [word for word in entries if word not in named and not word.startswith("2024")]
    assert all("★" in word for word in words)


def test_titles_in_numbers():
    ax = plots.retention_curves(
        survival.kaplan_meier([1, 2, 2, 3, 4, 5], [1, 1, 0, 1, 0, 1]), "week"
    )
    assert finding(ax) == "After 3 weeks half have left"
    rows = pd.DataFrame(
        {"duration": [1] * 10 + [2] * 10 + [3] * 20, "observed": [1] * 20 + [0] * 20}
    )
    ax = plots.hazard(hazard.hazard_table(hazard.person_periods(rows)))
    assert finding(ax) == "25 % leave in month 1, 20 % a month after it"  # 10 of 40; 10 of 30 + 20
    long = pd.DataFrame({"duration": np.repeat([1, 2, 3, 4], 50), "observed": True})
    ax = plots.hazard(hazard.hazard_table(hazard.person_periods(long)))
    assert finding(ax) == "25 % leave in month 1, 50 % a month after it"  # 100 of 150 + 100 + 50
    slow = pd.DataFrame({"duration": np.repeat([1, 2, 3, 9], [10, 10, 60, 920]), "observed": True})
    ax = plots.hazard(hazard.hazard_table(hazard.person_periods(slow)))
    assert finding(ax) == "2.1 % leave a month up to month 4, 20 % a month after it"
    table = pd.DataFrame(
        {"gain": [2.0, 1.9, -1], "lower": [0.5, 1.0, -2], "upper": [3.5, 2.5, 0]}, index=[*"abc"]
    )
    assert finding(plots.policies(table, "¥")) == (
        "A comes first: ¥2 per customer (0.5 to 3.5); b is close"
    )
    assert finding(plots.policies(table.loc[["b", "c"]], "¥")) == (
        "B earns most: ¥1.9 per customer (1 to 2.5)"
    )
    ax = plots.policies(table.loc[["c"]])
    assert finding(ax) == "No list is shown to pay, not even the best, c"
    alike = table.loc[["b"]].reindex(["b", "b"])
    assert finding(plots.policies(alike)) == "All lists are one: 1.9 per customer (1 to 2.5)"


def test_a_single_group_that_stays_needs_no_name():
    table = contracts().assign(group="all", observed=False)
    ax = plots.retention_curves(survival.retention_curves(table, "group"))
    assert finding(ax) == "100 % are still there after 24 months"
    assert ax.get_ylim()[0] == 90


@pytest.mark.parametrize("groups", [MANY, MANY[:2]])
def test_the_title_contrasts_no_groups_that_chance_explains(groups):
    random = np.random.default_rng(5)
    table = contracts(n=600).assign(plan=random.choice(groups, 600))
    said = finding(plots.retention_curves(survival.retention_curves(table, "plan")))
    assert said.endswith("the groups differ no more than by chance")
    assert not any(group in said for group in groups)
    apart = finding(FIGURES["retention"]())
    assert apart.startswith("After ") and "% of yearly are still there" in apart


def test_the_title_speaks_of_a_whole_age_that_half_of_the_groups_have_reached():
    """Groups that began a quarter apart: the youngest has been watched for two months."""
    random = np.random.default_rng(6)
    began = np.repeat(np.arange(8), 300)
    watched = 24 - 3 * began - random.uniform(0, 3, 2400)
    stays = random.exponential(np.where(began == 3, 8, 40))
    table = pd.DataFrame(
        {"duration": np.minimum(stays, watched), "observed": stays <= watched, "group": began}
    )
    ax = plots.retention_curves(survival.retention_curves(table, "group"))
    assert finding(ax).startswith("After 12 months ") and finding(ax).endswith(" % of 3")
    assert "7:" not in style.alt_text(ax.figure)  # too young to be read there


def test_a_cohort_with_one_point_is_seen_and_not_compared():
    table = activity.cohort_activity(purchases(12))
    lone = table[table["group"] == table["group"].max()].iloc[:1].assign(group="2025-Q9", time=1)
    ax = plots.cohort_activity(pd.concat([table, lone], ignore_index=True))
    assert "2025-Q9" not in finding(ax)
    assert [line.get_marker() for line in ax.lines if len(line.get_xdata()) == 1] == ["."]


@pytest.mark.parametrize("name", ["hazard", "hazard without a model"])
def test_no_interval_of_a_hazard_is_cut(name):
    ax = FIGURES[name]()
    [bars] = [one for one in ax.collections if one.get_paths()]
    highest = max(path.vertices[:, 1].max() for path in bars.get_paths())
    assert highest < ax.get_ylim()[1]


def test_the_title_of_uplift_speaks_of_the_share_that_the_budget_reaches():
    found = curve(n=4000)
    at = found.table.set_index("share")["effect"] * 100
    for share in (0.2, 0.5):
        told = finding(plots.uplift_curve(found, share))
        first = f"Contact adds {at[share]:.3g} points among the first {100 * share:.0f} %"
        assert told.startswith(first)
    assert finding(plots.uplift_curve(found, 1)) == f"Contact adds {at[1.0]:.3g} points"


def test_the_title_with_the_truth_goes_by_the_truth():
    table = gains().assign(truth=[0.8, -0.3, 0.9])
    told = finding(plots.policies(table, "¥"))
    assert told.startswith("In truth by lot gains most, ¥0.9 per customer; measured was ")


def test_the_title_of_activity_follows_the_oldest_cohort():
    table = activity.cohort_activity(purchases(6), "month", "year")
    share = 100 * table.set_index("time")["share"]
    whole = [n for n in (12, 3, 1) if table["time"].max() >= n][0]
    last = table["time"].max() // whole * whole
    assert finding(plots.cohort_activity(table)) == (
        f"Of 2024 {share[1]:.0f} % bought in month 1, {share[last]:.0f} % in month {last}"
    )


def test_of_many_groups_two_stand_out():
    ax = FIGURES["retention of many"]()
    assert len(ax.get_legend().get_texts()) == 2 and len(ax.lines) == 8


def test_explorer():
    found = campaign(effect=0.4, n=2000)
    score = found.features["x"]
    lists = {"highest uplift": score, "highest risk": -score}
    explorer = targeting_explorer(found, lists, 0.2 + score / 10, value=10, cost=1)
    assert explorer.words.startswith("Contact the target group, 30 %")
    explorer.controls["cost"].value = 2.5  # a forecast above 0.25: half of them
    explorer.controls["share"].value = 80
    assert re.search(r"the target group \((29|3\d)(\.\d)? %\)", explorer.words)
    explorer.controls["share"].value = 100
    assert "everyone" in explorer.words and explorer.still[1:4] == b"PNG"
    nothing = campaign(effect=0, n=500, seed=3)
    explorer = targeting_explorer(
        nothing, {"x": nothing.features["x"]}, np.ones(500), value=10, cost=1
    )
    assert explorer.words.startswith("Contact nobody")
