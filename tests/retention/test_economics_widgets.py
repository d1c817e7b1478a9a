"""The explorers and the sentences of lesson 4.1 follow what they are given."""

import re

import matplotlib
import pytest
from matplotlib.figure import Figure

from crmlib import DataError, style
from crmlib.retention import readings, what_if, widgets

EXPLORERS = {
    "lift": (widgets.lift_explorer, {"acquisition_share": 0.5}),
    "map of discounts": (widgets.map_explorer, {"growth": 0.05}),
    "map of costs": (lambda: widgets.map_explorer("acquisition_share"), {"discount": 0.2}),
    "keep": (widgets.keep_explorer, {"effect": 0.3}),
    "cost": (widgets.cost_explorer, {"value": 400.0}),
    "company": (widgets.company_explorer, {"programme_cost": 8.0}),
    "tenure": (widgets.tenure_explorer, {"cause": 4.0}),
    "what if": (widgets.what_if_explorer, {"budget": 30.0}),
}


@pytest.fixture(autouse=True)
def styled():
    with matplotlib.rc_context():
        style.use()
        yield


@pytest.mark.parametrize(("make", "move"), EXPLORERS.values(), ids=EXPLORERS)
@pytest.mark.filterwarnings("error")
def test_an_explorer_follows_its_controls(make, move):
    explorer = make()
    words, still = explorer.words, explorer.still
    for name, value in move.items():
        explorer.controls[name].value = value
    assert explorer.words != words and explorer.still != still
    bundle, metadata = explorer._repr_mimebundle_()
    assert metadata["image/png"]["alt"] and bundle["image/png"]


@pytest.mark.parametrize("end", ["min", "max"])
@pytest.mark.parametrize("make", [make for make, _move in EXPLORERS.values()], ids=EXPLORERS)
def test_an_explorer_bears_the_ends_of_its_sliders(make, end):
    explorer = make()
    values = {name: getattr(c, end, c.value) for name, c in explorer.controls.items()}
    assert explorer._draw(Figure().subplots(), **values).endswith(".")


def test_lift_explorer_says_where_the_text_looks():
    explorer = widgets.lift_explorer()
    assert explorer.words == "At retention 0.80 the rise brings 20 %; that is below 25–85 %."
    explorer.controls["first_margin"].value = "at_end"
    assert explorer.words == "At retention 0.80 the rise brings 27.5 %; that is inside 25–85 %."


def test_what_if_explorer_says_what_a_manager_asks():
    assert widgets.what_if_explorer().words == (
        "By the likeliest numbers the programme gains 29 per customer and pays back after 6 "
        "periods. A customer is worth 247 without it. It breaks even with a rise of 3 points; "
        "each customer kept costs 200, one won 120."
    )


@pytest.mark.parametrize(
    ("lift", "retention", "discount", "end"),
    [
        (0.20, 0.80, 0.10, "That is not less than the 20 % promised."),
        (
            0.25,
            0.80,
            0.10,
            "For 25 % it would take a retention of 0.85, or an acquisition cost of 20 % of her "
            "value, or a margin that grows by 4.8 % with each period of tenure.",
        ),
        (  # no retention alone does it
            0.85,
            0.80,
            0.10,
            "For 85 % it would take an acquisition cost of 76.5 % of her value, or a margin that "
            "grows by 21 % with each period of tenure.",
        ),
    ],
)
def test_conditions_name_those_that_exist(lift, retention, discount, end):
    assert readings.conditions(lift, retention, 0.05, discount).endswith(end)


@pytest.mark.parametrize(
    ("effect", "end"),
    [
        (0.0, "There is no effect: nobody is kept at any price."),
        (0.10, "each customer kept costs 1,000, more than the 500 of winning one."),
        (0.20, "each customer kept costs 500, like one won."),
        (0.40, "each customer kept costs 250, less than the 500 of winning one."),
    ],
)
def test_keeping_is_compared_with_winning(effect, end):
    assert readings.keeping(100, effect, 500).endswith(end)


def test_delay_knows_what_winning_costs():
    """Margins 100, 10,000 customers, 2,000 newcomers at 73.33: 853,333 a period, up by 333,333."""
    sentence = readings.delay(0.80, 0.05, 0.10, acquisition_share=0.20)
    assert "The value of a customer rises by 25 % at once." in sentence
    assert f"rises by {100 * 333_333.3 / (1e6 - 2000 * 73.333):.3g} % in the long run" in sentence


@pytest.mark.parametrize(
    ("change", "budget", "words"),
    [
        ((0.01, 0.05, 0.08), 10, "gains 29 .* it may lose."),
        ((0.04, 0.05, 0.08), 5, "gains .* from .* to [0-9]+\\.$"),
        ((0.0, 0.03, 0.12), 12, "loses .* it may gain."),
        (0.01, 20, "loses .* and never pays back.$"),
    ],
)
def test_programme_says_whether_it_may_go_wrong(change, budget, words):
    table = what_if.board(
        margin=100,
        retention=0.80,
        discount=0.10,
        acquisition_cost=120,
        budget=budget,
        change=change,
    )
    assert re.search(words, readings.programme(table))


def test_sentences_refuse_what_the_models_refuse():
    with pytest.raises(DataError, match="lift is -1"):
        readings.conditions(-1, 0.8, 0.05, 0.1)
    with pytest.raises(DataError, match="cost is 0"):
        readings.keeping(0, 0.1, 500)
