"""The churn model: nothing from after the cut, calibrated, and better than one rule."""

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import train_test_split

from crmlib import DataError, datasets
from crmlib.retention import churn, scores
from crmlib.retention.design import design, features, sources

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
    assert table.loc["b"].tolist() == [0, 0, 0, 0, True]  # buys again after the horizon
    assert "c" not in table.index  # no customer yet


def test_what_comes_after_the_cut_changes_no_feature(log):
    cut = pd.Timestamp("2024-06-30")
    later = log["time"] >= cut + pd.Timedelta(days=1)
    known = churn.purchase_history(log, cut)
    pd.testing.assert_frame_equal(known, churn.purchase_history(log[~later], cut))
    table = churn.churn_table(log, cut, HALF)
    pd.testing.assert_frame_equal(known, table.drop(columns="left"))
    changed = log.assign(amount=log["amount"].where(~later, 1e6))
    pd.testing.assert_frame_equal(table, churn.churn_table(changed, cut, HALF))


def test_a_horizon_beyond_the_log_is_refused(log):
    with pytest.raises(DataError, match="182 days after 2024-10-01 are over on 2025-04-01"):
        churn.churn_table(log, "2024-10-01", HALF)


# The model


def test_it_beats_the_rule_and_the_probability_is_meant(tables, model):
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
    assert card.loc["model", "auc"] > card.loc["silence", "auc"] > card.loc["rule", "auc"] > 0.6
    assert card.loc["model", "top"] > card.loc["silence", "top"] + 0.05
    assert card.loc["model", "brier"] < later["left"].mean() * (1 - later["left"].mean())
    table = scores.calibration_table(later["left"], probability)
    assert (table["forecast"] - table["observed"]).abs().max() < 0.15
    assert table["customers"].sum() == len(later)


def test_those_who_left_for_good_get_the_higher_risk(log, model):
    history = churn.purchase_history(log, "2024-06-30")
    truth = datasets.load("shop", "truth_customers").set_index("customer_id").loc[history.index]
    gone = (truth["left_on"] <= "2024-06-30").to_numpy()
    risk = model.predict_probability(history)
    assert risk[gone].mean() > risk[~gone].mean() + 0.1


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
    customer = pd.DataFrame([[700.0, 0, 700, 0]], columns=churn.HISTORY)
    [words] = model.explain(customer, most=2)
    assert words.startswith("Leaves with probability ")
    assert "Speaks for leaving: days since the last purchase 700 (odds × " in words
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


# A table of contracts


@pytest.fixture
def telco(shared_file):
    return pd.read_csv(shared_file("telco/Telco-Customer-Churn.csv"))


def test_telco_blanks_become_missing_and_the_model_holds(telco):
    table = churn.contract_table(telco, "Churn", leave_out=["customerID"])
    assert table["TotalCharges"].isna().sum() == 11
    assert set(telco.loc[table["TotalCharges"].isna(), "tenure"]) == {0}
    assert "customerID" not in table and len(table.columns) == 20
    seen, unseen = train_test_split(table, test_size=0.3, random_state=0, stratify=table["left"])
    model = churn.ChurnModel().fit(seen)
    p = model.predict_probability(unseen)
    tenure = scores.one_rule(-seen["tenure"], seen["left"])
    card = scores.scorecard(
        unseen["left"],
        {"model": p, "rule": -unseen["tenure"] >= tenure, "tenure": -unseen["tenure"]},
    )
    assert card.loc["model", "auc"] == pytest.approx(0.854, abs=0.005)
    assert card.loc["model", "auc"] > card.loc["tenure", "auc"] + 0.05
    calibration = scores.calibration_table(unseen["left"], p)
    inside = calibration["forecast"].between(calibration["lower"], calibration["upper"])
    assert inside.sum() >= 8
    assert "Contract Month-to-month" in " ".join(model.explain(unseen[:20]))


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("Churn", ["Yes", "perhaps"], "Churn is 'perhaps' in row 1; accepted: Yes or No"),
        ("Churn", ["Yes", None], "Churn is missing in row 1"),
        ("churned", ["Yes", "No"], "There is no column 'Churn'; did you mean 'churned'?"),
    ],
)
def test_contracts_refused(column, values, message):
    with pytest.raises(DataError, match=message.replace("?", r"\?")):
        churn.contract_table(pd.DataFrame({column: values, "x": [1, 2]}), "Churn")


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
    assert sources(fitted) == ["paid", "young", "paid", "plan", "plan", "plan"]
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
    assert model.contributions(table).columns.tolist() == ["x", "empty"]


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
