"""What is said of customers, their forecast and its test, where the truth is known."""

import numpy as np
import pandas as pd
import pytest

from crmlib import CannotAnswer, customers
from crmlib.value import decision, readings, validation
from crmlib.value.btyd import BGNBD, GammaGamma

TRUTH = BGNBD({"r": 0.8, "alpha": 6.0, "a": 0.8, "b": 3.0})
SPEND = GammaGamma({"p": 4.0, "q": 4.0, "gamma": 60.0})


@pytest.fixture(scope="module")
def base():
    """Customers, and a hidden half, drawn from the models themselves."""
    random = np.random.default_rng(7)
    table = TRUTH.sample(20_000, T=40.0, seed=1)[["frequency", "recency", "T"]]
    rate = random.gamma(SPEND.params_["q"], 1 / SPEND.params_["gamma"], 20_000)

    def spent(count):
        total = random.gamma(np.maximum(SPEND.params_["p"] * count, 1e-9)) / rate
        return np.where(count > 0, total / np.maximum(count, 1), 0.0)

    hidden = TRUTH.sample_future_purchases(table, 40, draws=1, seed=2)[:, 0]
    return table.assign(
        customer_id=[f"c{n}" for n in range(20_000)],
        monetary_value=spent(table["frequency"].to_numpy()),
        frequency_holdout=hidden,
        monetary_value_holdout=spent(hidden),
        duration_holdout=40.0,
    )


def test_a_right_model_passes_its_test_and_a_wrong_one_does_not(base):
    test = validation.forecast_test(base, TRUTH, SPEND)
    for row in ("all", "top"):
        assert test.loc[row, "expected_purchases"] == pytest.approx(
            test.loc[row, "purchases"], rel=0.03
        )
        assert test.loc[row, "expected_money"] == pytest.approx(test.loc[row, "money"], rel=0.03)
    assert test.loc["all", "customers"] == 20_000 and test.loc["top", "customers"] == 2000
    twice = BGNBD({"r": 1.6, "alpha": 6.0, "a": 0.8, "b": 3.0})
    wrong = validation.forecast_test(base, twice, SPEND)
    assert wrong.loc["all", "expected_money"] > 1.1 * wrong.loc["all", "money"]


def test_the_order_is_judged_by_the_hidden_half(base):
    test = validation.forecast_test(base, TRUTH, SPEND)
    assert 0.3 < test.loc["top", "really_top"] < 0.9
    known = base.assign(
        frequency_holdout=TRUTH.expected_purchases(base, 40.0),
        monetary_value_holdout=SPEND.expected_value(base),
    )
    assert validation.forecast_test(known, TRUTH, SPEND).loc["top", "really_top"] == 1
    past = base.assign(
        frequency_holdout=base["frequency"], monetary_value_holdout=base["monetary_value"]
    )
    assert validation.forecast_test(past, TRUTH, SPEND).loc["top", "past_spend_really_top"] == 1


def log_of(days, amounts=10.0):
    """A log from customer -> days of purchases."""
    rows = [(name, day) for name, when in days.items() for day in when]
    log = pd.DataFrame(rows, columns=["customer_id", "time"])
    start = pd.Timestamp("2024-01-01")
    return log.assign(time=start + pd.to_timedelta(log["time"], unit="D"), amount=amounts)


def irregular(n=200, length=400, seed=3):
    random = np.random.default_rng(seed)
    return {f"c{i}": np.sort(random.choice(length, 6, replace=False)) for i in range(n)}


def test_what_a_list_says_of_each_customer():
    log = log_of({"ann": [0, 7, 21], "bo": [14]}, amounts=[10.0, 20.0, 30.0, 5.0])
    table = customers.summarize(log, observation_end="2024-02-05")
    table["lifetime_value"] = [40.0, 50.0]
    futures = np.array([[10.0, 20.0], [60.0, 70.0]])
    values = decision.customer_values(table, log, TRUTH, futures).set_index("customer_id")
    assert values.index.tolist() == ["bo", "ann"]
    ann = values.loc["ann"]
    assert (ann["repeats"], ann["spent_so_far"]) == (2, 60.0)
    assert (ann["weeks_known"], ann["weeks_silent"]) == (5.0, 2.0)
    assert ann["last_purchase"] == pd.Timestamp("2024-01-22")
    assert 0 < ann["probability_alive"] < 1
    assert np.isnan(values.loc["bo", "probability_alive"])
    assert values["chance_of_top_tenth"].tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("log", "why"),
    [
        (log_of(dict(list(irregular().items())[:99])), "only 99 of 99 customers came again"),
        (log_of(irregular(), amounts=0.0), "only 0 of those who came again have amounts"),
        (log_of({f"c{i}": [i % 3, 60 + i % 5] for i in range(200)}), "must fit in"),
        (
            log_of({f"c{i}": range(i % 28, 400, 30) for i in range(200)}),
            "payments come at fixed times",
        ),
    ],
    ids=["few", "no amounts", "short", "a contract"],
)
def test_a_log_that_cannot_answer_is_refused(log, why):
    with pytest.raises(CannotAnswer, match=why):
        readings.suitability(log)


def test_a_log_that_can_answer_is_not():
    assert "It can: 200 of 200" in readings.suitability(log_of(irregular()))


def with_covariance(a, b, error):
    model = BGNBD({"r": 0.8, "alpha": 6.0, "a": a, "b": b})
    squares = np.diag([0.01, 0.01, (error * a) ** 2, (error * b) ** 2])
    model.covariance_ = pd.DataFrame(squares, model.params_.index, model.params_.index)
    return model


def test_how_many_leave_is_said_with_its_doubt():
    assert "25 of 100 customers leave for good (95 % interval 23 to 27)" in readings.leaving(
        with_covariance(1.0, 3.0, 0.04)
    )
    assert "This log cannot tell how many leave" in readings.leaving(with_covariance(1.0, 3.0, 1.0))
    rare = BGNBD({"r": 0.8, "alpha": 6.0, "a": 0.001, "b": 3.0})
    table = pd.DataFrame({"frequency": [1, 9], "recency": [2.0, 30.0], "T": [39.0, 39.0]})
    told = readings.leaving(rare, table)
    least = 100 * rare.probability_alive(table).min()
    assert "hardly anybody leaves" in told
    assert f"at least {np.floor(10 * least) / 10:.1f} %" in told


@pytest.mark.parametrize(
    ("expected", "words"),
    [(80, "20 % too low"), (130, "30 % too high"), (100.2, "right to half a per cent")],
)
def test_a_miss_in_words(expected, words):
    test = pd.DataFrame(
        {"money": [100, 50.0], "expected_money": [expected, 48.0], "really_top": [np.nan, 0.48]},
        index=["all", "top"],
    )
    values = pd.DataFrame({"lifetime_value": [1000.0] * 10})
    assert words in readings.summary(values, test, 3)
    assert "a margin of 10,000 in" in readings.summary(values, test, 3)
    assert "a margin of 10,000 yuan in" in readings.summary(values, test, 3, "yuan")
