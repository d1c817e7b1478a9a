import matplotlib
import pandas as pd
import pytest

from crmlib import DataError, style
from crmlib.value.btyd import BGNBD
from crmlib.value.widgets import alive_explorer, ladder_explorer


@pytest.fixture(autouse=True)
def styled():
    with matplotlib.rc_context():
        style.use()
        yield


def cdnow():
    """The published estimates, in weeks."""
    return BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})


def alt(explorer):
    return explorer._repr_mimebundle_()[1]["image/png"]["alt"]


def test_ladder_explorer_starts_at_the_text():
    explorer = ladder_explorer(1000, 0.2, currency="$")
    assert {name: control.value for name, control in explorer.controls.items()} == {
        "retention": 0.8,
        "discount": 0.10,
        "first_margin": "at_end",
    }
    assert explorer.words == (
        "Lifetime value $533: 2.67 times the yearly margin of $200. "
        "80 of 100 customers stay from year to year; money costs 10 %."
    )
    assert alt(explorer).endswith("lifetime value 533.")


@pytest.mark.parametrize(
    ("move", "value", "multiple"),
    [  # r / (1 + i - r) and (1 + i) / (1 + i - r), times 200, by hand
        ({"retention": 0.9}, "900", "4.50"),
        ({"retention": 0.6}, "240", "1.20"),
        ({"discount": 0.0}, "800", "4.00"),
        ({"first_margin": "at_once"}, "733", "3.67"),
        ({"retention": 0.5, "discount": 0.25, "first_margin": "at_once"}, "333", "1.67"),
    ],
)
def test_ladder_explorer_follows_its_controls(move, value, multiple):
    explorer = ladder_explorer(1000, 0.2)
    before = explorer.still
    for name, to in move.items():
        explorer.controls[name].value = to
    assert explorer.words.startswith(f"Lifetime value {value}: {multiple} times")
    assert alt(explorer).endswith(f"lifetime value {value}.")
    assert explorer.still != before


def test_ladder_explorer_starts_where_the_text_is_even_far_out():
    explorer = ladder_explorer(1000, 0.2, retention=0.98, discount=0.5)
    assert explorer.controls["retention"].value == 0.98
    assert explorer.controls["discount"].value == 0.5


def test_alive_explorer_starts_with_the_customer_as_she_is():
    explorer = alive_explorer(cdnow(), [0, 12, 30.43], 38.86, periods=39)
    assert explorer.controls["silence"].value == pytest.approx(8.43)
    assert explorer.controls["repeat_purchases"].value == 2
    assert explorer.words == (  # published: 0.7266 and 1.226
        "2 repeat purchases, then 8.43 weeks of silence: P(alive) is 73 %, "
        "and 1.23 purchases are expected in the next 39 weeks."
    )


@pytest.mark.parametrize(
    ("repeat_purchases", "silence", "recency"), [(2, 40, 30.43), (1, 8, 12), (0, 20, 0)]
)
def test_alive_explorer_follows_its_controls(repeat_purchases, silence, recency):
    explorer = alive_explorer(cdnow(), [0, 12, 30.43], 38.86, periods=39)
    before = explorer.still
    explorer.controls["repeat_purchases"].value = repeat_purchases
    explorer.controls["silence"].value = silence
    history = pd.DataFrame(
        {"frequency": [repeat_purchases], "recency": [recency], "T": [recency + silence]}
    )
    alive = 100 * cdnow().probability_alive(history)[0]
    expected = cdnow().expected_purchases(history, 39)[0]
    assert f"P(alive) is {alive:.0f} %, and {expected:.2f} purchases" in explorer.words
    assert f"ends at {alive:.0f} %" in alt(explorer)
    assert explorer.still != before


def test_alive_explorer_of_a_customer_who_bought_once():
    explorer = alive_explorer(cdnow(), [5], 25)
    assert list(explorer.controls) == ["silence"]
    assert explorer.words.startswith(
        "0 repeat purchases, then 20 weeks of silence: P(alive) is 100"
    )


def test_alive_explorer_counts_from_the_first_purchase_on_any_clock():
    words = alive_explorer(cdnow(), [100, 112, 130.43], 138.86, periods=39).words
    assert words == alive_explorer(cdnow(), [0, 12, 30.43], 38.86, periods=39).words


@pytest.mark.parametrize("purchases", [[], [0, 50]])
def test_alive_explorer_refuses(purchases):
    with pytest.raises(DataError, match="accepted"):
        alive_explorer(cdnow(), purchases, 38.86)
