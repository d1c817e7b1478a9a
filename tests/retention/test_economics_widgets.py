"""The explorers and the sentences of lesson 4.1 follow what they are given."""

import re

import matplotlib
import pytest
from matplotlib.figure import Figure

from crmlib import DataError, style
from crmlib.retention import widgets
from crmlib.retention.contracts import contract_readings
from crmlib.retention.profit import board_readings, company, readings, what_if

EXPLORERS = {
    "map of costs": (widgets.map_explorer, {"growth": 5}),
    "map of discounts": (lambda: widgets.map_explorer("discount"), {"change_in": "per_cent"}),
    "keep": (widgets.keep_explorer, {"effect": 30}),
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


def test_map_explorer_turns_the_map_and_says_what_is_not_drawn():
    explorer = widgets.map_explorer()
    assert explorer.words == "At retention 0.80 the rise brings 20 %; that is below 25–85 %."
    still = explorer.still
    explorer.controls["over"].value = "discount"
    assert explorer.still != still
    explorer.controls["change_in"].value = "per_cent"
    assert explorer.words.endswith("The published cases are read as points, and not drawn here.")


@pytest.mark.parametrize("over", ["acquisition_share", "discount"])
def test_map_explorer_bears_every_growth(over):
    """A margin that grows as fast as money costs makes some values endless, and no error."""
    explorer = widgets.map_explorer(over)
    explorer.controls["growth"].value = explorer.controls["growth"].max
    assert "At retention 0.80 the rise brings 33.3 %" in explorer.words


def test_nobody_is_kept_who_would_not_have_left():
    explorer = widgets.keep_explorer(multiple=5, effect=0.30)
    explorer.controls["stay"].value = 90
    assert explorer.words.startswith("Only 10 of 100 would leave, so that the effect is 10 % at")
    assert explorer.words.endswith("costs 1,000, more than the 500 of winning one.")


def test_company_explorer_says_what_all_years_bring():
    """A programme of 16 loses in 20 years and gains in the end; by section 7 it gains 2.93 each."""
    explorer = widgets.company_explorer(newcomers=100, unit="year")
    explorer.controls["programme_cost"].value = 16
    assert explorer.words.endswith(
        "With it the gains of 20 years are worth −4,244, and those of all years 4,400."
    )


def test_who_types_ninety_means_ninety_of_a_hundred():
    explorer = widgets.company_explorer()
    assert explorer.controls["retention"].description == "Retention (%)"
    explorer.controls["retention"].value = 90
    assert "Profit per period rises by 100 % in the long run" in explorer.words


def test_what_if_explorer_says_what_a_manager_asks():
    assert widgets.what_if_explorer(unit="year", currency="€").words == (
        "By the likeliest numbers the programme gains €29.3 on each newcomer and pays back after "
        "6 years. It breaks even with a rise of 3 points. One more customer kept costs €200 and "
        "brings €333; one won costs €120 and brings €367."
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
        ((0.01, 0.05, 0.08), 10, "gains 29.3 on each newcomer .* it may lose."),
        ((0.04, 0.05, 0.08), 5, "gains .* from .* to [0-9.]+\\.$"),
        ((0.04, 0.05, 0.08), 0, "gains .* on each newcomer and costs nothing."),
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
    assert re.search(words, board_readings.programme(table))


@pytest.mark.parametrize(
    ("budget", "seen", "present"),
    [
        (10, "it has lost 0.[0-9]+: all of the gain lies beyond", "it loses .* would lose"),
        (8.5, "[0-9]+ % of the gain is there by the age of the oldest", "it loses .* would gain"),
        (5, "[0-9]+ % of the gain is there by the age of the oldest", "it gains .* would gain"),
    ],
)
def test_a_gain_beyond_what_was_seen_and_a_loss_on_those_there_are_said(budget, seen, present):
    mix = {"retention": 0.848, "polarisation": 0.203, "change": 0.05, "age": 12}
    table = what_if.board(margin=100, discount=0.10, acquisition_cost=120, budget=budget, **mix)
    assert re.search(seen, board_readings.programme(table, "year", age=12))
    assert "oldest" not in board_readings.programme(table, "year")
    assert re.search(present, board_readings.on_present(table, 7609, 1000, 0.10))


def test_where_winning_is_as_cheap_as_reaching_keeping_cannot_win():
    assert readings.keeping(100, 0.3, 100).startswith("Winning costs as much as reaching:")


def test_a_programme_that_keeps_nobody_has_no_price_for_one():
    table = what_if.board(
        margin=100, retention=0.80, discount=0.10, acquisition_cost=120, budget=10, change=0
    )
    told = board_readings.kept_and_won(table, 120)
    assert told == "The programme keeps nobody; one customer won costs 120 and brings 367."


def test_sentences_refuse_what_the_models_refuse():
    with pytest.raises(DataError, match="lift is -1"):
        readings.conditions(-1, 0.8, 0.05, 0.1)
    with pytest.raises(DataError, match="cost is 0"):
        readings.keeping(0, 0.1, 500)


@pytest.mark.parametrize(
    ("mean_moves", "everyone", "verdict"),
    [
        (0.20, 0.13, "both less than promised"),
        (0.30, 0.13, "less than promised, and as promised"),
        (0.90, 0.30, "as promised, and more than promised"),
        (0.85, 0.25, "both as promised"),
    ],
)
def test_a_promise_is_held_against_both_lifts(mean_moves, everyone, verdict):
    told = contract_readings.promised(mean_moves, everyone)
    assert f"if the mean moves: {verdict}. The cost" in told


def test_the_numbers_counted_with_are_told_as_they_were_given():
    one = contract_readings.counted_with(12, 0.008, 120, 1, 0.01, "month", "€")
    assert one == (
        "Counted for a newcomer with a margin of €12 a month; money at 0.8 % a month; €120 to win "
        "her; €1 a month for the programme; and 1 more of 100 staying at the first renewal. Set "
        "your own before you act."
    )
    three = contract_readings.counted_with([8, 10, 13], 0.1, [90, 120, 180], [1, 2, 4], 0.05)
    assert "10 (8 to 13) a period" in three and "120 (90 to 180) to win her" in three
    assert "2 (1 to 4) a period" in three


def test_a_company_is_told_in_its_own_unit_and_money():
    years = company.profit_over_time(3, margin=100, retention=0.8, change=0, newcomers=50, age=1)
    assert contract_readings.firm(years, 50, 1, "month", "€") == (
        "A company that has won 50 customers a month for 2 months, the present one among them, "
        "has 90 when the programme starts. Without it, and with the cost of winning taken off, it "
        "would earn €9,000 in that month, and €16,808 in the last one shown."
    )
