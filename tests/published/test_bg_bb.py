"""Fader, Hardie and Shang (2010): 11,104 donors, asked in each of the years 1996-2001."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crmlib.value.btyd.bg_bb import BGBB, log_likelihood

DONATIONS = Path(__file__).parents[2] / "datasets" / "donations" / "donations.csv"


@pytest.fixture(scope="module")
def donors():
    return pd.read_csv(DONATIONS).rename(columns={"periods": "T"})


@pytest.fixture(scope="module")
def model(donors):
    return BGBB().fit(donors, donors["weights"])


def test_estimates(model):
    np.testing.assert_allclose(model.params_, [1.204, 0.750, 0.657, 2.783], rtol=0, atol=0.0005)
    assert model.log_likelihood_ == pytest.approx(-33225.6, rel=0, abs=0.05)
    assert model.n_customers_ == 11_104


def test_probability_of_being_alive_in_2002(model):
    """Table 6 of the paper."""
    table = pd.DataFrame({"frequency": [0, 2, 6], "recency": [0, 4, 6], "T": [6, 6, 6]})
    expected = [0.11, 0.59, 0.93]
    np.testing.assert_allclose(model.probability_alive(table), expected, rtol=0, atol=0.005)


def test_donations_expected_2002_to_2006(model, donors):
    """Total of the sheet "Conditional Expectations (II)" of the authors' workbook."""
    total = donors["weights"] @ model.expected_purchases(donors, 5)
    assert total == pytest.approx(12884.2, rel=0, abs=0.05)


def test_donors_expected_to_give_never_and_always(model):
    """Cells of the sheet "In-sample fit" of the authors' workbook."""
    never_and_always = np.array([[0, 6], [0, 6], [6, 6]])
    values, _scores = log_likelihood(np.log(model.params_.to_numpy()), *never_and_always)
    np.testing.assert_allclose(11_104 * np.exp(values), [3454.9, 1253.1], rtol=0, atol=0.05)


def test_ten_years_ahead(model):
    """Worked examples of the R package BTYD on the same table."""
    table = pd.DataFrame({"frequency": [0, 4], "recency": [0, 5], "T": [6, 6]})
    np.testing.assert_allclose(
        model.expected_purchases(table, 10), [0.1302169, 3.627858], rtol=2e-4
    )
