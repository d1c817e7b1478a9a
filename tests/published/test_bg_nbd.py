"""BG/NBD on CDNOW: Fader, Hardie and Lee (2005), Marketing Science 24(2), and their workbooks."""

import pandas as pd
import pytest

from crmlib.value.btyd import BGNBD

PRINTED = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
CUSTOMER = pd.DataFrame({"frequency": [2], "recency": [30.43], "T": [38.86]})


@pytest.fixture(scope="module")
def model(cdnow):
    return BGNBD().fit(cdnow)


def test_estimates(model):
    assert model.n_customers_ == 2357
    assert model.params_.round(3).to_dict() == PRINTED
    assert round(model.log_likelihood_, 1) == -9582.4


def test_conditional_expectation():
    model = BGNBD(PRINTED)
    assert model.expected_purchases(CUSTOMER, 39)[0] == pytest.approx(1.226, abs=0.0005)
    assert model.expected_purchases(CUSTOMER, 39)[0] == pytest.approx(1.22603, abs=0.000005)
    assert model.probability_alive(CUSTOMER)[0] == pytest.approx(0.72658, abs=0.000005)


def test_the_estimates_give_the_same_customer_the_same_expectation(model):
    assert model.expected_purchases(CUSTOMER, 39)[0] == pytest.approx(1.226, abs=0.0005)
