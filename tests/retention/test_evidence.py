"""Which kind of table it is, what it is read as, and what is said where it holds no answer."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from crmlib import DataError
from crmlib.errors import CannotAnswer
from crmlib.retention import contact_list, evidence, findings, power, targeting
from crmlib.retention.campaign import average_effect
from crmlib.retention.uplift import TwoModel, cross_fitted


def written(folder, name="table.csv", **columns):
    path = folder / name
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


# Contracts


def test_dates_as_contracts(tmp_path):
    path = written(
        tmp_path,
        begin=["2024-01-01", "2024-04-01", "2024-02-01", ""],
        over=["2024-03-01", "", "2024-01-01", "2024-03-01"],
        plan=["a", "b", "a", "a"],
    )
    table, report = evidence.contracts(path, {"start": "begin", "end": "over"})
    assert (report.rows_in, report.rows_kept, report.rows_aside) == (4, 2, 2)
    assert table["observed"].tolist() == [True, False]
    assert table["duration"].tolist() == pytest.approx([60 / 30.436875, 0])
    assert table["group"].tolist() == ["2024-Q1", "2024-Q2"]
    named, _ = evidence.contracts(path, {"start": "begin", "end": "over", "group": "plan"})
    assert named["group"].tolist() == ["a", "b"]


def test_durations_as_contracts(tmp_path):
    path = written(tmp_path, months=[3, 0, "?", 7], gone=["Yes", "no", "no", ""])
    table, report = evidence.contracts(path, {"duration": "months", "left": "gone"})
    assert table[["duration", "observed"]].to_numpy().tolist() == [[3, True], [0, False]]
    assert str(report).startswith("4 rows in: 2 kept, 2 set aside")


def test_a_table_of_one_day_is_said_to_be_one(shared_file):
    path = shared_file("telco/Telco-Customer-Churn.csv")
    table, _ = evidence.contracts(path, {"duration": "tenure", "left": "Churn"})
    words = findings.ended(table)
    assert words.startswith("1,869 of 7,043 have ended.")
    assert "all who left earlier are missing, and the curve is too high" in words
    assert "11 have a duration of 0" in words and "TotalCharges is blank in 11 rows" in words


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"duration": "months"}, "two columns are needed: duration=…,left=…"),
        ({"duration": "month", "left": "gone"}, "did you mean 'months'"),
        ({"duration": "months", "left": "gone"}, "gone is maybe in row 1; accepted: 1 or 0"),
        ({"start": "months", "end": "begin"}, "There is no column 'begin'"),
    ],
)
def test_contracts_refused(tmp_path, columns, message):
    path = written(tmp_path, months=[3, 4], gone=["yes", "maybe"])
    with pytest.raises(DataError, match=message.replace("maybe in", "'maybe' in")):
        evidence.contracts(path, columns)


def test_contracts_that_hardly_ended_cannot_answer():
    table = pd.DataFrame({"duration": np.arange(100.0), "observed": np.arange(100) < 9})
    with pytest.raises(CannotAnswer, match="9 of 100 ended, and 10 are needed"):
        findings.ended(table.assign(cohort="2024-Q1"))


# Campaigns


def campaign_file(folder, n=400, effect=0.0, seed=1, **more):
    random = np.random.default_rng(seed)
    mailed = random.permutation(n) < n / 2
    bought = random.random(n) < 0.2 + effect * mailed
    columns = {"id": [f"K{i}" for i in range(n)], "age": random.integers(20, 70, n)}
    columns |= {"mailed": np.where(mailed, "Yes", "no"), "bought": bought.astype(int)} | more
    return written(folder, **columns), mailed, bought


ROLES = {"treatment": "mailed", "outcome": "bought", "customer_id": "id"}


def test_words_as_a_campaign(tmp_path):
    path, mailed, bought = campaign_file(tmp_path)
    found, report = evidence.campaign(path, ROLES)
    assert found.treated.tolist() == mailed.tolist()
    assert found.outcome.tolist() == bought.astype(float).tolist()
    assert found.features.columns.tolist() == ["age"]
    assert found.features.index[0] == "K0"
    assert str(report) == "400 rows in: 400 kept, 0 set aside."
    hidden, _ = evidence.campaign(path, ROLES, show_names=False)
    assert hidden.features.index[0] == 2 and hidden.features.index.name == "row"


def test_two_arms_of_three_and_no_outcome(tmp_path):
    arms = np.repeat(["m", "w", "n"], 200)
    paid = np.append(np.full(599, 2.5), np.nan)
    path = written(tmp_path, arm=arms, paid=paid, spy=paid * 2, age=np.arange(600) % 50)
    columns = {"treatment": "arm", "outcome": "paid", "contacted": "w", "held_out": "n"}
    found, report = evidence.campaign(path, columns | {"leave_out": "spy"})
    assert (found.treated.sum(), (~found.treated).sum()) == (200, 199)
    assert found.features.columns.tolist() == ["age"]
    assert str(report).startswith("600 rows in: 399 kept, 201 set aside")
    with pytest.raises(DataError, match="arm holds 'm', 'w', 'n'; say which two to compare"):
        evidence.campaign(path, {"treatment": "arm", "outcome": "paid"})


@pytest.mark.parametrize(
    ("change", "columns", "message"),
    [
        ({}, {"treatment": "mailed"}, "two columns are needed: treatment=…,outcome=…"),
        ({}, ROLES | {"outcome": "bougth"}, "did you mean 'bought'"),
        ({"bought": ["?"] * 400}, ROLES, "accepted: a number"),
        ({}, ROLES | {"leave_out": "nothing"}, "There is no column 'nothing'"),
    ],
)
def test_campaigns_refused(tmp_path, change, columns, message):
    path, *_ = campaign_file(tmp_path, **change)
    with pytest.raises(DataError, match=message):
        evidence.campaign(path, columns)


def test_a_small_campaign_cannot_answer(tmp_path):
    path, *_ = campaign_file(tmp_path, n=150)
    with pytest.raises(CannotAnswer, match="75 were contacted, and 100 are needed"):
        evidence.campaign(path, ROLES)


def test_what_a_table_is_not_is_looked_at_in_the_shop(tmp_path):
    path, *_ = campaign_file(tmp_path)
    assert len(evidence.contracts(path, ROLES)[0]) == 2091
    assert evidence.log(path, ROLES)[0]["customer_id"].nunique() == 2454
    assert len(evidence.campaign("cdnow", {})[0].outcome) == 1634
    assert np.isnan(evidence.shop_truth(evidence.campaign(path, ROLES)[0])).all()


# The decision, and its list


@pytest.mark.parametrize("seed", range(3))
def test_a_campaign_without_effect_lists_nobody(tmp_path, seed):
    path, *_ = campaign_file(tmp_path, n=1000, seed=seed)
    found, _ = evidence.campaign(path, ROLES)
    uplift = cross_fitted(TwoModel(), found)["uplift"]
    target = targeting.top(uplift, 0.3)
    decision = targeting.decide(found, target, 60, 2, budget=0.3)
    listed = contact_list.planned(found, decision, target, uplift, 60, 2, budget=0.3)
    assert decision.verdict == "nobody" and not len(listed)
    assert findings.planned(decision, listed) == "Nobody is on the list, and nothing is spent."


def test_a_list_drawn_by_lot_promises_the_average_effect(tmp_path):
    path, *_ = campaign_file(tmp_path, n=2000, effect=0.3)
    found, _ = evidence.campaign(path, ROLES)
    uplift = cross_fitted(TwoModel(), found)["uplift"]
    target = targeting.top(uplift, 0.3)
    decision = targeting.decide(found, target, 60, 2, budget=0.3)
    assert decision.verdict == "everyone"
    listed = contact_list.planned(found, decision, target, uplift, 60, 2, budget=0.3)
    assert len(listed) == 600
    assert listed["uplift"].unique() == pytest.approx(average_effect(found)["effect"])
    held = (listed["group"] == contact_list.HOLD_OUT).sum()
    share = average_effect(found)["held_out"]
    sizes = [power.power(600 - n, n, share, listed["uplift"].iloc[0]) for n in (held - 1, held)]
    assert sizes[0] < 0.8 <= sizes[1]


def test_the_hold_out_of_amounts_sees_the_effect_as_often_as_it_says():
    random, seen = np.random.default_rng(1), 0
    n = power.hold_out_size_of_amounts(400, deviation=10, effect=4)
    for _ in range(400):
        mail, none = random.normal(4, 10, 400 - n), random.normal(0, 10, n)
        error = np.sqrt(mail.var(ddof=1) / (400 - n) + none.var(ddof=1) / n)
        seen += abs(mail.mean() - none.mean()) > 1.96 * error
    assert seen / 400 == pytest.approx(0.8, abs=0.05)
    assert power.hold_out_size_of_amounts(400, deviation=100, effect=4) == 200


# A log


def log(days, customers):
    start = pd.Timestamp("2024-01-01")
    times = [start + pd.Timedelta(days=int(d)) for d in np.linspace(0, days, 2 * customers)]
    return pd.DataFrame({"customer_id": np.arange(2 * customers) % customers, "time": times})


def test_a_short_log_and_one_with_few_customers_cannot_answer():
    assert len(findings.cuts(log(600, 900), 182)) == 2
    with pytest.raises(CannotAnswer, match="runs for 500 days, and three times 182"):
        findings.cuts(log(500, 900), 182)
    with pytest.raises(CannotAnswer, match="it knew 48 customers, and 200 are needed"):
        findings.cuts(log(600, 60), 182)


@pytest.mark.parametrize(
    ("low", "high", "end"),
    [
        (0.05, 0.10, "on average it pays."),
        (-0.02, 0.02, "on average it does not pay."),
        (-0.02, 0.05, "no effect can be told from none."),
        (0.01, 0.05, "whether it pays on average, these data cannot say."),
    ],
)
def test_what_an_interval_says(low, high, end):
    found = pd.Series({"effect": (low + high) / 2, "lower": low, "upper": high})
    assert findings.effect(found, value=60, cost=2).endswith(end)


def test_a_verdict_of_nobody_lists_nobody_even_where_the_average_would_pay(tmp_path):
    path, *_ = campaign_file(tmp_path, n=2000, effect=0.3)
    found, _ = evidence.campaign(path, ROLES)
    nobody = SimpleNamespace(verdict="nobody")
    everyone = np.ones(2000)
    assert not len(contact_list.planned(found, nobody, everyone, 0.3 * everyone, 60, 2))
