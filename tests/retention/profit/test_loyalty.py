"""Loyal customers: their share of profit, and selection told from cause on a known truth."""

import numpy as np
import pandas as pd
import pytest

from crmlib import DataError
from crmlib.retention.profit.loyalty import (
    loyal_profit_share,
    loyal_share_for,
    simulate_tenure,
    tenure_profile,
)


def test_shares_of_the_course():
    assert loyal_profit_share([0.10, 0.20], 9) == pytest.approx([0.5, 0.6923], rel=1e-4)  # G49
    assert loyal_share_for(0.80, 9) == pytest.approx(0.3077, rel=1e-3)  # G49
    assert loyal_profit_share(loyal_share_for(0.80, 9), 9) == pytest.approx(0.80)
    assert loyal_profit_share(0.3, 1) == pytest.approx(0.3)


@pytest.mark.parametrize("wrong", [{"share": 1.2}, {"multiple": 0}])
def test_shares_refuse(wrong):
    with pytest.raises(DataError, match=f"{next(iter(wrong))} is"):
        loyal_profit_share(**{"share": 0.2, "multiple": 9} | wrong)


def selected(tenure, selection, alpha=1.0, beta=4.0):
    """Expected margin, above the newcomers', of those left: leaving ~ Beta(alpha, beta + t)."""
    mean = alpha / (alpha + beta)
    spread = np.sqrt(mean * (1 - mean) / (alpha + beta + 1))
    return selection * (mean - alpha / (alpha + beta + tenure)) / spread


@pytest.mark.parametrize(("cause", "selection"), [(0, 20), (3, 0), (3, 20), (-2, 20)])
def test_selection_is_told_from_cause(cause, selection):
    profiles = [
        tenure_profile(simulate_tenure(4000, 8, cause=cause, selection=selection, seed=seed))
        for seed in range(20)
    ]
    profile = sum(profiles) / len(profiles)
    tenure = profile["tenure"]
    np.testing.assert_allclose(profile["same_customers"], 100 + cause * tenure, atol=0.6)
    expected = 100 + cause * tenure + selected(tenure, selection)
    np.testing.assert_allclose(profile["still_there"], expected, atol=0.6)


def test_the_interval_covers_the_truth():
    covered = []
    for seed in range(200):
        log = simulate_tenure(500, 6, cause=2, selection=15, seed=seed)
        rise = tenure_profile(log).iloc[-1]
        newcomers = log.loc[log["tenure"] == 0, "margin"].mean()
        covered.append(rise["low"] - newcomers <= 2 * 5 <= rise["high"] - newcomers)
    assert 0.91 <= np.mean(covered) <= 0.985


def test_profile_by_hand():
    log = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c", "a", "b", "d"],
            "tenure": [0, 0, 0, 1, 1, 1],
            "margin": [10.0, 20, 0, 14, 22, 900],  # d was not seen at the start
        }
    )
    profile = tenure_profile(log)
    assert profile["customers"].tolist() == [3, 2]
    assert profile["still_there"].tolist() == [10, 18]
    assert profile["same_customers"].tolist() == [10, 13]  # up by 4 and by 2


@pytest.mark.parametrize(
    ("log", "message"),
    [
        (pd.DataFrame({"customer_id": [1], "margin": [2]}), "no column 'tenure'"),
        (
            pd.DataFrame({"customer_id": [1, 1], "tenure": [0, 0], "margin": [2, 3]}),
            "Customer 1 has two rows for tenure 0 \\(row 2 is the second\\); accepted: one.",
        ),
        (
            pd.DataFrame({"customer_id": [1, 2], "tenure": [1, 2], "margin": [2, 3]}),
            "Fewer than two customers",
        ),
    ],
)
def test_profile_refuses(log, message):
    with pytest.raises(DataError, match=message):
        tenure_profile(log)
