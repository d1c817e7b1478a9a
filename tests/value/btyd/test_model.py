"""Parameters given and estimated, their table, and when to warn."""

import warnings

import numpy as np
import pandas as pd
import pytest

from crmlib import DataError, FitWarning
from crmlib.value.btyd import BGNBD
from crmlib.value.btyd.model import require_repeat_buyers

PUBLISHED = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}


@pytest.fixture(scope="module")
def fitted():
    return BGNBD().fit(BGNBD(PUBLISHED).sample(2000, T=39, seed=3))


def test_parameters_may_be_given_in_any_order():
    model = BGNBD(dict(reversed(PUBLISHED.items())))
    assert model.params_.to_dict() == PUBLISHED
    assert list(model.params_.index) == ["r", "alpha", "a", "b"]
    assert BGNBD(model.params_).params_.equals(model.params_)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"r": 1, "alpha": 2},
        PUBLISHED | {"c": 1},
        PUBLISHED | {"a": 0},
        PUBLISHED | {"a": -1},
        PUBLISHED | {"a": np.nan},
        PUBLISHED | {"a": np.inf},
        PUBLISHED | {"a": "1"},
        "abc",
        5,
        [1, 2],
    ],
)
def test_wrong_parameters_are_refused(params):
    with pytest.raises(
        DataError, match="BGNBD needs the parameters r, alpha, a, b, each above zero"
    ):
        BGNBD(params)


def test_nothing_without_parameters():
    table = pd.DataFrame({"frequency": [2], "recency": [30.43], "T": [38.86]})
    for call in (
        lambda model: model.summary(),
        lambda model: model.probability_alive(table),
        lambda model: model.expected_purchases(table, 39),
        lambda model: model.sample(3, T=39, seed=0),
    ):
        with pytest.raises(DataError, match="no parameters yet"):
            call(BGNBD())


def test_summary(fitted):
    summary = fitted.summary()
    assert list(summary.columns) == ["estimate", "standard_error", "lower", "upper"]
    assert summary["estimate"].equals(fitted.params_.rename("estimate"))
    np.testing.assert_allclose(fitted.standard_errors_**2, np.diag(fitted.covariance_))
    # symmetric in the logarithm, where the delta method gives se / estimate
    half = 1.959964 * summary["standard_error"] / summary["estimate"]
    np.testing.assert_allclose(np.log(summary["upper"] / summary["estimate"]), half, rtol=1e-6)
    np.testing.assert_allclose(np.log(summary["estimate"] / summary["lower"]), half, rtol=1e-6)


def test_given_parameters_have_no_standard_errors():
    assert BGNBD(PUBLISHED).standard_errors_.isna().all()
    assert BGNBD(PUBLISHED).summary()["lower"].isna().all()


def test_repr():
    assert repr(BGNBD(PUBLISHED)) == "BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)"
    assert repr(BGNBD()) == "BGNBD()"


def test_customers_are_counted(fitted):
    assert fitted.n_customers_ == 2000 and isinstance(fitted.n_customers_, int)


def test_few_repeat_buyers():
    require_repeat_buyers(np.array([0.0, 3.0]), np.array([5.0, 10.0]))
    with pytest.warns(FitWarning, match="Only 9 customers bought again"):
        require_repeat_buyers(np.array([0.0, 3.0]), np.array([500.0, 9.0]))
    with pytest.raises(DataError, match="Every frequency is 0"):
        require_repeat_buyers(np.array([0.0, 3.0]), np.array([5.0, 0.0]))


def test_a_warning_points_at_the_line_of_the_caller():
    table = BGNBD(PUBLISHED).sample(12, T=39, seed=1)
    with warnings.catch_warnings(record=True, action="always") as caught:
        BGNBD().fit(table)
    assert caught and {warning.filename for warning in caught} == {__file__}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"n": 0}, "n is 0; accepted: a whole number, 1 or more"),
        ({"n": 2.5}, "n is 2.5"),
        ({"T": -1}, "T is -1"),
        ({"T": 1e300}, "T is 1e.300 .*; accepted: times up to 1e"),
        ({"seed": "x"}, "seed is 'x'; accepted: a whole number, 0 or more"),
    ],
)
def test_samples_that_cannot_be_drawn_are_refused(wrong, message):
    with pytest.raises(DataError, match=message):
        BGNBD(PUBLISHED).sample(**{"n": 3, "T": 39, "seed": 0} | wrong)
