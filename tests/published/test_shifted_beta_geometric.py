"""Fader and Hardie (2007), "How to project customer retention": 1,000 customers, years 0-12."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crmlib.value.btyd.shifted_beta_geometric import ShiftedBetaGeometric

SURVIVAL = Path(__file__).parents[2] / "datasets" / "sbg" / "survival.csv"

PUBLISHED = [  # column, alpha, beta, log-likelihood, per cent left in year 12: projected, actual
    ("regular_pct", 0.704, 1.182, -1680.27, 17.0, 17.3),
    ("high_end_pct", 0.668, 3.806, -1611.16, 37.8, 39.4),
]


@pytest.mark.parametrize("column, alpha, beta, log_likelihood, projected, actual", PUBLISHED)
def test_seven_years(column, alpha, beta, log_likelihood, projected, actual):
    percent = pd.read_csv(SURVIVAL)[column]
    model = ShiftedBetaGeometric().fit(10 * percent[:8])
    np.testing.assert_allclose(model.params_, [alpha, beta], rtol=0, atol=0.0005)
    assert model.log_likelihood_ == pytest.approx(log_likelihood, rel=0, abs=0.005)
    assert 100 * model.survival(12) == pytest.approx(projected, rel=0, abs=0.05)
    assert percent[12] == actual


def test_five_digits():
    """The same estimates with the digits of the authors' worksheets."""
    table = pd.read_csv(SURVIVAL)
    high_end = ShiftedBetaGeometric().fit(10 * table["high_end_pct"][:8])
    regular = ShiftedBetaGeometric().fit(10 * table["regular_pct"][:8])
    np.testing.assert_allclose(high_end.params_, [0.66809, 3.80609], rtol=0, atol=0.00001)
    np.testing.assert_allclose(regular.params_, [0.70408, 1.18204], rtol=0, atol=0.00001)
