"""Pareto/NBD on CDNOW: Fader, Hardie and Lee (2005), Marketing Science 24(2), table 2."""

import pytest

from crmlib.value.btyd import ParetoNBD


@pytest.fixture(scope="module")
def model(cdnow):
    return ParetoNBD().fit(cdnow)


def test_estimates(model):
    printed = {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}
    assert model.n_customers_ == 2357
    assert model.params_.round(3).to_dict() == printed
    assert round(model.log_likelihood_, 1) == -9595.0
    assert model.standard_errors_.notna().all()
