"""What the figures of the chapter say, and that they can be read."""

import itertools
import re

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from crmlib import DataError, style, text
from crmlib.value import lifetime, plots
from crmlib.value.btyd import BGNBD, ShiftedBetaGeometric

HIGH_END = [100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1, 46.8, 44.5, 42.7, 40.9, 39.4]
REGULAR = [100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1, 22.3, 20.7, 19.4, 18.3, 17.3]


@pytest.fixture(autouse=True)
def styled():
    with matplotlib.rc_context():
        style.use()
        yield


def cdnow():
    """The published estimates, in weeks."""
    return BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})


def sbg(alpha, beta):
    return ShiftedBetaGeometric({"alpha": alpha, "beta": beta})


def customers(n=400):
    """Simulated customers with a holdout and what they spend."""
    table = cdnow().sample(n, T=39.0, seed=1)
    random = np.random.default_rng(2)
    return table.assign(
        monetary_value=random.gamma(6, 6, n).round(2),
        frequency_holdout=random.poisson(1, n),
        duration_holdout=39.0,
    )


def tracked(n=79):
    period = np.arange(n)
    return pd.DataFrame({"period": period, "cumulative_repeat_purchases": 50 * period})


def two_groups(plot, ax=None):
    ax = plot(HIGH_END, sbg(0.668, 3.806), 7, label="High end", constant_retention=True, ax=ax)
    return plot(REGULAR, sbg(0.704, 1.182), 7, label="Regular", constant_retention=True, ax=ax)


STEPS = {"spend": 1000, "margin": 0.2, "retention": 0.8, "discount": 0.1}
ALL_STEPS = {"acquisition_cost": 600, "polarisation": 0.3}

FIGURES = {
    "expected purchases": lambda ax=None: plots.frequency_recency_matrix(cdnow(), 39, ax=ax),
    "P(alive)": lambda ax=None: plots.frequency_recency_matrix(
        cdnow(), 39, values="probability_alive", ax=ax
    ),
    "calibration": lambda ax=None: plots.calibration_holdout(cdnow(), customers(), ax=ax),
    "tracking": lambda ax=None: plots.cumulative_tracking(tracked(), 47 * np.arange(79), 39, ax=ax),
    "one customer": lambda ax=None: plots.alive_history(cdnow(), [0, 12, 30.43], 38.86, ax=ax),
    "survival": lambda ax=None: plots.survival_projection(
        REGULAR, sbg(0.704, 1.182), 7, constant_retention=True, ax=ax
    ),
    "retention": lambda ax=None: plots.retention_projection(
        REGULAR, sbg(0.704, 1.182), 7, constant_retention=True, ax=ax
    ),
    "survival of two": lambda ax=None: two_groups(plots.survival_projection, ax),
    "retention of two": lambda ax=None: two_groups(plots.retention_projection, ax),
    "ladder": lambda ax=None: plots.ladder(lifetime.ladder(**STEPS), "$", ax=ax),
    "whole ladder": lambda ax=None: plots.ladder(lifetime.ladder(**STEPS, **ALL_STEPS), "¥", ax=ax),
    "spend": lambda ax=None: plots.frequency_spend(customers(), "$", ax=ax),
    "intervals": lambda ax=None: plots.value_intervals(
        np.random.default_rng(0).gamma(1, np.arange(1, 301)[:, None], (300, 50)), "$", ax=ax
    ),
}

SAME = customers(5).assign(frequency=0, recency=0.0, frequency_holdout=0)

ODD = {
    "ten customers": lambda ax=None: plots.calibration_holdout(cdnow(), customers(10), ax=ax),
    "nobody buys again": lambda ax=None: plots.calibration_holdout(cdnow(), SAME, ax=ax),
    "one unit of time": lambda ax=None: plots.frequency_recency_matrix(
        cdnow(), 1, max_frequency=2, unit="year", ax=ax
    ),
    "nothing unseen": lambda ax=None: plots.cumulative_tracking(tracked(5), range(5), 39, ax=ax),
    "nothing seen": lambda ax=None: plots.cumulative_tracking(tracked(5), range(5), -1, ax=ax),
    "nothing bought": lambda ax=None: plots.cumulative_tracking(
        tracked(5) * [1, 0], np.zeros(5), 2, ax=ax
    ),
    "one purchase": lambda ax=None: plots.alive_history(cdnow(), [3], 20, ax=ax),
    "no time at all": lambda ax=None: plots.alive_history(cdnow(), [3], 3, ax=ax),
    "a hundred purchases": lambda ax=None: plots.alive_history(cdnow(), range(100), 100, ax=ax),
    "nobody left": lambda ax=None: plots.survival_projection([9, 5, 0, 0], sbg(0.7, 1.2), 3, ax=ax),
    "nobody left to stay": lambda ax=None: plots.retention_projection(
        [9, 5, 0, 0], sbg(0.7, 1.2), 3, ax=ax
    ),
    "a loss": lambda ax=None: plots.ladder(lifetime.ladder(**STEPS, acquisition_cost=900), ax=ax),
    "no spend": lambda ax=None: plots.ladder(lifetime.ladder(0, 0.2, 0.8, 0.1), ax=ax),
    "no retention": lambda ax=None: plots.ladder(lifetime.ladder(12, 0.3, 0, 0.1), ax=ax),
    "all alike": lambda ax=None: plots.frequency_spend(
        pd.DataFrame({"frequency": [3, 3], "monetary_value": [9.0, 9]}), ax=ax
    ),
    "no money": lambda ax=None: plots.frequency_spend(
        pd.DataFrame({"frequency": [3, 4], "monetary_value": [0.0, 0]}), ax=ax
    ),
    "ten values": lambda ax=None: plots.value_intervals(
        np.random.default_rng(0).gamma(1, 50, (10, 50)), ax=ax
    ),
    "equal values": lambda ax=None: plots.value_intervals(np.zeros((10, 5)), ax=ax),
    "one value": lambda ax=None: plots.value_intervals(np.full((1, 5), 3.0), ax=ax),
}


def finding(ax):
    return ax.get_title(loc="left").replace("\n", " ")


def line(ax, index):
    return ax.lines[index].get_xydata()


# Every figure


@pytest.mark.parametrize("draw", [*FIGURES.values(), *ODD.values()], ids=[*FIGURES, *ODD])
@pytest.mark.filterwarnings("error")
def test_a_figure_says_what_it_shows(draw):
    ax = draw()
    assert isinstance(ax, plt.Axes)
    assert len(plt.get_fignums()) == 1
    assert finding(ax) and not finding(ax).endswith(".")
    assert re.search(r"\((weeks|years|%|\$|¥|currency|mean)|s since|urchases|Rank", ax.get_xlabel())
    assert ax.get_xlabel() and (ax.get_ylabel() or ax.get_yticklabels()[0].get_text())
    alt = style.alt_text(ax.figure)
    assert re.search(r"\d", alt) and alt.endswith(".")
    assert not re.search(r"\b(nan|inf)\b", alt + finding(ax))


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_a_figure_is_drawn_where_it_is_told_to(draw):
    fig, (left, right) = plt.subplots(1, 2, figsize=(12, 4))
    assert draw(right) is right
    assert not left.has_data() and plt.get_fignums() == [fig.number]


def overlapping(boxes):
    shrunk = [box.padded(-1) for box in boxes if box.width > 2 and box.height > 2]
    return [pair for pair in itertools.combinations(shrunk, 2) if pair[0].overlaps(pair[1])]


@pytest.mark.parametrize("size", [(6.4, 4.0), (4.0, 3.0)], ids=["usual", "narrow"])
@pytest.mark.parametrize("draw", [*FIGURES.values(), *ODD.values()], ids=[*FIGURES, *ODD])
def test_no_label_covers_another_or_leaves_the_figure(draw, size):
    ax = draw(plt.subplots(figsize=size)[1])
    fig = ax.figure
    fig.draw_without_rendering()
    groups = len(ax.get_title(loc="left").split("Regular"))  # two groups have a line each
    assert ax.get_title(loc="left").count("\n") <= (1 if size == (6.4, 4.0) else groups)
    [title] = [
        t for t in ax.findobj(Text) if t.get_text() and t.get_text() == ax.get_title(loc="left")
    ]
    labels = [title, ax.xaxis.label, ax.yaxis.label]
    for axis in (ax.xaxis, ax.yaxis):
        low, high = sorted(axis.get_view_interval())
        ticks = [
            tick.label1
            for tick in axis.get_major_ticks()
            if low <= tick.get_loc() <= high and tick.label1.get_text()
        ]
        labels += ticks
    boxes = [label.get_window_extent() for label in labels]
    assert overlapping(boxes) == []
    for box in boxes:
        assert fig.bbox.padded(3).contains(box.x0, box.y0), box
        assert fig.bbox.padded(3).contains(box.x1, box.y1), box


class Marked:
    """A language in which every sentence begins with 客户."""

    def gettext(self, message):
        return "客户 " + message

    def pgettext(self, context, message):
        return "客户 " + message

    def ngettext(self, singular, plural, count):
        return "客户 " + (singular if count == 1 else plural)


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
@pytest.mark.filterwarnings("error")
def test_every_text_can_be_translated_and_is_never_a_box(draw, monkeypatch, caplog):
    monkeypatch.setattr(text, "_catalogue", Marked())
    ax = draw()
    style.png(ax.figure)
    words = [t.get_text() for t in ax.figure.findobj(Text)] + [style.alt_text(ax.figure)]
    theirs = {"High end", "Regular"}  # labels given by the caller
    own = [w for w in words if re.search("[A-Za-z]{2}", w) and w not in theirs]
    assert own and [w for w in own if "客户" not in w] == []
    assert [r for r in caplog.records if r.name.startswith("matplotlib")] == []


# One by one


class Table:
    """A model that answers with a formula that a test can follow."""

    def probability_alive(self, table):
        return np.asarray(table["recency"] / table["T"] / table["frequency"])

    def expected_purchases(self, table, periods):
        return np.asarray(table["frequency"] * table["recency"]) * periods


@pytest.mark.parametrize(
    ("values", "last", "first_column"),
    [("expected_purchases", 5 * 8 * 2.0, 0.4), ("probability_alive", 20.0, 2.5)],
)
def test_matrix_has_recency_across_and_frequency_up(values, last, first_column):
    ax = plots.frequency_recency_matrix(Table(), 8, values=values, periods=2, max_frequency=5)
    [mesh] = [c for c in ax.collections if isinstance(c, matplotlib.collections.QuadMesh)]
    cells = mesh.get_array()
    assert cells.shape == (5, 40)
    assert cells[4, 39] == pytest.approx(last)  # frequency 5, recency 8
    assert cells[0, 0] == pytest.approx(first_column)  # frequency 1, recency 0.2
    assert ax.get_xlim()[1] > 8 and ax.get_ylim()[1] > 5


def test_matrix_titles():
    ax = plots.frequency_recency_matrix(Table(), 8, periods=2, max_frequency=5)
    assert finding(ax) == (
        "5 repeat purchases, the last at 8 weeks, promise most: 80.0 in the next 2"
    )
    ax = plots.frequency_recency_matrix(Table(), 8, values="probability_alive", max_frequency=5)
    assert finding(ax) == (
        "Silent for 4 weeks: P(alive) is 50 % after 1 repeat purchase, 10 % after 5"
    )


@pytest.mark.parametrize("wrong", [{"values": "alive"}, {"max_frequency": 1}])
def test_matrix_refuses(wrong):
    with pytest.raises(DataError, match="accepted"):
        plots.frequency_recency_matrix(Table(), 8, **wrong)


def test_matrix_lines_show_the_small_promises_too():
    ax = plots.frequency_recency_matrix(cdnow(), 39)
    [lines] = [c for c in ax.collections if isinstance(c, matplotlib.contour.ContourSet)]
    assert lines.levels[:5].tolist() == [0.5, 1, 2, 5, 10]
    assert {label.get_text() for label in lines.labelTexts} >= {"0.5", "1"}


def test_calibration_groups_seven_and_more():
    table = pd.DataFrame(
        {
            "frequency": [0, 0, 2, 7, 9],
            "recency": [0.0, 0, 3, 4, 8],
            "T": 10.0,
            "frequency_holdout": [0, 1, 2, 5, 7],
            "duration_holdout": 0.1,
        }
    )
    ax = plots.calibration_holdout(Table(), table)
    assert line(ax, 0).tolist() == [[0, 0.5], [2, 2], [7, 6]]
    np.testing.assert_allclose(line(ax, 1), [[0, 0], [2, 0.6], [7, 5]])  # (2.8 + 7.2) / 2
    assert [t.get_text() for t in ax.get_xticklabels()] == ["0\n2", "2\n1", "7+\n2"]
    assert finding(ax) == "Hidden half: forecast 29.3 % too low (11 expected, 15 made)"
    assert "7+: 6.00, 5.00" in style.alt_text(ax.figure)


@pytest.mark.parametrize(
    ("expected", "end", "title"),
    [
        ([10, 20, 28], 1, "Hidden half: forecast 10.0 % too low (18 expected, 20 made)"),
        ([10, 20, 33], 2, "Hidden half: forecast 30.0 % too high (13 expected, 10 made)"),
        ([10, 20, 30], 2, "Hidden half: forecast exact (10 expected, 10 made)"),
        ([10, 20, 33], 3, "Fit: 10.0 % too high (33 expected, 30 made)"),
        ([10, 20, 33], 0, "Hidden half: forecast 10.0 % too high (33 expected, 30 made)"),
    ],
)
def test_tracking_says_by_how_much_the_unseen_part_was_missed(expected, end, title):
    actual = pd.DataFrame({"period": [1, 2, 3], "cumulative_repeat_purchases": [10, 20, 30]})
    ax = plots.cumulative_tracking(actual, expected, end)
    assert finding(ax) == title
    assert line(ax, 0)[:, 1].tolist() == [10, 20, 30]
    assert line(ax, 1)[:, 1].tolist() == expected
    marks = [li for li in ax.lines if set(li.get_xdata()) == {end}]
    assert len(marks) == (end < 3)


def test_tracking_refuses_another_length():
    with pytest.raises(DataError, match="2 values.*3 periods"):
        plots.cumulative_tracking(tracked(3), [1, 2], 1)


def alive_by_hand(x, t_x, T, r=0.243, alpha=4.414, a=0.793, b=2.426):
    """P(alive) of the BG/NBD as a customer with a repeat purchase has it."""
    return 1 / (1 + a / (b + x - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x))


def test_alive_history_is_what_was_known_at_each_moment():
    ax = plots.alive_history(cdnow(), [30.43, 0, 12], 38.86)
    curve, strokes = line(ax, 0), line(ax, 1)
    assert strokes[:, 0].tolist() == [0, 12, 30.43]
    time, alive = curve.T
    assert (alive[time < 11.99] == 100).all()  # without a repeat purchase nobody can have left
    between = (time > 12) & (time < 30.42)
    np.testing.assert_allclose(alive[between], 100 * alive_by_hand(1, 12, time[between]))
    after = time > 30.43
    np.testing.assert_allclose(alive[after], 100 * alive_by_hand(2, 30.43, time[after]))
    assert alive[-1] == pytest.approx(72.66, abs=0.01)  # published: 0.7266
    assert finding(ax) == "2 repeat purchases, then 8.43 weeks of silence: P(alive) is 73 %"


def test_alive_history_counts_from_the_first_purchase():
    ax = plots.alive_history(cdnow(), [100, 112, 130.43], 138.86)
    assert line(ax, 0)[[0, -1], 0].tolist() == [0, pytest.approx(38.86)]
    assert line(ax, 1)[:, 0] == pytest.approx([0, 12, 30.43])
    assert "at 0, 12, 30.4 weeks" in style.alt_text(ax.figure)
    assert line(ax, 0)[-1, 1] == pytest.approx(72.66, abs=0.01)


@pytest.mark.parametrize(
    ("purchases", "T"), [([], 3), ([0, 5], 3), ([0, np.nan], 3), (["a"], 3), ([0], "x")]
)
def test_alive_history_refuses(purchases, T):
    with pytest.raises(DataError, match="accepted"):
        plots.alive_history(cdnow(), purchases, T)


@pytest.mark.parametrize(
    ("observed", "title"),
    [
        (HIGH_END, "37.8 % projected to stay 12 years, 39.4 % did"),
        (REGULAR, "17.0 % projected to stay 12 years, 17.3 % did"),
    ],
)
def test_survival_projects_the_published_figures(observed, title):
    model = ShiftedBetaGeometric().fit(10 * np.array(observed[:8]))
    assert finding(plots.survival_projection(observed, model, 7)) == title


def test_survival_marks_the_years_the_model_did_not_see():
    ax = plots.survival_projection(REGULAR, sbg(0.704, 1.182), 7, constant_retention=True)
    [points] = ax.collections
    assert points.get_offsets().tolist() == [[age, share] for age, share in enumerate(REGULAR)]
    white = (points.get_facecolors() == 1).all(axis=1)
    assert white.tolist() == 8 * [False] + 5 * [True]
    solid, dashed, dotted = (line(ax, i) for i in range(3))
    assert [li.get_linestyle() for li in ax.lines[:3]] == ["-", "--", ":"]
    assert solid[-1, 0] == dashed[0, 0] == 7 and dashed[-1, 0] == 12
    rate = sum(REGULAR[1:8]) / sum(REGULAR[:7])  # renewals over chances, by hand
    assert dotted[-1].tolist() == [12, pytest.approx(100 * rate**12)]


def test_survival_beyond_the_data_and_without_a_projection():
    model = sbg(0.704, 1.182)
    ax = plots.survival_projection(REGULAR[:8], model, 7, until=12)
    assert finding(ax) == "17.0 % projected to stay 12 years; after 7 it was 24.1 %"
    ax = plots.survival_projection(REGULAR[:8], model, 7)
    assert finding(ax) == "After 7 years 24.1 % are still there, 23.9 % in the model"


def test_retention_rates_are_ratios_of_survivors():
    ax = plots.retention_projection(REGULAR, sbg(0.704, 1.182), 7)
    points = ax.collections[0].get_offsets()
    assert points[1].tolist() == [2, pytest.approx(100 * 46.8 / 63.1)]
    assert line(ax, 0)[6].tolist() == [7, pytest.approx(100 * 7.182 / 7.886)]
    assert finding(ax) == "63.1 % stay on in year 1, 94.5 % in year 12"


def test_two_groups_share_axes_title_and_alt_text():
    ax = two_groups(plots.survival_projection)
    assert ax.get_title(loc="left").split("\n") == [
        "High end: 37.8 % projected to stay 12 years, 39.4 % did",
        "Regular: 17.0 % projected to stay 12 years, 17.3 % did",
    ]
    legend = [t.get_text() for t in ax.get_legend().get_texts()]
    assert legend == ["High end", "not shown to the model", "one rate for all ages", "Regular"]
    alt = style.alt_text(ax.figure)
    assert "High end: 37.8 %" in alt and "Regular: 17.0 %" in alt


@pytest.mark.parametrize("observed", [[0, 0], [100], 5])
def test_survival_refuses(observed):
    with pytest.raises(DataError):
        plots.survival_projection(observed, sbg(1, 1), 1)


@pytest.mark.parametrize(
    ("first_margin", "title"),
    [
        ("at_end", "5,000 by the rule, 533 after the corrections"),
        ("at_once", "5,000 by the rule, 733 after the corrections"),
    ],
)
def test_ladder_from_5000_down(first_margin, title):
    ax = plots.ladder(lifetime.ladder(**STEPS, first_margin=first_margin))
    assert finding(ax) == title


def test_ladder_steps_join_and_end_at_the_value():
    steps = lifetime.ladder(**STEPS, **ALL_STEPS)
    ax = plots.ladder(steps)
    bars = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]
    assert bars[0] == (0, pytest.approx(5000))
    for (_start, end), (start, _end) in itertools.pairwise(bars[:-1]):
        assert start == pytest.approx(end)
    assert bars[-1] == (0, pytest.approx(steps["value"].iloc[-1]))
    assert [t.get_text() for t in ax.get_yticklabels()][0] == "spend × years"


def test_ladder_leaves_out_what_changes_nothing():
    ax = plots.ladder(lifetime.ladder(**STEPS))
    assert [t.get_text() for t in ax.texts] == ["5,000", "−4,000", "−200", "−267", "533"]
    nearly = lifetime.ladder(**STEPS)
    nearly.loc[nearly["step"] == "heterogeneity", "change"] = 1e-13
    assert len(plots.ladder(nearly).texts) == 5


def spending(often):
    """Forty who came again once and spent 10 to 49, ten each with 4, 5, 6 and 7, who spent so."""
    frequency = np.repeat([0, 1, 4, 5, 6, 7], [5, 40, 10, 10, 10, 10])
    spend = np.concatenate([np.zeros(5), np.arange(10.0, 50.0), np.repeat(often, 10)])
    return pd.DataFrame({"frequency": frequency, "monetary_value": spend})


@pytest.mark.parametrize(
    ("often", "ratio"),
    [
        ([60.0, 61, 62, 63], "2.08"),  # 61.5 / 29.5
        ([8.0, 7, 6, 5], "0.22"),
    ],
)
def test_spend_of_the_frequent_against_the_others(often, ratio):
    table = spending(often)
    title = finding(plots.frequency_spend(table))
    assert title.startswith(f"With 4+ repeats, a purchase is {ratio} times as large as with one")
    ranks = table[table["frequency"] > 0].rank()
    by_hand = np.corrcoef(ranks["frequency"], ranks["monetary_value"])[0, 1]
    assert f"rank correlation {by_hand:+.2f}".replace("-", "−") in title


def test_one_extreme_customer_makes_no_rank_correlation():
    table = spending([29.0, 30, 29, 30])
    before = finding(plots.frequency_spend(table))
    table.loc[len(table) - 1, ["frequency", "monetary_value"]] = [21, 5000]
    raw = np.corrcoef(table.loc[5:, "frequency"], table.loc[5:, "monetary_value"])[0, 1]
    after = finding(plots.frequency_spend(table))
    said = [float(t.split("correlation ")[1][:-1].replace("−", "-")) for t in (before, after)]
    assert raw > 0.5 and abs(said[1] - said[0]) < 0.1


def test_too_few_customers_are_not_compared():
    table = pd.DataFrame({"frequency": [1, 2, 3, 4], "monetary_value": [1.0, 2, 3, 4]})
    ax = plots.frequency_spend(table)
    assert finding(ax) == "How often and how much each time: rank correlation +1.00"
    assert [note.get_text() for note in ax.texts] == ["1", "2", "1"]  # customers at each point


def test_spend_is_averaged_over_doubling_groups():
    table = pd.DataFrame({"frequency": [1, 2, 3, 4, 7, 8], "monetary_value": [1.0, 2, 4, 5, 7, 9]})
    ax = plots.frequency_spend(table)
    assert line(ax, 0).tolist() == [[1, 1], [2.5, 3], [5.5, 6], [8, 9]]


def test_spend_needs_a_repeat_buyer():
    with pytest.raises(DataError, match="frequency"):
        plots.frequency_spend(pd.DataFrame({"frequency": [0], "monetary_value": [0.0]}))


def test_intervals_name_the_first():
    certain = np.tile(np.arange(100.0)[:, None], 40)
    ax = plots.value_intervals(certain)
    assert finding(ax) == "The first of 100: 99 expected, 99 to 99 in 8 futures of 10"
    assert line(ax, 0)[0].tolist() == [1, 99] and line(ax, 0)[-1].tolist() == [100, 0]
    assert f"{len(line(ax, 0))} of 100 drawn" in ax.get_xlabel()
    ax = plots.value_intervals(certain, expected=2 * np.arange(100.0))
    assert line(ax, 0)[0].tolist() == [1, 198]


def test_intervals_hold_the_middle_80_per_cent():
    ax = plots.value_intervals(np.arange(101.0)[None, :] + [[0], [100]])
    [bars] = ax.collections
    assert [segment[:, 1].tolist() for segment in bars.get_segments()] == [[110, 190], [10, 90]]


@pytest.mark.parametrize("draws", [np.zeros(3), np.zeros((0, 3)), [[np.nan]]])
def test_intervals_refuse(draws):
    with pytest.raises(DataError, match="draws"):
        plots.value_intervals(draws)
