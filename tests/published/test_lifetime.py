"""Classroom numbers of the course (G34, G35) and the multiple of Gupta and Lehmann (2003)."""

import pytest

from crmlib.value.lifetime import ladder, margin_multiple, naive_value

SHOP = {"spend": 1000, "margin": 0.2, "retention": 0.8, "discount": 0.1}


def test_five_years_of_a_thousand():
    assert naive_value(1000, years=5) == 5000


@pytest.mark.parametrize(
    "first_margin, value, overstated", [("at_end", 533.33, 9.375), ("at_once", 733.33, 6.818)]
)
def test_five_thousand_is_not_five_hundred(first_margin, value, overstated):
    steps = ladder(**SHOP, first_margin=first_margin).set_index("step")["value"]
    assert steps["discount"] == pytest.approx(value, rel=0, abs=0.005)
    assert steps.iloc[-1] == steps["discount"]  # no acquisition cost, customers all alike
    assert steps["naive"] / steps["discount"] == pytest.approx(overstated, rel=0, abs=0.0005)


def test_margin_multiples():
    multiples = margin_multiple([0.6, 0.7, 0.8, 0.9], 0.1)
    assert multiples == pytest.approx([1.20, 1.75, 2.67, 4.50], rel=0, abs=0.005)
