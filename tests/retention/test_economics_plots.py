"""What the figures of lesson 4.1 say, and that they can be read."""

import itertools
import re

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.text import Text

from crmlib import DataError, style, text
from crmlib.retention import plots
from crmlib.retention.profit import company, loyalty, what_if

COMPANY = {"margin": 100, "retention": 0.80, "change": 0.05, "newcomers": 2000}
INPUT = {
    "margin": 100,
    "retention": 0.80,
    "discount": 0.10,
    "acquisition_cost": 120,
    "budget": 10,
    "change": 0.05,
}
TRIPLES = INPUT | {"retention": (0.75, 0.80, 0.85), "change": (0.01, 0.05, 0.08)}


@pytest.fixture(autouse=True)
def styled():
    plt.close("all")  # what doctests left open
    with matplotlib.rc_context():
        style.use()
        yield


def grown(periods=20, **terms):
    return company.profit_over_time(periods, **COMPANY | terms)


def followed(cause=2, selection=20, n=3000):
    log = loyalty.simulate_tenure(n, 10, cause=cause, selection=selection, seed=1)
    return loyalty.tenure_profile(log)


FIGURES = {
    "curve": lambda ax=None: plots.lift_curve(ax=ax),
    "map of discounts": lambda ax=None: plots.lift_map(ax=ax),
    "map of costs": lambda ax=None: plots.lift_map(
        over="acquisition_share", acquisition_share=0.2, ax=ax
    ),
    "mixed": lambda ax=None: plots.mixed_lift_curves(0.85, 0.05, 0.10, 0.18, ax=ax),
    "keep or win": lambda ax=None: plots.keep_or_win(5, 0.05, ax=ax),
    "costs": lambda ax=None: plots.costs(200, 0.4, 0.02, "$", ax=ax),
    "company": lambda ax=None: plots.profit_over_time(grown(), "year", "¥", ax=ax),
    "programme": lambda ax=None: plots.profit_over_time(
        grown(programme_cost=8, polarisation=0.2, age=9), "month", "¥", ax=ax
    ),
    "loyal": lambda ax=None: plots.loyal_share(9, 0.2, ax=ax),
    "tenure": lambda ax=None: plots.tenure_profile(followed(), "$", ax=ax),
    "tornado": lambda ax=None: plots.tornado(what_if.tornado("gain", **TRIPLES), ax=ax),
    "tornado of numbers": lambda ax=None: plots.tornado(
        what_if.tornado("net_value", **INPUT), "net_value", currency="$", ax=ax
    ),
}

ODD = {
    "per cent": lambda ax=None: plots.lift_curve(change_in="per_cent", ax=ax),
    "at the end": lambda ax=None: plots.lift_curve(
        0.10, first_margin="at_end", retention=(0.05, 1.0), ax=ax
    ),
    "hardly a rise": lambda ax=None: plots.lift_curve(0.001, ax=ax),
    "a costly customer": lambda ax=None: plots.lift_curve(acquisition_share=0.95, ax=ax),
    "money for nothing": lambda ax=None: plots.lift_curve(0.05, 0.0, ax=ax),
    "a fall": lambda ax=None: plots.lift_curve(-0.05, ax=ax),
    "map of one point": lambda ax=None: plots.lift_map(0.01, retention=0.3, discount=0.6, ax=ax),
    "map of growth": lambda ax=None: plots.lift_map(growth=0.08, change_in="per_cent", ax=ax),
    "map at the end": lambda ax=None: plots.lift_map(
        over="acquisition_share", first_margin="at_end", ax=ax
    ),
    "alike": lambda ax=None: plots.mixed_lift_curves(0.6, 0.01, 0.3, 0.0, ax=ax),
    "no effect": lambda ax=None: plots.keep_or_win(5, 0.0, ax=ax),
    "a strong effect": lambda ax=None: plots.keep_or_win(20, 0.6, ax=ax),
    "no spend pays": lambda ax=None: plots.costs(100, 0.4, 0.02, ax=ax),
    "a precious customer": lambda ax=None: plots.costs(1e6, 0.9, 0.5, ax=ax),
    "one period": lambda ax=None: plots.profit_over_time(grown(1), ax=ax),
    "a programme that never pays": lambda ax=None: plots.profit_over_time(
        grown(programme_cost=40), ax=ax
    ),
    "nothing earned before": lambda ax=None: plots.profit_over_time(
        grown(acquisition_cost=600, programme_cost=8), "year", "$", ax=ax
    ),
    "endless values": lambda ax=None: plots.lift_map(growth=0.1, ax=ax),
    "hardly anybody leaves": lambda ax=None: plots.keep_or_win(5, 0.05, 0.10, ax=ax),
    "no rise": lambda ax=None: plots.profit_over_time(grown(change=0), ax=ax),
    "map of a fall": lambda ax=None: plots.lift_map(-0.05, ax=ax),
    "all loyal": lambda ax=None: plots.loyal_share(1, 1.0, ax=ax),
    "nobody changes": lambda ax=None: plots.tenure_profile(followed(0, 0, 100), ax=ax),
    "the loyal bring less": lambda ax=None: plots.tenure_profile(followed(-3, -30), ax=ax),
    "nothing moves": lambda ax=None: plots.tornado(
        what_if.tornado("net_value", **INPUT | {"change": (0.01, 0.02, 0.03)}), "net_value", ax=ax
    ),
    "small steps": lambda ax=None: plots.tornado(
        what_if.tornado("break_even_points", **INPUT), "break_even_points", ax=ax
    ),
}


def finding(ax):
    return ax.get_title(loc="left").replace("\n", " ")


# Every figure


@pytest.mark.parametrize("draw", [*FIGURES.values(), *ODD.values()], ids=[*FIGURES, *ODD])
@pytest.mark.filterwarnings("error")
def test_a_figure_says_what_it_shows(draw):
    ax = draw()
    assert isinstance(ax, plt.Axes)
    assert len(plt.get_fignums()) == 1
    assert finding(ax) and not finding(ax).endswith(".")
    unit = r"\((share|%|\$|¥|currency|periods|years|months|0:|times|points)"
    assert re.search(unit, ax.get_xlabel())
    assert ax.get_ylabel() or ax.get_yticklabels()[0].get_text()
    alt = style.alt_text(ax.figure)
    assert re.search(r"\d", alt) and alt.endswith(".")
    assert not re.search(r"\b(nan|inf)\b|-\d", alt + finding(ax))


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_a_figure_is_drawn_where_it_is_told_to(draw):
    fig, (left, right) = plt.subplots(1, 2, figsize=(12, 4))
    assert draw(right) is right
    assert not left.has_data() and plt.get_fignums() == [fig.number]


def overlapping(boxes):
    shrunk = [box.padded(-1) for box in boxes if box.width > 2 and box.height > 2]
    return [pair for pair in itertools.combinations(shrunk, 2) if pair[0].overlaps(pair[1])]


USUAL, NARROW = (6.4, 4.0), (4.0, 3.0)


@pytest.mark.parametrize(
    ("draw", "size"),
    [
        *(pytest.param(draw, NARROW, id=f"{name}-narrow") for name, draw in FIGURES.items()),
        *(pytest.param(draw, USUAL, id=name) for name, draw in (FIGURES | ODD).items()),
    ],
)
def test_no_label_covers_another_or_leaves_the_figure(draw, size):
    ax = draw(plt.subplots(figsize=size)[1])
    fig = ax.figure
    fig.draw_without_rendering()
    assert ax.get_title(loc="left").count("\n") <= (1 if size == USUAL else 2)
    [title] = [
        t for t in ax.findobj(Text) if t.get_text() and t.get_text() == ax.get_title(loc="left")
    ]
    labels = [title, ax.xaxis.label, ax.yaxis.label]
    for axis in (ax.xaxis, ax.yaxis):
        low, high = sorted(axis.get_view_interval())
        labels += [
            tick.label1
            for tick in axis.get_major_ticks()
            if low <= tick.get_loc() <= high and tick.label1.get_text()
        ]
    boxes = [label.get_window_extent() for label in labels]
    assert overlapping(boxes) == []
    if size == USUAL:
        for box in boxes:
            assert fig.bbox.padded(3).contains(box.x0, box.y0), box
            assert fig.bbox.padded(3).contains(box.x1, box.y1), box


class Marked:
    """A language in which every sentence begins with 客户."""

    def gettext(self, message):
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
    own = [w for w in words if re.search("[A-Za-z]{2}", w)]
    assert own and [w for w in own if "客户" not in w] == []
    assert [r for r in caplog.records if r.name.startswith("matplotlib")] == []


# One by one


@pytest.mark.parametrize(
    ("options", "title"),
    [
        ({}, "+5 points of retention: 25 % from a retention of 0.85 on, at most 50 %"),
        ({"discount": 0.0}, "+5 points of retention: 25–85 % only where retention is 0.75 to 0.89"),
        ({"change": 0.01}, "+1 point of retention: 25–85 % nowhere on this curve"),
        (
            {"change_in": "per_cent"},
            "+5 % retention: 25 % from a retention of 0.88 on, at most 47 %",
        ),
        (
            {"change": 0.04, "acquisition_share": 0.75, "retention": (0.60, 0.80)},
            "+4 points of retention: 25–85 % everywhere on this curve",
        ),
        (
            {"change": 0.05, "first_margin": "at_end", "retention": (0.05, 1.0)},
            "+5 points of retention: 25–85 % in two places, the higher one up to 0.95",
        ),
    ],
)
def test_curve_says_where_the_claim_holds(options, title):
    assert finding(plots.lift_curve(**options)) == title


def test_curve_ends_where_everyone_stays():
    curve = plots.lift_curve().lines[-1].get_xydata()
    assert curve[-1] == pytest.approx([0.95, 50])
    assert curve[0] == pytest.approx([0.50, 100 * 0.05 / 0.55])


@pytest.mark.parametrize(
    ("options", "title"),
    [
        ({}, "+5 points of retention at 0.80, 10 % discount: 20 %, below 25–85 %"),
        (
            {"retention": 0.85},
            "+5 points of retention at 0.85, 10 % discount: 25 %, inside 25–85 %",
        ),
        (
            {"acquisition_share": 0.80},
            "+5 points of retention at 0.80, 10 % discount, 80 % to win her: 100 %, above 25–85 %",
        ),
    ],
)
def test_map_places_the_point(options, title):
    assert finding(plots.lift_map(**options)) == title


def labels(ax):
    return [t.get_text() for t in ax.get_legend().get_texts()]


def test_map_shows_the_published_cases_as_far_as_they_are_known():
    assert labels(plots.lift_map()) == [
        "auto-service chain: 30 %",
        "insurance brokerage: 50 %",
        "bank's branches: 85 %",
        "here: 20 %",
    ]
    ax = plots.lift_map(over="acquisition_share")
    assert "MBNA, cards: 125 % if winning costs 73 %" in labels(ax)  # G46
    [card] = [line for line in ax.lines if line.get_label().startswith("MBNA")]
    assert card.get_xydata()[0] == pytest.approx([0.90, 73.333], rel=1e-4)
    for other in ({"change": 0.04}, {"change_in": "per_cent"}):  # not their rise
        assert labels(plots.lift_map(**other))[:-1] == []


def test_map_has_its_lines_where_the_formula_has_them():
    ax = plots.lift_map()
    lines = [
        path.vertices
        for contours in ax.collections
        if isinstance(contours, matplotlib.contour.ContourSet) and not contours.filled
        for path in contours.get_paths()
        if len(path.vertices)
    ]
    assert len(lines) == 2 + 3
    lifts = sorted(np.median(0.05 / (1 + line[:, 1] / 100 - line[:, 0] - 0.05)) for line in lines)
    assert lifts == pytest.approx([0.25, 0.30, 0.50, 0.85, 0.85], rel=1e-3)


@pytest.mark.parametrize("wrong", [{"over": "growth"}, {"retention": 1.2}, {"change": 0.3}])
def test_map_refuses(wrong):
    with pytest.raises(DataError, match="accepted"):
        plots.lift_map(**wrong)


@pytest.mark.parametrize(
    ("effect", "title"),
    [
        (0.05, "Keeping loses: one customer kept costs 4 times as much as one won"),
        (0.20, "Even: one customer kept costs as much as one won"),
        (0.40, "Keeping wins: one customer kept costs 0.5 times as much as one won"),
        (0.00, "Keeping loses: nobody stays because of it"),
    ],
)
def test_keeping_wins_only_above_one_over_k(effect, title):
    assert finding(plots.keep_or_win(5, effect)) == title


def test_costs_meet_the_value_at_the_optimum():
    ax = plots.costs(200, 0.4, 0.02)
    marginal = ax.lines[0].get_xydata()
    at_best = np.interp(23.50, marginal[:, 0], marginal[:, 1])
    assert at_best == pytest.approx(200, rel=1e-3)
    assert finding(ax) == (
        "At 23.5 per prospect the last customer costs all she is worth, 200, the average one 157"
    )
    assert finding(plots.costs(100, 0.4, 0.02)) == (
        "No spend pays: even the first customer costs 125, and is worth 100"
    )


@pytest.mark.parametrize(
    ("terms", "title"),
    [
        ({}, "Profit: +5 % after 1 year, +19 % after 5, +32 % after 20"),
        (
            {"programme_cost": 8},
            "Profit less the cost of the programme: −8 % at first, +9 % after 5 years, "
            "+21 % after 20",
        ),
        (
            {"acquisition_cost": 600},
            "Extra profit: +50,000 after 1 year, +185,432 after 5, +320,413 after 20",
        ),
    ],
)
def test_company_says_when_profit_arrives(terms, title):
    assert finding(plots.profit_over_time(grown(**terms), "year")) == title


@pytest.mark.parametrize(
    ("multiple", "share", "brings", "needed"),
    [(9, 0.10, "50 %", "31 %"), (9, 0.20, "69 %", "31 %")],
)
def test_loyal_share_says_what_the_text_says(multiple, share, brings, needed):
    title = finding(plots.loyal_share(multiple, share))
    assert f"loyal bring {brings};" in title and title.endswith(f"it takes {needed}")


def test_map_says_which_values_have_no_end():
    told = [t.get_text() for t in plots.lift_map(growth=0.1).texts]
    assert "value\nwithout end" in told
    assert "value\nwithout end" not in [t.get_text() for t in plots.lift_map().texts]


def test_tornado_puts_the_widest_on_top():
    ax = plots.tornado(what_if.tornado("gain", **TRIPLES))
    assert [t.get_text().split("\n")[0] for t in ax.get_yticklabels()] == [
        "rise of retention",
        "retention",
    ]
    assert finding(ax) == "The rise of retention decides: −25.3 to 83.3, a loss or a gain"
    assert [t.get_text().split("\n")[1] for t in ax.get_yticklabels()] == [
        "1 to 8 points",
        "75 to 85 %",
    ]


def test_no_input_alone_decides_where_others_turn_a_gain_into_a_loss_too():
    ax = plots.tornado(what_if.tornado("gain", **INPUT | {"budget": 17}))
    assert re.fullmatch("What matters most is .*, a loss or a gain", finding(ax))


def test_tornado_leaves_out_what_cannot_be_seen():
    table = what_if.tornado("gain", **INPUT, polarisation=1e-6)
    assert "polarisation" in set(table["input"])
    names = [t.get_text().split("\n")[0] for t in plots.tornado(table).get_yticklabels()]
    assert "polarisation" not in names and "margin" in names


def test_tornado_refuses_what_never_comes_back():
    table = what_if.tornado("programme_pay_back", **INPUT | {"change": (0.0, 0.05, 0.08)})
    with pytest.raises(DataError, match="programme_pay_back is infinite"):
        plots.tornado(table, "programme_pay_back")
