"""Retention curves, hazards and cohorts: published, by hand, and from known truth."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from crmlib import DataError, datasets
from crmlib.retention import evidence
from crmlib.retention.leaving import activity, hazard, survival

GOLDEN = [1, 2, 2, 3, 4, 5], [1, 1, 0, 1, 0, 1]  # 1, 2, 2+, 3, 4+, 5


# Kaplan and Meier


def test_golden_curve():
    curve = survival.kaplan_meier(*GOLDEN)
    by_time = curve.set_index("time")["survival"]
    np.testing.assert_allclose(by_time[[1, 2, 3, 5]], [0.8333, 0.6667, 0.4444, 0], atol=5e-5)
    assert curve["at_risk"].tolist() == [6, 6, 5, 3, 2, 1]
    assert curve["left"].tolist() == [0, 1, 1, 1, 0, 1]


def test_limits_are_greenwoods_on_the_log_log_scale():
    curve = survival.kaplan_meier(*GOLDEN).set_index("time")
    s, greenwood = 4 / 9, 1 / (6 * 5) + 1 / (5 * 4) + 1 / (3 * 2)  # at time 3, by hand
    error = np.sqrt(greenwood) / abs(np.log(s))
    assert curve.loc[3, "lower"] == pytest.approx(s ** np.exp(1.959964 * error), rel=1e-6)
    assert curve.loc[3, "upper"] == pytest.approx(s ** np.exp(-1.959964 * error), rel=1e-6)
    assert curve.loc[0, ["survival", "lower", "upper"]].tolist() == [1, 1, 1]
    assert curve.loc[5, ["lower", "upper"]].isna().all()


def test_without_censoring_it_is_the_share_still_there():
    duration = np.random.default_rng(1).geometric(0.2, 500)
    curve = survival.kaplan_meier(duration, np.ones(500))
    shares = [(duration > time).mean() for time in curve["time"]]
    np.testing.assert_allclose(curve["survival"], shares, atol=1e-12)


def test_censoring_at_random_does_not_move_the_curve_but_throwing_out_does():
    random = np.random.default_rng(2)
    stays, watched = random.exponential(10, 20_000), random.exponential(10, 20_000)
    duration, observed = np.minimum(stays, watched), stays <= watched
    truth = np.exp(-1)
    found = survival.survival_at(survival.kaplan_meier(duration, observed), 10)
    assert found == pytest.approx(truth, abs=0.015)
    left_only = survival.kaplan_meier(duration[observed], observed[observed])
    assert survival.survival_at(left_only, 10) < truth - 0.15


def test_the_interval_holds_the_truth_as_often_as_it_says():
    random, inside, truth = np.random.default_rng(3), 0, 0.7
    time = -10 * np.log(truth)
    for _ in range(400):
        stays, watched = random.exponential(10, 80), random.uniform(5, 30, 80)
        curve = survival.kaplan_meier(np.minimum(stays, watched), stays <= watched)
        row = curve[curve["time"] <= time].iloc[-1]
        inside += row["lower"] <= truth <= row["upper"]
    assert 0.92 < inside / 400 < 0.98


def test_nobody_left_and_everybody_left():
    assert survival.kaplan_meier([3, 4], [0, 0])["survival"].tolist() == [1, 1, 1]
    assert survival.kaplan_meier([0, 0], [1, 1])["survival"].tolist() == [0]


def test_reading_off_the_curve():
    curve = survival.kaplan_meier([1, 2, 3], [1, 1, 0])
    assert [survival.survival_at(curve, t) for t in (0, 0.9, 1, 3)] == pytest.approx(
        [1, 1, 2 / 3, 1 / 3]
    )
    assert np.isnan(survival.survival_at(curve, 3.1))
    assert survival.survival_at(survival.kaplan_meier([1], [1]), 99) == 0


@pytest.mark.parametrize(
    ("duration", "observed", "message"),
    [
        ([1, -2], [1, 1], "duration is -2 in row 1; accepted: a number, 0 or more."),
        ([1, np.nan], [1, 1], "duration is missing in row 1"),
        (["a"], [1], "duration is 'a' in row 0"),
        ([1, 2], [1, 3], "observed is 3 in row 1; accepted: True or False."),
        ([1, 2], [1], "There are 2 durations and 1 values of observed"),
        ([], [], "at least one"),
    ],
)
def test_durations_refused(duration, observed, message):
    with pytest.raises(DataError, match=message.replace(".", r"\.")):
        survival.kaplan_meier(duration, observed)


# Groups


def test_telco_by_contract(shared_file):
    table = pd.read_csv(shared_file("telco/Telco-Customer-Churn.csv"))
    table = table.assign(duration=table["tenure"], observed=table["Churn"] == "Yes")
    curves = dict(list(survival.retention_curves(table, "Contract").groupby("group")))
    for name, group in table.groupby("Contract"):
        gone = group[group["observed"]].groupby("duration").size()
        there = pd.Series({t: (group["duration"] >= t).sum() for t in gone.index})
        by_hand = (1 - gone / there).loc[:12].prod()
        assert survival.survival_at(curves[name], 12) == pytest.approx(by_hand)


def test_months_are_those_of_the_calendar():
    days = [
        ("2024-01-31", "2024-02-29"),
        ("2023-01-31", "2023-02-28"),
        ("2024-03-15", "2024-04-15"),
    ]
    days += [
        ("2024-02-29", "2025-02-28"),
        ("2024-01-31", "2024-02-28"),
        ("2024-01-01", "2024-01-16"),
    ]
    starts, ends = (pd.Series(pd.to_datetime(column)) for column in zip(*days))
    found = survival.elapsed(starts, ends)
    assert found[:4].tolist() == [1, 1, 1, 12]
    assert found[4:].tolist() == pytest.approx([28 / 29, 15 / 31])
    assert survival.elapsed(starts, ends, "year")[3] == 1
    assert survival.elapsed(starts, ends, "day")[0] == 29


def test_monthly_contracts_end_in_the_month_in_which_they_were_not_renewed(tmp_path):
    """Whoever leaves on a day of renewal leaves at a whole month, however long the months are."""
    random = np.random.default_rng(7)
    start = pd.Timestamp("2021-01-01") + pd.to_timedelta(random.integers(0, 700, 8000), "D")
    months = random.geometric(0.08, 8000)
    end = pd.Series([day + pd.DateOffset(months=int(n)) for day, n in zip(start, months)])
    table = pd.DataFrame({"start": start, "end": end.where(end <= "2024-06-30")})
    table.to_csv(tmp_path / "monthly.csv", index=False)
    found, _ = evidence.contracts(tmp_path / "monthly.csv", {"start": "start", "end": "end"})
    left = found[found["observed"]]
    assert (left["duration"] == months[found["observed"].to_numpy()]).all()
    hazards = hazard.hazard_table(hazard.person_periods(found))[:24]
    z = (hazards["hazard"] - 0.08) / np.sqrt(0.08 * 0.92 / hazards["at_risk"])
    assert (z.abs() < 3.5).all() and abs(z.mean()) < 1


# Do the groups differ?


def two_groups(seed, n=150, factor=1.0):
    random = np.random.default_rng(seed)
    group = random.integers(0, 2, n)
    stays, watched = random.exponential(10, n) * factor**group, random.uniform(2, 20, n)
    table = {"duration": np.ceil(np.minimum(stays, watched)), "observed": stays <= watched}
    return pd.DataFrame(table | {"plan": group})


@pytest.mark.parametrize("seed", range(3))
def test_log_rank_is_scipys_of_two_groups(seed):
    table = two_groups(seed, factor=1.5)
    groups = [
        stats.CensoredData(
            uncensored=part.loc[part["observed"], "duration"].to_numpy(),
            right=part.loc[~part["observed"], "duration"].to_numpy(),
        )
        for _plan, part in table.groupby("plan")
    ]
    found = survival.log_rank(survival.retention_curves(table, "plan"))
    assert found == pytest.approx(stats.logrank(*groups).pvalue, rel=1e-6)


def test_log_rank_finds_what_is_there_and_little_else():
    def found(table):
        return survival.log_rank(survival.retention_curves(table, "plan")) < 0.05

    def many(seed):
        letters = np.random.default_rng(seed).choice(list("abcdef"), 300)
        return two_groups(seed, 300).assign(plan=letters)

    assert 0.02 < np.mean([found(many(seed)) for seed in range(300)]) < 0.085
    assert np.mean([found(two_groups(seed, 300, 3.0)) for seed in range(50)]) > 0.95
    alone = survival.retention_curves(two_groups(1).assign(plan="a"), "plan")
    assert survival.log_rank(alone) == 1
    nobody = survival.retention_curves(two_groups(1).assign(observed=False), "plan")
    assert survival.log_rank(nobody) == 1


# Hazards


def test_person_periods_by_hand():
    table = pd.DataFrame(
        {"duration": [2, 2, 0, 1.5, 1.5], "observed": [1, 0, 0, 1, 0], "x": [*"abcde"]}
    )
    rows = hazard.person_periods(table, ["x"])
    assert list(zip(rows["x"], rows["period"], rows["left"])) == [
        ("a", 1, False),
        ("a", 2, True),
        ("b", 1, False),
        ("b", 2, False),
        ("d", 1, False),
        ("d", 2, True),
        ("e", 1, False),
    ]


def test_hazards_multiply_to_the_golden_curve():
    table = pd.DataFrame({"duration": GOLDEN[0], "observed": GOLDEN[1]})
    found = hazard.hazard_table(hazard.person_periods(table))
    np.testing.assert_allclose(
        np.cumprod(1 - found["hazard"]), survival.kaplan_meier(*GOLDEN)["survival"][1:]
    )


@pytest.fixture(scope="module")
def contracts():
    """20,000 customers: logit of leaving −2 − 0.5 log t − 0.7 (two years) + 0.3 x."""
    random = np.random.default_rng(4)
    n = 20_000
    long, x = random.integers(0, 2, n), random.integers(-1, 2, n)
    duration, here = np.full(n, 24.0), np.ones(n, dtype=bool)
    for period in range(1, 25):
        logit = -2 - 0.5 * np.log(period) - 0.7 * long + 0.3 * x
        goes = here & (random.random(n) < 1 / (1 + np.exp(-logit)))
        duration[goes], here = period, here & ~goes
    plan = np.where(long, "two years", "month")
    return pd.DataFrame({"duration": duration, "observed": ~here, "plan": plan, "x": x})


def test_hazard_model_finds_the_truth(contracts):
    rows = hazard.person_periods(contracts, ["plan", "x"])
    model = hazard.DiscreteTimeHazard().fit(rows, ["plan", "x"])
    truth = pd.Series(
        {"intercept": -2, "log period": -0.5, "period": 0, "plan: two years": -0.7, "x": 0.3}
    )
    z = (model.summary_["coefficient"] - truth) / model.summary_["standard_error"]
    assert (z.abs() < 3).all()
    assert model.summary_["standard_error"]["x"] < 0.03
    expected = 1 / (1 + np.exp(2 + 0.5 * np.log(6) + 0.7))
    found = model.predict_hazard(6, {"plan": "two years", "x": 0})
    assert found == pytest.approx(expected, rel=0.05)


def test_survival_of_the_hazard_model_is_that_of_the_customers(contracts):
    group = contracts[(contracts["plan"] == "month") & (contracts["x"] == 0)]
    model = hazard.DiscreteTimeHazard().fit(hazard.person_periods(group))
    curve = survival.kaplan_meier(group["duration"], group["observed"])
    np.testing.assert_allclose(model.predict_survival(24), curve["survival"], atol=0.015)


def test_hazard_refuses(contracts):
    with pytest.raises(DataError, match="no missing value"):
        rows = hazard.person_periods(contracts[:9], ["plan"]).assign(plan=None)
        hazard.DiscreteTimeHazard().fit(rows, ["plan"])
    with pytest.raises(DataError, match="somebody left"):
        hazard.DiscreteTimeHazard().fit(hazard.person_periods(contracts[~contracts["observed"]]))
    with pytest.raises(DataError, match="whole period"):
        hazard.person_periods(pd.DataFrame({"duration": [0.5], "observed": [0]}))
    model = hazard.DiscreteTimeHazard().fit(hazard.person_periods(contracts, ["plan"]), ["plan"])
    with pytest.raises(DataError, match="plan is 'weekly' in row 0; accepted: month, two years"):
        model.predict_hazard(1, {"plan": "weekly"})


# Without a contract


def test_cohorts_by_hand():
    log = pd.DataFrame(
        [("a", "2024-01-01"), ("a", "2024-01-20"), ("a", "2024-02-05"), ("b", "2024-02-10")]
        + [("b", "2024-05-01"), ("c", "2024-04-01"), ("c", "2024-05-02")],
        columns=["customer_id", "time"],
    ).astype({"time": "datetime64[us]"})
    found = activity.cohort_activity(log, observation_end="2024-05-31")
    assert found[["group", "time", "customers", "active"]].to_numpy().tolist() == [
        ["2024-Q1", 0, 2, 2],
        ["2024-Q1", 1, 2, 1],
        ["2024-Q1", 2, 2, 1],
        ["2024-Q2", 0, 1, 1],
        ["2024-Q2", 1, 1, 1],
    ]


def test_cohorts_of_cdnow():
    log, _ = datasets.transactions("cdnow")
    found = activity.cohort_activity(log)
    assert (found.loc[found["time"] == 0, "share"] == 1).all()
    assert found["customers"].max() == 2357
    assert ((found["lower"] <= found["share"]) & (found["share"] <= found["upper"])).all()
    with pytest.raises(DataError, match="whole year"):
        activity.cohort_activity(log[log["time"] < "1997-06-01"], unit="year")


def test_three_ways_are_read_at_the_same_age():
    contracts = pd.DataFrame(
        {"duration": [2.0, 5, 5], "observed": [True, False, False], "group": "2024-Q1"}
    )
    log = pd.DataFrame(
        [("a", "2024-01-01"), ("a", "2024-04-10"), ("b", "2024-02-10"), ("b", "2024-09-01")],
        columns=["customer_id", "time"],
    ).astype({"time": "datetime64[us]"})
    found = activity.three_ways(contracts, log, pd.Series({"a": 0.4, "b": 0.8}), age=3)
    assert found.index.tolist() == ["2024-Q1"]
    assert found.iloc[0].tolist() == pytest.approx([2 / 3, 0.5, 0.6])
