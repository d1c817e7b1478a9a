"""Gamma-Gamma on the 946 repeat buyers of CDNOW: Fader and Hardie (2013)."""

import pandas as pd
import pytest

from crmlib.value.btyd import GammaGamma

PRINTED = {"p": 6.25, "q": 3.74, "gamma": 15.44}


@pytest.fixture(scope="module")
def model(cdnow):
    return GammaGamma().fit(cdnow)


def test_estimates(model):
    assert model.n_customers_ == 946
    assert model.params_.round(2).to_dict() == PRINTED
    assert round(model.log_likelihood_, 2) == -4055.92
    assert model.standard_errors_.notna().all()


def test_mean_of_all_customers():
    """The note's E(Z) = p gamma / (q - 1), about 35 dollars."""
    nobody_in_particular = pd.DataFrame({"frequency": [0], "monetary_value": [0.0]})
    expected = GammaGamma(PRINTED).expected_value(nobody_in_particular)[0]
    assert expected == pytest.approx(6.25 * 15.44 / 2.74, rel=1e-12)
    assert round(expected) == 35
