"""Expected purchases over time, against the sum over customers one by one."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from crmlib import DataError
from crmlib.value.btyd import BGNBD, ParetoNBD
from crmlib.value.validation import tracking

MODELS = [
    BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}),
    ParetoNBD({"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}),
]


@pytest.fixture(scope="module")
def log():
    """Sixty customers who come over thirty days, and some of them once more and again."""
    random = np.random.default_rng(3)
    customer = np.concatenate([np.arange(60), random.integers(0, 60, 150)])
    start = random.integers(0, 30, 60)
    day = np.concatenate([start, start[customer[60:]] + random.integers(1, 80, 150)])
    hours = pd.to_timedelta(random.integers(0, 24, 210), unit="h")
    time = pd.Timestamp("2024-01-01") + pd.to_timedelta(day, unit="D") + hours
    return pd.DataFrame({"customer_id": customer, "time": time, "amount": 10.0})


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("unit", "days"), [("week", 7), ("day", 1), ("month", 365.2425 / 12)])
def test_expected_is_the_sum_over_customers(log, model, unit, days):
    table = tracking(model, log, "2024-01-20", "2024-03-31", unit)
    births = log.groupby("customer_id")["time"].min().dt.normalize()
    births = births[births <= "2024-01-20"]
    for period, expected in table[["period", "expected"]].to_numpy()[::9]:
        age = np.maximum(period - (births - births.min()).dt.days / days, 0)
        by_hand = model.expected_purchases_new_customer(age.to_numpy()).sum()
        assert expected == pytest.approx(by_hand, rel=1e-10, abs=1e-12)
    followed = log[log["customer_id"].isin(births.index) & (log["time"] < "2024-04-01")]
    bought = followed.assign(day=followed["time"].dt.normalize())
    bought = bought.drop_duplicates(["customer_id", "day"])
    assert table["cumulative_repeat_purchases"].iloc[-1] == len(bought) - len(births)
    assert table["period"].iloc[-1] == (pd.Timestamp("2024-03-31") - births.min()).days / days


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"calibration_end": "yesterday"}, "'yesterday' is no day"),
        ({"calibration_end": "1990-09-30"}, "The calibration ends on 1990-09-30; accepted"),
        ({"unit": "weeks"}, "unit is 'weeks'; accepted: day, week, month, year"),
        ({"log": "no time"}, "The log has no column 'time'"),
        ({"log": "polars"}, "The log must be a pandas data frame"),
    ],
)
def test_refuses(log, change, message):
    logs = {"no time": log.drop(columns="time"), "polars": pl.from_pandas(log)}
    terms = {"log": log, "calibration_end": "2024-01-20", "unit": "week"} | change
    if isinstance(terms["log"], str):
        terms["log"] = logs[terms["log"]]
    with pytest.raises(DataError, match=message):
        tracking(MODELS[0], **terms)
