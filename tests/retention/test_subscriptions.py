"""Contracts into periods: by the calendar, without bias, and with every row accounted for."""

import numpy as np
import pandas as pd
import pytest

from crmlib import DataError, datasets
from crmlib.errors import CannotAnswer
from crmlib.retention import subscriptions
from crmlib.retention.heterogeneity import mixed_value, one_rate, room


def table(*contracts):
    return pd.DataFrame(contracts, columns=["start", "end"])


def simulated(n, alpha, beta, unit, seed, last="2025-06-30"):
    """Contracts of customers who each leave at a renewal with a probability of their own."""
    random = np.random.default_rng(seed)
    last = pd.Timestamp(last)
    start = last - pd.to_timedelta(random.integers(0, 9 * 365, n), unit="D")
    paid = np.minimum(random.geometric(random.beta(alpha, beta, n)), 200)
    end = [day + pd.DateOffset(**{f"{unit}s": int(k)}) for day, k in zip(start, paid)]
    end = pd.Series(end)
    return pd.DataFrame({"start": start, "end": end.where(end <= last)})


# periods


@pytest.mark.parametrize(
    ("unit", "start", "end", "paid"),
    [
        ("year", "2023-01-01", "2023-12-31", 1),
        ("year", "2020-01-01", "2021-01-01", 1),  # 366 days
        ("year", "2020-02-29", "2021-02-28", 1),
        ("year", "2020-01-01", "2021-01-02", 2),
        ("month", "2024-01-31", "2024-02-29", 1),
        ("month", "2024-01-31", "2024-03-01", 2),
        ("month", "2024-02-29", "2024-03-29", 1),
        ("month", "2024-01-15", "2024-01-15", 1),  # gone on the first day
        ("week", "2024-01-01", "2024-01-08", 1),
        ("week", "2024-01-01", "2024-01-09", 2),
        ("day", "2024-01-01", "2024-01-03", 2),
    ],
)
def test_a_contract_that_ends_by_its_anniversary_was_not_renewed(unit, start, end, paid):
    contracts, _ = subscriptions.read(table((start, end)), unit=unit, observation_end="2030-01-01")
    assert contracts[["duration", "observed"]].to_numpy().tolist() == [[paid, True]]


@pytest.mark.parametrize(
    ("unit", "last", "lived"),
    [
        ("year", "2025-07-03", 1),
        ("month", "2025-07-03", 17),
        ("month", "2024-02-29", 1),  # the month has no day 31
        ("month", "2024-02-28", 0),
        ("week", "2025-07-03", 74),
        ("day", "2025-07-03", 519),
    ],
)
def test_whoever_is_still_there_was_followed_for_whole_periods(unit, last, lived):
    contracts, _ = subscriptions.read(table(("2024-01-31", None)), unit=unit, observation_end=last)
    assert contracts[["duration", "observed"]].to_numpy().tolist() == [[lived, False]]


def test_who_leaves_in_the_period_under_way_does_not_count_yet():
    contracts, _ = subscriptions.read(
        table(("2023-01-01", "2024-06-01"), ("2023-01-01", "2023-06-01")),
        observation_end="2024-07-01",
    )
    assert contracts[["duration", "observed"]].to_numpy().tolist() == [[1, False], [1, True]]


@pytest.mark.parametrize("unit", ["month", "year"])
def test_the_shares_are_those_of_the_truth(unit):
    """A customer counted in a period that others have not lived through would lower them."""
    alpha, beta = {"month": (0.9, 12.0), "year": (0.8, 3.2)}[unit]
    contracts, _ = subscriptions.read(
        simulated(20_000, alpha, beta, unit, seed=3), unit=unit, observation_end="2025-06-30"
    )
    alive = subscriptions.survivors(contracts)["all"]
    ages = np.arange(1, len(alive))
    truth = np.cumprod((beta + ages - 1) / (alpha + beta + ages - 1))
    assert (alive / alive.iloc[0]).to_numpy()[1:] == pytest.approx(truth, abs=0.015)


def test_periods_at_risk_are_those_really_watched():
    contracts, _ = subscriptions.read(simulated(5000, 0.8, 3.2, "year", seed=4))
    alive = subscriptions.survivors(contracts)["all"]
    ages = len(alive) - 1
    watched = contracts["duration"].clip(upper=ages).sum()
    assert alive.iloc[:-1].sum() == pytest.approx(watched, rel=1e-9)
    assert (contracts["duration"] >= ages).sum() >= 30 > (contracts["duration"] > ages).sum()


def test_published_survivors_come_back():
    published = datasets.load("sbg").set_index("year")
    contracts, report = subscriptions.read(datasets.table("sbg"))
    alive = subscriptions.survivors(contracts)
    assert alive.columns.tolist() == ["regular", "high end"]
    assert alive.to_numpy() == pytest.approx(10 * published.to_numpy(), rel=1e-9)
    assert report == "survival.csv: 13 ages of 2 groups, none set aside."


# rows in = rows kept + rows set aside


def test_every_row_is_kept_or_set_aside_with_a_reason():
    messy = table(
        ("2020-01-01", "2021-01-01"),
        ("", "2021-01-01"),
        ("2020-05-01", "2019-05-01"),
        ("2020-05-01", "soon"),
        ("2030-01-01", ""),
        ("2020-05-01", "9999-12-31"),
        ("2020-06-01", ""),
        ("2020-07-01", "2022-07-01"),
    ).replace("", None)
    contracts, report = subscriptions.read(messy, observation_end="2024-12-31")
    assert (report.rows_in, report.rows_kept, report.rows_aside) == (8, 4, 4)
    assert len(contracts) == 4
    assert report.aside["row"].tolist() == [1, 2, 3, 4]
    assert report.aside["reason"].tolist() == [
        "no start, or none that can be read",
        "end before start",
        "end that cannot be read",
        "start after the last day",
    ]
    assert report.findings["rows"].to_dict() == {
        "missing_start": 1,
        "unreadable_end": 1,
        "end_before_start": 1,
        "start_too_late": 1,
        "never": 1,
    }


def test_columns_are_recognised_or_given():
    german = table(("2020-01-01", "2021-01-01")).rename(columns={"start": "Beginn", "end": "Ende"})
    with pytest.raises(DataError, match=r"recognised as start among 'Beginn', 'Ende'; say which"):
        subscriptions.read(german)
    with pytest.raises(DataError, match="There is no column 'Begin'; did you mean 'Beginn'?"):
        subscriptions.read(german, {"start": "Begin", "end": "Ende"})
    subscriptions.read(german, {"start": "Beginn", "end": "Ende"})
    subscriptions.read(german.set_axis(["Start Date", "cancelled_at"], axis=1))
    subscriptions.read(german.set_axis(["开始日期", "结束日期"], axis=1))


def test_contracts_numbered_from_0_are_no_ages():
    numbered = table(("2020-01-01", "2021-01-01"), ("2020-01-01", None), ("2020-02-01", None))
    numbered.insert(0, "contract", range(3))
    contracts, report = subscriptions.read(numbered, observation_end="2022-01-01")
    assert contracts["duration"].tolist() == [1, 2, 1]
    assert report.rows_in == 3


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"year": [0, 1, 2], "all": [100, 90, 95]}, "all rises at age 2; accepted"),
        ({"year": [0, 1, 2], "all": [100, -1, -2]}, "all is -1; accepted"),
    ],
)
def test_survivors_that_rise_or_are_negative_are_refused(wrong, message):
    with pytest.raises(DataError, match=message):
        subscriptions.read(pd.DataFrame(wrong))


def test_a_table_nobody_left_from_can_be_read():
    contracts, report = subscriptions.read(
        table(*[("2020-01-01", None)] * 3), observation_end="2023-01-01"
    )
    assert not contracts["observed"].any()
    assert report.rows_kept == 3


# can they answer?


@pytest.mark.parametrize(
    ("customers", "left", "periods", "message"),
    [
        (49, 30, 5, "there are 49 customers, and 50 are needed"),
        (200, 9, 5, "9 customers left, and 10 are needed"),
        (200, 50, 2, "30 could be followed for 2 periods only, and 3 are needed"),
    ],
)
def test_contracts_that_cannot_answer_say_so(customers, left, periods, message):
    contracts = pd.DataFrame(
        {"group": "all", "duration": periods, "observed": False}, range(customers)
    )
    contracts.loc[: left - 1, ["duration", "observed"]] = 1, True
    with pytest.raises(CannotAnswer, match=message):
        subscriptions.suitability(contracts)


def test_at_the_limits_they_can():
    contracts = pd.DataFrame({"group": "all", "duration": 3, "observed": False}, range(50))
    contracts.loc[:9, ["duration", "observed"]] = 1, True
    assert subscriptions.suitability(contracts).startswith("They can: 50 customers")


# one rate for customers who differ


def test_the_one_rate_is_worth_the_same():
    params = pd.Series({"alpha": 0.668, "beta": 3.806})
    mean, spread = 3.806 / 4.474, 1 / 5.474
    unknown = pd.DataFrame(np.full((2, 2), np.nan))
    found = one_rate(params, unknown, 0.10, 0.05)
    low, rate, high = found["retention"]
    assert low == rate == high
    assert 1.1 / (1.1 - rate) == pytest.approx(mixed_value(1, mean, 0.10, spread))
    after = mixed_value(1, mean, 0.10, spread, cut=0.05 / (1 - mean))
    assert 1.1 / (1.1 - rate - found["change"]) == pytest.approx(after)


def test_its_interval_is_that_of_the_parameters():
    params = pd.Series({"alpha": 0.668, "beta": 3.806})
    narrow, wide = (
        one_rate(params, pd.DataFrame(np.diag([s, 30 * s])), 0.10, 0.05)["retention"]
        for s in (0.001, 0.01)
    )
    assert wide[0] < narrow[0] < narrow[1] < narrow[2] < wide[2] < 1


@pytest.mark.parametrize("mean", [0.5, 0.9, 0.97, 0.999])
def test_a_rise_always_finds_room(mean):
    least, likeliest, most = room(mean, [0.01, 0.05, 0.08])
    assert 0 < least < likeliest < most < 1 - mean
    assert likeliest == pytest.approx(min(0.05, (1 - mean) / 2))


def test_a_yearly_rate_by_the_month_grows_to_it():
    monthly = subscriptions.per_period(0.10, "month")
    assert (1 + monthly) ** 12 == pytest.approx(1.10, rel=1e-3)
    assert subscriptions.per_period(0.10, "year") == 0.10
