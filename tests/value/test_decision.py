"""What is said of customers, their forecast and its test, where the truth is known."""

import numpy as np
import pandas as pd
import pytest

from crmlib import CannotAnswer, customers
from crmlib.value import decision, hidden_half, readings, validation
from crmlib.value.btyd import BGNBD, GammaGamma
from crmlib.value.suitability import suitability

TRUTH = BGNBD({"r": 0.8, "alpha": 6.0, "a": 0.8, "b": 3.0})
SPEND = GammaGamma({"p": 4.0, "q": 4.0, "gamma": 60.0})


@pytest.fixture(scope="module")
def base():
    """Customers, and a hidden half, drawn from the models themselves."""
    random = np.random.default_rng(7)
    truth = TRUTH.sample(20_000, T=40.0, seed=1)
    table = truth[["frequency", "recency", "T"]]
    rate = random.gamma(SPEND.params_["q"], 1 / SPEND.params_["gamma"], 20_000)

    def spent(count):
        total = random.gamma(np.maximum(SPEND.params_["p"] * count, 1e-9)) / rate
        return np.where(count > 0, total / np.maximum(count, 1), 0.0)

    future = np.random.default_rng(2)
    until_dropout = future.geometric(np.maximum(truth["dropout_probability"], 1e-12))
    made = np.minimum(future.poisson(40 * truth["purchase_rate"]), until_dropout)
    hidden = (made * truth["alive"]).to_numpy()
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
    assert test.loc["once", "customers"] == (base["frequency"] == 0).sum()
    once = base[base["frequency"] == 0]
    assert test.loc["once", "purchases"] == once["frequency_holdout"].sum()
    assert (test["inside"] > 0.77).all()  # more, where `low` is nothing
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


def test_a_right_model_gives_nobody_up_too_soon_or_too_late(base):
    test = validation.alive_test(base, TRUTH)
    assert test["customers"].sum() == (base["frequency"] > 0).sum()
    assert (test["low"] <= test["mean_probability_alive"]).all()  # who bought was there
    assert ((test["purchases"] - test["expected_purchases"]).abs() < 3 * test["error"]).all()
    by_half = validation.alive_test(base, TRUTH, bounds=(0, 0.5, 1))
    assert "nothing says that the model gives" in hidden_half.given_up(by_half)
    season = base.assign(frequency_holdout=2 * base["frequency_holdout"])  # all alike
    by_half = validation.alive_test(season, TRUTH, bounds=(0, 0.5, 1))
    assert "nothing says that the model gives" in hidden_half.given_up(by_half)


def test_what_is_tested_of_silent_customers_is_what_they_did(base):
    test = validation.alive_test(base, TRUTH, bounds=(0, 0.3, 1))
    silent = base[(base["frequency"] > 0) & (TRUTH.probability_alive(base) < 0.3)]
    row = test.loc["0–30 %"]
    assert row["customers"] == len(silent) and row["purchases"] == silent["frequency_holdout"].sum()
    n, p, z = len(silent), (silent["frequency_holdout"] > 0).mean(), 1.959964
    centre, half = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    by_hand = np.array([p, (centre - half) / (1 + z**2 / n), (centre + half) / (1 + z**2 / n)])
    assert row[["bought_again", "low", "high"]].to_numpy(float) == pytest.approx(by_hand)


def visits(leaves=0.0, pauses=0.0, lifetime=np.inf, n=2000, seed=11):
    """Customers by another story, half of 80 weeks each seen and hidden.

    After a purchase some leave, some stay away for 25 weeks; others leave at any moment.
    """
    random = np.random.default_rng(seed)
    rows = []
    for rate in random.gamma(2.0, 0.15, n):
        end = min(80, random.exponential(lifetime) if lifetime < np.inf else 80)
        times = [0.0]
        while (now := times[-1] + random.exponential(1 / rate)) < end:
            chance = random.random()
            times.append(now)
            if chance < leaves:
                break
            if chance < leaves + pauses:
                back = now + 25 + random.exponential(1 / rate)
                if back >= end:
                    break
                times.append(back)
        seen = [time for time in times if time <= 40]
        rows.append((len(seen) - 1, seen[-1], 40.0, len(times) - len(seen), 40.0))
    names = ["frequency", "recency", "T", "frequency_holdout", "duration_holdout"]
    return pd.DataFrame(rows, columns=names)


@pytest.mark.filterwarnings("ignore::crmlib.errors.FitWarning")
@pytest.mark.parametrize(
    ("story", "words"),
    [
        ({"leaves": 0.15, "pauses": 0.15}, "too soon"),
        ({"lifetime": 20}, "too late"),
    ],
    ids=["who pauses", "who leaves between purchases"],
)
def test_customers_of_another_story_are_seen_to_be(story, words):
    table = visits(**story)
    by_half = validation.alive_test(table, BGNBD().fit(table), bounds=(0, 0.5, 1))
    assert f"So the model gives silent customers up {words}." in hidden_half.given_up(by_half)


def halves(**below):
    others = {"customers": 500, "bought_again": 0.6, "expected_purchases": 1000.0}
    others |= {"purchases": 1000, "error": 40.0}
    return pd.DataFrame([others | below, others])


@pytest.mark.parametrize(
    ("below", "words"),
    [
        ({"purchases": 1200}, "1.20 times as many; for the others it was 1.00 times. So the model"),
        ({"purchases": 800}, "up too late"),
        ({"purchases": 1050}, "nothing says"),
        ({"customers": 9}, "too few to judge"),
        ({"customers": 0, "bought_again": np.nan}, "below 50 % for none of 500 repeat buyers"),
    ],
)
def test_whether_silent_customers_are_given_up_in_words(below, words):
    assert words in hidden_half.given_up(halves(**below))


def test_whom_to_win_back_hears_how_many_came_by_themselves():
    values = pd.DataFrame({"probability_alive": [0.9, 0.2, np.nan]})
    test = halves(customers=393, bought_again=139 / 393)
    assert "139 of the 393 customers below 50 %" in readings.whom_to_act_on(values, test)
    nobody = halves(customers=0, bought_again=np.nan)
    assert "hidden half" not in readings.whom_to_act_on(values, nobody)
    assert "nobody is to be won back" in readings.whom_to_act_on(values.iloc[[0, 2]], test)


def test_a_burst_and_a_drift_are_told_apart():
    period = np.arange(0.0, 80.5, 0.5)
    tracking = pd.DataFrame({"period": period, "expected": 10 * period})
    drift = 2 * np.maximum(period - 40, 0)
    burst = 80.0 * (period >= 60)
    for gap, words in ((drift, "alone it was +8"), (burst, "alone it was +80")):
        told = hidden_half.when_missed(
            tracking.assign(cumulative_repeat_purchases=10 * period + gap), 40
        )
        assert "opened by +80 purchases. In the 4 weeks" in told
        assert words in told and "evenly, it would have been +8." in told


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
        (log_of({f"c{i}": [i % 3, 200 + i % 5] for i in range(200)}), "must fit in"),
        (log_of(irregular(length=180)), "runs for 25.* weeks, and 26 are needed"),
        (log_of({f"c{i}": range(i % 28, 400, 30) for i in range(200)}), "under a contract"),
    ],
    ids=["few", "no amounts", "slow", "short", "a contract"],
)
def test_a_log_that_cannot_answer_is_refused(log, why):
    with pytest.raises(CannotAnswer, match=why):
        suitability(log)


def test_a_log_that_can_answer_is_not():
    assert "It can: 200 of 200" in suitability(log_of(irregular()))


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
    values = pd.DataFrame({"lifetime_value": [1000.0] * 10, "probability_alive": 0.9})
    told = readings.summary(values, test, 3, 39)
    assert words in told
    assert told.startswith("Over 3 years, 4.0 times as long") == (expected < 130)
    assert "a margin of 10,000 in" in told and "hardly anybody" not in told
    assert "a margin of 10,000 yuan in" in readings.summary(values, test, 3, 39, "yuan")
    values["probability_alive"] = 0.999
    assert "counts on hardly anybody leaving" in readings.summary(values, test, 3, 39)
