"""Which kind of table it is, what it is read as, and what is said where it holds no answer."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from crmlib import DataError, datasets, ranking
from crmlib.errors import CannotAnswer
from crmlib.retention import evidence, kinds, shop
from crmlib.retention.campaigns import campaign_findings, contact_list, power, targeting
from crmlib.retention.campaigns.campaign import average_effect
from crmlib.retention.campaigns.uplift import TwoModel, place, progressive
from crmlib.retention.contracts import contract_churn
from crmlib.retention.leaving import churn, findings, score_findings, scores


def written(folder, name="table.csv", **columns):
    path = folder / name
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def taken(report):
    """What a reading says of its columns, by role."""
    return {role: rest for role, *rest in report.columns.to_numpy().tolist()}


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
    assert table["duration"].tolist() == [2, 0]
    assert report.columns == {"start": "begin", "end": "over"} and not report.unused
    assert table["group"].tolist() == ["2024-Q1", "2024-Q2"]
    named, _ = evidence.contracts(path, {"start": "begin", "end": "over", "group": "plan"})
    assert named["group"].tolist() == ["a", "b"]
    assert named.attrs["last_day"] == pd.Timestamp("2024-04-01")


def test_a_clean_table_has_no_empty_table_of_findings(tmp_path):
    path = written(tmp_path, start=["2024-01-01", "2024-02-01"], end=["2024-03-01", ""])
    _table, report = evidence.contracts(path, {"start": "start", "end": "end"})
    for told in str(report), report._repr_html_():
        assert "Nothing was found wrong." in told and "Findings" not in told


def test_durations_as_contracts(tmp_path):
    path = written(tmp_path, months=[3, 0, "?", 7], gone=["Yes", "no", "no", ""])
    table, report = evidence.contracts(path, {"duration": "months", "left": "gone"})
    assert table[["duration", "observed"]].to_numpy().tolist() == [[3, True], [0, False]]
    assert str(report).startswith("4 rows in: 2 kept, 2 set aside")


def test_a_table_of_one_day_is_said_to_be_one(shared_file):
    path = shared_file("telco/Telco-Customer-Churn.csv")
    table, _ = evidence.contracts(path, datasets.roles("telco"))
    assert sorted(set(table["group"])) == ["Month-to-month", "One year", "Two year"]
    words = findings.ended(table)
    assert words.startswith("1,869 of 7,043 have ended.")
    assert "all who left earlier are missing, and the curve is too high" in words
    assert "11 have a duration of 0" in words and "TotalCharges is blank in 11 rows" in words


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"duration": "months"}, "two columns are needed: duration=…,left=…"),
        ({"duration": "month", "left": "gone"}, "did you mean 'months'"),
        (
            {"duration": "months", "left": "gone"},
            "gone is maybe in row 3; accepted: a number, or yes and no",
        ),
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
    assert str(report).startswith("400 rows in: 400 kept, 0 set aside.\n\n")
    assert taken(report)["treatment"] == ["mailed", "contacted: Yes; held out: no"]
    assert taken(report)["outcome"] == ["bought", "good: 1; not: 0"]
    assert taken(report)["looked at"] == ["age", "known before"]
    assert "<td>contacted: Yes; held out: no</td>" in report._repr_html_()
    hidden, report = evidence.campaign(path, ROLES, show_names=False)
    assert hidden.features.index[0] == 2 and hidden.features.index.name == "row"
    assert taken(report)["customer"] == ["row", "her row in the file, the headings being row 1"]


def test_ids_are_recognised_and_no_model_sees_them(tmp_path):
    path, *_ = campaign_file(tmp_path, Kundennummer=np.arange(1000, 1400))
    found, report = evidence.campaign(path, {"treatment": "mailed", "outcome": "bought"})
    assert found.features.columns.tolist() == ["age"]
    assert found.features.index[:2].tolist() == ["K0", "K1"]  # the first of the two
    assert taken(report)["not looked at"][0] == "id, Kundennummer"


@pytest.mark.parametrize(("yes", "no"), [("ja", "nein"), ("是", "否"), ("True", "False")])
def test_yes_and_no_in_other_languages(tmp_path, yes, no):
    path, mailed, bought = campaign_file(tmp_path)
    table = pd.read_csv(path).assign(
        mailed=np.where(mailed, yes, no), bought=np.where(bought, yes, no)
    )
    table.to_csv(path, index=False)
    found, report = evidence.campaign(path, ROLES)
    assert (found.treated == mailed).all() and (found.outcome == bought).all()
    assert taken(report)["outcome"] == ["bought", f"good: {yes}; not: {no}"]


def test_headings_that_are_the_roles_need_not_be_named(tmp_path):
    path, *_ = campaign_file(tmp_path)
    table = pd.read_csv(path).rename(columns={"mailed": "treatment", "bought": "outcome"})
    table.to_csv(path, index=False)
    columns = datasets.roles(path)
    assert kinds.kind(columns) == "campaign"
    assert len(evidence.campaign(path, columns)[0].outcome) == len(table)


def test_an_outcome_that_sounds_like_leaving_is_asked_about(tmp_path):
    path, *_ = campaign_file(tmp_path)
    pd.read_csv(path).rename(columns={"bought": "churned"}).to_csv(path, index=False)
    roles = ROLES | {"outcome": "churned"}
    with pytest.raises(DataError, match="churned sounds like leaving; say which .* good=0 where"):
        evidence.campaign(path, roles)
    found, _report = evidence.campaign(path, roles | {"good": "1"})
    turned, report = evidence.campaign(path, roles | {"good": "0"})
    assert (turned.outcome == 1 - found.outcome).all()
    assert taken(report)["outcome"] == ["churned", "good: 0; not: 1"]
    with pytest.raises(DataError, match="stayed somewhere in the column"):
        evidence.campaign(path, roles | {"good": "stayed"})


def test_who_stayed_may_be_what_the_column_says(tmp_path):
    path = written(tmp_path, months=[3, 4, 7], geblieben=["ja", "nein", "ja"])
    roles = {"duration": "months", "left": "geblieben"}
    table, report = evidence.contracts(path, roles)
    assert table["observed"].tolist() == [True, False, True]
    assert report.warning.startswith("geblieben sounds like staying")
    table, report = evidence.contracts(path, roles | {"good": "ja"})
    assert table["observed"].tolist() == [False, True, False]
    assert taken(report)["left"] == ["geblieben", "left: nein; still there: ja"]


# What a table is


def test_roles_are_given_known_or_read_from_the_headings(tmp_path):
    dated = written(tmp_path, **{"Signup Date": ["2024-01-01"], "cancelled_at": [""], "x": [1]})
    assert datasets.roles(dated) == {"start": "Signup Date", "end": "cancelled_at"}
    assert datasets.roles(dated, {"start": "x"}) == {"start": "x"}
    log = written(
        tmp_path, "log.csv", customer=[1], date=["2024-01-01"], sales=[2.0], start=1, end=2
    )
    assert datasets.roles(log) == {} == datasets.roles(tmp_path / "none.csv")
    assert datasets.roles("cdnow") == {}
    assert kinds.kind(datasets.roles("telco")) == "contracts"
    assert kinds.kind(datasets.roles("hillstrom")) == "campaign"
    with pytest.raises(
        DataError, match="no role 'treatmnt' for a column; did you mean 'treatment'"
    ):
        kinds.kind({"treatmnt": "x"})


def test_what_is_no_log_says_what_else_the_lesson_takes(tmp_path):
    path = written(tmp_path, a=[1, 2], b=[3, 4])
    with pytest.raises(DataError, match="If it is no log of purchases, say so: --columns start=…"):
        evidence.log(path, {})
    with pytest.raises(DataError) as told:
        evidence.log(path, {"customer_id": "a"})
    assert "start=" not in str(told.value)


# A score for contracts


def running(n=4000, seed=3):
    """Contracts of 2022 to 2024; those of plan a end sooner, the note is written when they end."""
    random = np.random.default_rng(seed)
    start = pd.Timestamp("2022-01-01") + pd.to_timedelta(random.integers(0, 900, n), "D")
    plan = random.choice(["a", "b"], n)
    end = start + pd.to_timedelta(random.exponential(np.where(plan == "a", 250, 1500), n), "D")
    end = pd.Series(end).dt.normalize()
    end = end.where(end <= "2024-12-31")
    note = np.where(end.notna(), random.choice(["price", "moved"], n), "")
    return {"contract_id": np.arange(n), "start": start, "end": end, "plan": plan, "note": note}


def test_contracts_are_judged_on_a_later_day(tmp_path):
    columns = running()
    path = written(tmp_path, **columns)
    given = {"start": "start", "end": "end", "leave_out": "note"}
    contracts, _ = evidence.contracts(path, given)
    tables = contract_churn.contract_tables(contracts, given, 182)
    assert tables.learn.columns.tolist() == ["plan", "tenure", "left"]
    truth = pd.DataFrame(columns).set_index(contracts.index)
    last = contracts.attrs["last_day"]
    for table, back in (tables.learn, 364), (tables.judge, 182):
        cut = last - pd.Timedelta(days=back)
        there = (truth["start"] <= cut) & ~(truth["end"] <= cut)
        assert table.index.tolist() == truth.index[there].tolist()
        soon = truth["end"][there] <= cut + pd.Timedelta(days=182)
        assert (table["left"] == soon).all()
    assert len(tables.now) == contracts["end"].isna().sum()
    assert tables.now.index.name == "customer_id"
    model = churn.ChurnModel().fit(tables.learn)
    risk = model.predict_probability(tables.judge)
    youth = -tables.judge["tenure"]
    left = tables.judge["left"]
    assert "better than the one rule" in score_findings.worth_of_score(left, risk, youth)
    assert "may be used in a calculation" in score_findings.calibrated(left, risk)


def test_what_happens_after_the_day_changes_nothing_that_is_learned_from(tmp_path):
    columns = running()
    given = {"start": "start", "end": "end", "leave_out": "note"}
    found = []
    for change in (False, True):
        if change:
            later = (columns["end"] > pd.Timestamp("2024-07-02")) & (
                columns["contract_id"] % 2 == 0
            )
            columns = columns | {"end": columns["end"].mask(later)}
        path = written(tmp_path, **columns)
        contracts, _ = evidence.contracts(path, given)
        contracts.attrs["last_day"] = pd.Timestamp("2024-12-31")
        found.append(contract_churn.contract_tables(contracts, given, 182).learn)
    pd.testing.assert_frame_equal(*found)


def test_few_contracts_have_no_score(tmp_path):
    path = written(tmp_path, **running(300))
    given = {"start": "start", "end": "end"}
    with pytest.raises(CannotAnswer, match="cannot say who is at risk"):
        contract_churn.contract_tables(evidence.contracts(path, given)[0], given, 182)


def test_telco_without_days(shared_file):
    path = shared_file("telco/Telco-Customer-Churn.csv")
    given = datasets.roles("telco")
    contracts, _ = evidence.contracts(path, given)
    tables = contract_churn.contract_tables(contracts, given, 182)
    assert "customerID" not in tables.learn and "Churn" not in tables.learn
    assert (
        tables.learn["TotalCharges"].isna().sum() + tables.judge["TotalCharges"].isna().sum() == 11
    )
    assert (len(tables.learn), len(tables.judge), len(tables.now)) == (4930, 2113, 5174)
    assert tables.now.index.name == "customer_id" and tables.now.index.is_unique
    assert "The table has no days, so a lot decides" in tables.told
    model = churn.ChurnModel().fit(tables.learn)
    risk = model.predict_probability(tables.judge)
    name, sign = contract_churn.youth(tables.learn, tables.tenure)
    left, youth = tables.judge["left"], sign * tables.judge[tables.tenure]
    card = scores.scorecard(left, {"model": risk, name: youth})
    assert card.loc["model", "auc"] == pytest.approx(0.854, abs=0.005)
    assert name == "youngest first" and card.loc[name, "auc"] == pytest.approx(0.75, abs=0.005)
    worth = score_findings.worth_of_score(left, risk, youth, name)
    assert worth.endswith("it ranks better than the one rule. Take the model.")
    said = score_findings.calibrated(left, risk)
    assert said.endswith("The numbers may be used in a calculation.")
    assert "Contract Month-to-month" in " ".join(model.explain(tables.judge[:20]))
    hidden = contract_churn.contract_tables(contracts, given, 182, show_names=False)
    assert hidden.now.index.name == "row" and hidden.now.index.min() >= 2


def test_what_is_left_out_is_that_of_a_table_of_contracts():
    """A campaign's columns say nothing about the shop's permissions, which are shown beside it."""
    contracts, _ = evidence.contracts("hillstrom", datasets.roles("hillstrom"))
    tables = contract_churn.contract_tables(contracts, datasets.roles("hillstrom"), 182)
    assert len(tables.judge) == 1572


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
    assert np.isnan(shop.truth(evidence.campaign(path, ROLES)[0])).all()


# The decision, and its list


def decided(found):
    """A decision, and the list that comes of it, as the lesson makes them."""
    outcomes = progressive(TwoModel(), found)
    judged = (outcomes["group"] > 0).to_numpy()
    order = place(outcomes["uplift"], outcomes["group"])
    target = ranking.top(order, 0.3)
    tested = found.take(judged)
    decision = targeting.decide(tested, target[judged], 60, 2, budget=0.3)
    uplift = contact_list.calibrated_uplift(tested, order[judged], order)
    return decision, contact_list.planned(found, decision, target, order, uplift, 60, 2)


@pytest.mark.parametrize("seed", range(3))
def test_a_campaign_without_effect_lists_nobody(tmp_path, seed):
    path, *_ = campaign_file(tmp_path, n=1000, seed=seed)
    decision, listed = decided(evidence.campaign(path, ROLES)[0])
    assert decision.verdict == "nobody" and not len(listed)
    told = campaign_findings.planned(decision, listed)
    assert told == "Nobody is on the list, and nothing is spent."


def test_a_list_drawn_by_lot_promises_the_average_effect(tmp_path):
    path, *_ = campaign_file(tmp_path, n=2000, effect=0.3)
    found, _ = evidence.campaign(path, ROLES)
    decision, listed = decided(found)
    assert decision.verdict == "everyone" and len(listed) == 600
    effect = average_effect(found)["effect"]
    assert listed["uplift"].unique() == pytest.approx(effect)
    assert not listed.index.is_monotonic_increasing  # by lot, not the first of the file
    held = (listed["group"] == contact_list.HOLD_OUT).sum()
    deviation = found.outcome.std(ddof=1)  # of those drawn it is about as large
    assert held == pytest.approx(power.hold_out_size(600, deviation, effect - 2 / 60), rel=0.1)


# A log


def log(days, customers):
    start = pd.Timestamp("2024-01-01")
    times = [start + pd.Timedelta(days=int(d)) for d in np.linspace(0, days, 2 * customers)]
    return pd.DataFrame({"customer_id": np.arange(2 * customers) % customers, "time": times})


def test_a_short_log_and_one_with_few_customers_cannot_answer():
    assert len(findings.cuts(log(600, 900), 182)) == 2
    with pytest.raises(CannotAnswer, match="runs for 500 days, and three times 182"):
        findings.cuts(log(500, 900), 182)
    with pytest.raises(CannotAnswer, match="2024-08-24 37 customers bought, and 200 are needed"):
        findings.cuts(log(600, 60), 182)


def test_who_is_not_asked_about():
    table = log(600, 900).assign(amount=1.0)
    cuts = findings.cuts(table, 182)
    told = findings.asked_about(table, cuts, 182)
    counts = []
    for cut in cuts:
        history = churn.purchase_history(table, cut)
        counts += [(history["silence"] < 182).sum(), (history["silence"] >= 182).sum()]
    a, out_a, b, out_b = counts
    assert out_b > 0 and f"Learned from {a} customers" in told and f"judged by {b} of" in told
    assert f"; {out_a} and {out_b} others had bought nothing for 182 days" in told
    made = churn.churn_table(table, cuts[1], 182)
    assert len(made) == b
    assert score_findings.listed(None, 5, 3).startswith("Nobody is listed")
    assert "not listed" not in score_findings.listed("model", 5)


@pytest.mark.parametrize(
    ("low", "high", "end"),
    [
        (0.05, 0.10, "on average it pays."),
        (-0.02, 0.02, "on average it does not pay."),
        (-0.02, 0.05, "to see +3.3 points takes about 1,455 customers in each arm."),
        (0.01, 0.05, "whether it pays on average, these data cannot say."),
    ],
)
def test_what_an_interval_says(low, high, end):
    found = pd.Series({"effect": (low + high) / 2, "lower": low, "upper": high, "held_out": 0.1})
    assert campaign_findings.effect(found, value=60, cost=2).endswith(end)


def test_a_verdict_of_nobody_lists_nobody_even_where_the_average_would_pay(tmp_path):
    path, *_ = campaign_file(tmp_path, n=2000, effect=0.3)
    found, _ = evidence.campaign(path, ROLES)
    nobody = SimpleNamespace(verdict="nobody")
    everyone = np.ones(2000)
    assert not len(contact_list.planned(found, nobody, everyone, everyone, 0.3 * everyone, 60, 2))
