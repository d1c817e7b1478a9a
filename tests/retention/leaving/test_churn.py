"""The churn model: nothing from after the cut, calibrated, and better than one rule."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats as sp

from crmlib import DataError, datasets
from crmlib.retention.design import design, features, sources
from crmlib.retention.leaving import churn, score_findings, scores

HALF = 182


@pytest.fixture(scope="module")
def log():
    return datasets.transactions("shop")[0]


@pytest.fixture(scope="module")
def tables(log):
    """Fitted at the end of 2023, judged from the middle of 2024 on."""
    return churn.churn_table(log, "2023-12-31", HALF), churn.churn_table(log, "2024-06-30", HALF)


@pytest.fixture(scope="module")
def model(tables):
    return churn.ChurnModel().fit(tables[0])


# Time and leakage


def test_features_by_hand():
    rows = [("a", "2024-01-01", 5), ("a", "2024-01-11", 20), ("a", "2024-02-10", 30)]
    rows += [("b", "2024-01-31", 9), ("b", "2024-03-31", 9), ("c", "2024-02-02", 1)]
    log = pd.DataFrame(rows, columns=["customer_id", "time", "amount"])
    log = log.astype({"time": "datetime64[us]", "amount": float})
    table = churn.churn_table(log, "2024-01-31", 30)
    assert table.columns.tolist() == [*churn.HISTORY, "left"]
    assert table.loc["a"].tolist() == [20, 1, 30, 20, False]
    b = table.loc["b"]
    assert b.drop("monetary_value").tolist() == [0, 0, 0, True]  # buys again after the horizon
    assert np.isnan(b["monetary_value"])  # no repeat purchase has no mean
    assert "c" not in table.index  # no customer yet
    # Who has been silent for the horizon by the cut has left already.
    assert churn.churn_table(log, "2024-01-31", 20).index.tolist() == ["b"]
    assert churn.churn_table(log, "2024-01-31", 21).index.tolist() == ["a", "b"]


def test_what_comes_after_the_cut_changes_no_feature(log):
    cut = pd.Timestamp("2024-06-30")
    later = log["time"] >= cut + pd.Timedelta(days=1)
    known = churn.purchase_history(log, cut)
    pd.testing.assert_frame_equal(known, churn.purchase_history(log[~later], cut))
    table = churn.churn_table(log, cut, HALF)
    pd.testing.assert_frame_equal(known[known["silence"] < HALF], table.drop(columns="left"))
    changed = log.assign(amount=log["amount"].where(~later, 1e6))
    pd.testing.assert_frame_equal(table, churn.churn_table(changed, cut, HALF))


def test_a_horizon_beyond_the_log_is_refused(log):
    with pytest.raises(DataError, match="182 days after 2024-10-01 are over on 2025-04-01"):
        churn.churn_table(log, "2024-10-01", HALF)


# The model


def test_in_the_shop_one_rule_is_as_good_and_the_probability_is_meant(tables, model):
    earlier, later = tables
    probability = model.predict_probability(later)
    silent_for = scores.one_rule(earlier["silence"], earlier["left"])
    card = scores.scorecard(
        later["left"],
        {
            "model": probability,
            "silence": later["silence"],
            "rule": later["silence"] >= silent_for,
        },
    )
    assert card.loc["model", "auc"] == pytest.approx(card.loc["silence", "auc"], abs=0.02)
    assert card.loc["silence", "auc"] > card.loc["rule", "auc"] > 0.55
    assert scores.advised(later["left"], probability, later["silence"]) == "rule"
    assert card.loc["model", "brier"] < later["left"].mean() * (1 - later["left"].mean())
    table = scores.calibration_table(later["left"], probability)
    assert (table["forecast"] - table["observed"]).abs().max() < 0.15
    assert table["customers"].sum() == len(later)


def test_those_who_left_for_good_get_the_higher_risk(tables, model):
    history = tables[1]
    truth = datasets.load("shop", "truth_customers").set_index("customer_id").loc[history.index]
    gone = (truth["left_on"] <= "2024-06-30").to_numpy()
    risk = model.predict_probability(history)
    assert risk[gone].mean() > risk[~gone].mean() + 0.05


def test_a_leak_would_be_seen(tables):
    earlier, later = (table.assign(spy=table["left"] * 1.0) for table in tables)
    leaked = churn.ChurnModel().fit(earlier).predict_probability(later)
    assert scores.scorecard(later["left"], {"leak": leaked}).loc["leak", "auc"] > 0.99


def test_logistic_truth_is_found():
    random = np.random.default_rng(5)
    x = random.normal(size=(20_000, 2))
    p = 1 / (1 + np.exp(1 - np.arcsinh(x[:, 0])))
    table = pd.DataFrame(x, columns=["a", "b"]).assign(left=random.random(20_000) < p)
    model = churn.ChurnModel().fit(table)
    np.testing.assert_allclose(model.predict_probability(table), p, atol=0.03)
    assert model.contributions(table)["b"].abs().max() < 0.1


def test_contributions_add_up(tables, model):
    later = tables[1]
    p = model.predict_probability(later)
    logit = np.log(p / (1 - p))
    parts = model.contributions(later).sum(axis=1).to_numpy()
    assert np.ptp(logit - parts) < 1e-9  # the average customer's
    average = model.contributions(tables[0]).mean()
    np.testing.assert_allclose(average, 0, atol=1e-9)


def test_contributions_of_words_are_against_the_average_customer():
    table = pd.DataFrame(
        {"plan": ["a"] * 60 + ["b"] * 40, "left": [True, False] * 30 + [False] * 40}
    )
    model = churn.ChurnModel().fit(table)
    plan = model.contributions(table)["plan"]
    assert plan[0] > 0 > plan[99] and plan.mean() == pytest.approx(0)
    [words] = model.explain(table[-1:])
    assert "Speaks for staying: plan b (odds ×" in words


def test_explained_in_words(model):
    customer = pd.DataFrame([[700.0, 0, 700, np.nan]], columns=churn.HISTORY)
    [words] = model.explain(customer, most=2)
    assert words.startswith("Leaves with probability ")
    assert "Speaks for leaving: silence 700 (odds × " in words
    assert words.count("odds ×") <= 2


@pytest.mark.parametrize(
    ("left", "message"),
    [([True, True], "Everybody left"), ([True, None], "left is missing in row 1")],
)
def test_outcomes_refused(left, message):
    with pytest.raises(DataError, match=message):
        churn.ChurnModel().fit(pd.DataFrame({"x": [1.0, 2], "left": left}))


def test_a_missing_column_is_named(model):
    with pytest.raises(DataError, match="There is no column 'silence'"):
        model.predict_probability(pd.DataFrame({"T": [1.0]}))


# The features, and the design


def test_features_and_their_design():
    table = pd.DataFrame(
        {
            "id": [f"c{i}" for i in range(40)],
            "paid": ["1,200", " "] * 20,
            "plan": ["a", "b", None, "b"] * 10,
            "one": 1,
            "since": pd.Timestamp("2024-01-01"),
            "young": [True, False] * 20,
        }
    )
    found = features(table)
    assert found.columns.tolist() == ["paid", "plan", "young"]
    assert found["paid"][0] == 1200 and np.isnan(found["paid"][1])
    fitted = design(found).fit(found)
    assert sources(fitted) == ["paid", "young", "paid missing", "plan", "plan", "plan"]
    assert fitted.transform(found).shape == (40, 6)
    new = found.assign(plan="never seen")
    assert np.isfinite(fitted.transform(new)).all()
    whole = pd.DataFrame({"n": pd.array([1, None, 3], dtype="Int64"), "x": [1.0, 2, 3]})
    assert np.isnan(features(whole)["n"][1])
    with pytest.raises(DataError, match="x is inf in row 2; accepted: a finite number"):
        features(whole.assign(x=[1, 2, np.inf]))
    with pytest.raises(DataError, match="No column is left"):
        features(table[["id", "one"]])


def test_a_column_that_is_empty_when_fitted_is_no_error():
    table = pd.DataFrame({"x": [1.0, 2, 3, 4], "empty": np.nan, "left": [True, False] * 2})
    model = churn.ChurnModel().fit(table)
    assert np.isfinite(model.predict_probability(table.assign(empty=5.0))).all()
    assert model.contributions(table).columns.tolist() == ["x", "empty", "empty missing"]


def test_having_come_once_is_no_small_amount():
    """Amounts that mean nothing get no weight, however many customers have none."""
    random = np.random.default_rng(8)
    n = 20_000
    amount = np.where(random.random(n) < 0.3, np.nan, random.gamma(2, 40, n))
    left = random.random(n) < np.where(np.isnan(amount), 0.3, 0.6)
    model = churn.ChurnModel().fit(pd.DataFrame({"amount": amount, "left": left}))
    parts = model.contributions(pd.DataFrame({"amount": [np.nan, 5.0, 500]}))
    assert parts["amount"].abs().max() < 0.15
    once, twice = parts["amount missing"][0], parts["amount missing"][1]
    truth = np.log(0.3 / 0.7) - np.log(0.6 / 0.4)
    assert once - twice == pytest.approx(truth, abs=0.1)
    [words] = model.explain(pd.DataFrame({"amount": [np.nan]}))
    assert "amount missing (odds × 0.4" in words
    [words] = model.explain(pd.DataFrame({"amount": [60.0]}))
    assert "amount not missing (odds × 1.4" in words or "amount not missing (odds × 1.5" in words


def test_a_list_of_risks_says_by_what_it_is_ordered_and_why(tables, model):
    now = tables[1].drop(columns="left")
    by_rule = churn.risk_list("rule", model, now, churn.HISTORY)
    assert by_rule.columns.tolist() == ["customer_id", "ordered_by", *churn.HISTORY]
    assert by_rule["silence"].is_monotonic_decreasing and set(by_rule["ordered_by"]) == {"silence"}
    youngest = churn.risk_list("rule", model, now, ["T"], sign=-1)
    assert youngest["T"].is_monotonic_increasing and len(youngest) == len(now)
    assert len(churn.risk_list(None, model, now, churn.HISTORY)) == 0
    listed = churn.risk_list("model", model, now, churn.HISTORY)
    assert listed.columns.tolist() == ["customer_id", "ordered_by", "risk", *churn.HISTORY, "why"]
    assert listed["risk"].is_monotonic_decreasing and set(listed["ordered_by"]) == {"model"}
    assert (listed["why"][:100] != "").all() and (listed["why"][100:] == "").all()
    assert "has come back at least once" in listed["why"][0]
    one = listed.iloc[7]
    assert one["risk"] == model.predict_probability(now.loc[[one["customer_id"]]])[0]
    assert one["why"] == model.reasons(now.loc[[one["customer_id"]]])[0]


def test_a_number_beyond_those_learned_from_counts_as_the_nearest():
    random = np.random.default_rng(3)
    x = random.uniform(10, 100, 2000)
    table = pd.DataFrame({"x": x, "left": random.random(2000) < x / 120})
    model = churn.ChurnModel().fit(table)
    new = pd.DataFrame({"x": [x.max(), 1e6, x.min(), -50.0, np.nan]})
    risk = model.predict_probability(new)
    assert risk[0] == risk[1] > risk[2] == risk[3] and np.isfinite(risk[4])
    parts = model.contributions(new)["x"]
    assert parts[0] == parts[1] and "x 1e+06 (odds × " in model.reasons(new[1:2])[0]


def test_which_order_is_advised():
    """The model only where it is shown to be better; nothing where nothing is."""
    random = np.random.default_rng(21)
    left = random.random(2000) < 0.4
    good, poor, noise = (k * left + random.normal(size=2000) for k in (1.5, 0.5, 0))
    assert scores.advised(left, good, poor) == "model"
    assert scores.advised(left, poor, good) == "rule"
    assert scores.advised(left, good + 0.03 * random.normal(size=2000), good) == "rule"
    assert scores.advised(left, poor, noise) == "model"
    assert scores.advised(left, noise, -poor) is None  # better than a rule that is wrong
    blind = 0
    for _ in range(200):
        two = random.normal(size=(2, 300))
        blind += scores.advised(random.random(300) < 0.4, *two) is None
    assert blind / 200 > 0.9


# Scores


def test_rare_words_share_a_column():
    table = pd.DataFrame({"town": ["x"] * 30 + ["y"] * 30 + ["z", "u", "v"], "n": np.arange(63.0)})
    fitted = design(table).fit(table)
    assert sources(fitted) == ["n", "town", "town", "town"]
    assert fitted.transform(table).shape[1] == 4


def test_scorecard_by_hand():
    left = np.array([1, 1, 0, 0, 0, 0, 0, 0, 0, 0], dtype=bool)
    perfect, tied = np.linspace(1, 0, 10), np.ones(10)
    card = scores.scorecard(left, {"perfect": perfect, "tied": tied}, share=0.2)
    assert card.loc["perfect", ["auc", "top", "lift"]].tolist() == [1, 1, 5]
    assert card.loc["tied", ["auc", "top", "lift"]].tolist() == pytest.approx([0.5, 0.2, 1])


def test_calibration_of_equal_forecasts():
    table = scores.calibration_table([1, 0, 0, 0], [0.25] * 4)
    assert table[["customers", "forecast", "observed"]].to_numpy().tolist() == [[4, 0.25, 0.25]]
    with pytest.raises(DataError, match="probability is 2"):
        scores.calibration_table([1, 0], [0.5, 2])


def test_a_rule_that_says_yes_to_many_has_no_head_of_a_list():
    left = np.arange(100) < 30
    card = scores.scorecard(left, {"wide": np.arange(100) < 58, "narrow": np.arange(100) < 5})
    assert card.loc["wide", ["top", "lift"]].isna().all() and card.loc["wide", "auc"] > 0.7
    assert card.loc["narrow", "top"] == 1 or card.loc["narrow", "top"] > 0.5


def test_the_interval_of_an_auc_difference_holds_the_truth_as_often_as_it_says():
    """Two scores that share most of their noise; AUCs of 0.76 and 0.64."""
    random, inside, blind = np.random.default_rng(9), 0, 0
    shift, other = 1.0, 0.5
    truth = sp.norm.cdf(shift / np.sqrt(2)) - sp.norm.cdf(other / np.sqrt(2))
    width = []
    for _ in range(500):
        left = random.random(300) < 0.3
        shared = 0.9 * random.normal(size=300)
        rest = np.sqrt(1 - 0.9**2)
        one = shift * left + shared + rest * random.normal(size=300)
        two = other * left + shared + rest * random.normal(size=300)
        found = scores.auc_difference(left, one, two)
        inside += found["lower"] <= truth <= found["upper"]
        width.append(found["upper"] - found["lower"])
        same = scores.auc_difference(left, one, one + 1e-3 * random.normal(size=300))
        blind += same["lower"] <= 0 <= same["upper"]
    assert 0.92 < inside / 500 < 0.98 and blind / 500 > 0.9
    assert np.mean(width) < 0.12  # of two separate intervals it would be 0.18
    exact = scores.scorecard(left, {"one": one, "two": two})["auc"]
    assert found["difference"] == pytest.approx(exact["one"] - exact["two"])
    tied = scores.auc_difference([1, 1, 0, 0], [1, 0, 1, 0], [1, 1, 1, 1])
    assert tied["difference"] == 0


@pytest.mark.parametrize(
    ("told", "end"),
    [
        (lambda p: p, "The numbers may be used in a calculation."),
        (lambda p: 0 * p + p.mean(), "so they tell nobody from anybody."),
        (lambda p: p.mean() + (p - p.mean()) / 3, "as numbers they are rough."),
        (lambda p: np.clip(p + 0.15, 0, 1), "as numbers they are rough."),
        (lambda p: 1 - p, "Neither the numbers nor their order are of use."),
    ],
)
def test_what_forecasts_may_be_used_for(told, end):
    random = np.random.default_rng(11)
    p = random.beta(2, 2, 4000)
    left = random.random(4000) < p
    said = score_findings.calibrated(left, told(p))
    assert said.endswith(end)


def test_forecasts_too_bold_are_no_numbers_even_if_every_group_agrees():
    forecast = np.linspace(0.3, 0.7, 10)
    came = 1 / (1 + (1 / forecast - 1) ** 0.68)
    left = np.concatenate([np.arange(100) < 100 * share for share in came])
    said = score_findings.calibrated(left, np.repeat(forecast, 100))
    assert "They are too bold" in said and "In 10 of 10 groups" in said
    assert said.endswith("as numbers they are rough.")


def test_the_slope_of_forecasts_that_are_right_is_one():
    random, inside = np.random.default_rng(12), 0
    for _ in range(200):
        p = random.beta(2, 2, 500)
        found = scores.calibration(random.random(500) < p, p)
        inside += found["lower"] <= 1 <= found["upper"]
    assert 0.91 < inside / 200 < 0.99
    assert np.isnan(scores.calibration([1, 0], [0.5, 0.5])["slope"])


def test_whether_a_score_beats_the_one_rule():
    random = np.random.default_rng(13)
    left = random.random(2000) < 0.4
    good, poor = (k * left + random.normal(size=2000) for k in (1.5, 0.5))
    assert score_findings.worth_of_score(left, good, poor).endswith(
        "it ranks better than the one rule. Take the model."
    )
    assert score_findings.worth_of_score(left, poor, good, "youngest first").endswith(
        "it ranks worse than the one rule. Take the one rule."
    )
    alike = score_findings.worth_of_score(
        left, good, good + 0.03 * random.normal(size=2000), "oldest first"
    )
    assert "that has been there longest" in alike
    assert alike.endswith("can be told from none. Take the one rule.")
    noise = score_findings.worth_of_score(left, random.normal(size=2000), random.normal(size=2000))
    assert noise.endswith("Neither is shown to rank better than a coin: take neither.")
