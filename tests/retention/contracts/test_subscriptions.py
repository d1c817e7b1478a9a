"""Contracts into periods: by the calendar, without bias, and with every row accounted for."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from crmlib import DataError, datasets
from crmlib.errors import CannotAnswer
from crmlib.retention.contracts import retention_by_age, subscriptions
from crmlib.retention.contracts.contract_readings import counted_with
from crmlib.retention.profit.heterogeneity import room
from crmlib.value.btyd import ShiftedBetaGeometric


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
    alive = retention_by_age.survivors(contracts)["all"]
    ages = np.arange(1, len(alive))
    truth = np.cumprod((beta + ages - 1) / (alpha + beta + ages - 1))
    assert (alive / alive.iloc[0]).to_numpy()[1:] == pytest.approx(truth, abs=0.015)


def test_periods_at_risk_are_those_really_watched():
    contracts, _ = subscriptions.read(simulated(5000, 0.8, 3.2, "year", seed=4))
    alive = retention_by_age.survivors(contracts)["all"]
    ages = len(alive) - 1
    watched = contracts["duration"].clip(upper=ages).sum()
    assert alive.iloc[:-1].sum() == pytest.approx(watched, rel=1e-9)
    assert (contracts["duration"] >= ages).sum() >= 100 > (contracts["duration"] > ages).sum()


def test_published_survivors_come_back():
    published = datasets.load("sbg").set_index("year")
    contracts, report = subscriptions.read(datasets.table("sbg"))
    alive = retention_by_age.survivors(contracts)
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
    odd = table(("2020-01-01", "2021-01-01")).rename(columns={"start": "Inizio", "end": "Fine"})
    with pytest.raises(DataError, match=r"recognised as start among 'Inizio', 'Fine'; say which"):
        subscriptions.read(odd)
    with pytest.raises(DataError, match="There is no column 'Inizo'; did you mean 'Inizio'?"):
        subscriptions.read(odd, {"start": "Inizo", "end": "Fine"})
    subscriptions.read(odd, {"start": "Inizio", "end": "Fine"})
    for names in (
        ["Start Date", "cancelled_at"],
        ["Vertragsbeginn", "Vertragsende"],
        ["开始日期", "结束日期"],
        ["开通日期", "退订日期"],
    ):
        subscriptions.read(odd.set_axis(names, axis=1))


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


@pytest.mark.parametrize("word", ["active", "Still active", "open", "有效", "在用", "offen"])
def test_a_word_for_no_end_is_no_end(word):
    told = table(("2020-01-01", "2021-01-01"), *[("2020-01-01", word)] * 3)
    contracts, report = subscriptions.read(told, observation_end="2023-01-01")
    assert contracts["observed"].tolist() == [True, False, False, False]
    assert report.rows_aside == 0 and report.findings.loc["open", "rows"] == 3


def test_no_day_after_today_is_taken_for_the_last_one():
    """One start mistyped, and everybody would seem to have been followed until then."""
    typed = table(
        ("2020-01-01", "2021-01-01"),
        ("2020-06-01", None),
        ("2098-01-01", None),
        ("2020-01-01", "2099-12-31"),
    )
    contracts, report = subscriptions.read(typed)
    assert report.last_time == pd.Timestamp("2021-01-01")
    assert report.rows_aside == 1 and report.findings.loc["end_too_late", "rows"] == 1
    assert "2 later days were found" in report.notes[0] and "observed_until" in report.notes[0]
    assert contracts["observed"].tolist() == [True, False, False]
    _contracts, report = subscriptions.read(typed, observation_end="2022-01-01")
    assert "later" not in report.notes[0]


def test_customers_that_come_twice_or_have_no_number_are_told():
    told = table(
        ("2020-01-01", "2021-01-01"),
        ("2020-01-01", "2021-01-01"),
        ("2022-01-01", None),
        ("2020-01-01", "2021-01-01"),
        ("2020-01-01", "2021-01-01"),
    )
    told["customer_id"] = ["A", "A", "A", None, None]
    contracts, report = subscriptions.read(told, observation_end="2023-01-01")
    assert report.aside["row"].tolist() == [1] and len(contracts) == 4
    assert report.findings["rows"].to_dict() == {"repeated": 1, "again": 1, "nameless": 2}
    assert report.customers == 3
    _contracts, report = subscriptions.read(told.drop(columns="customer_id"))
    assert report.rows_aside == 0  # two customers may have the same days


def test_groups_are_kept_apart_or_it_is_said_why_not():
    told = table(*[("2020-01-01", "2021-01-01")] * 50, *[("2020-01-01", None)] * 60)
    told["group"] = 50 * ["old"] + 60 * ["new"]
    contracts, report = subscriptions.read(told, observation_end="2023-01-01")
    assert contracts.groupby("group")["observed"].mean().to_dict() == {"new": 0.0, "old": 1.0}
    assert report.columns["group"] == "group"
    contracts, report = subscriptions.read(told.iloc[:70])
    assert contracts["group"].unique().tolist() == ["all"]
    assert "Column 'group' is not used: 2 groups, the smallest of 20 rows." in report.notes
    named = {"start": "start", "end": "end", "group": "group"}
    contracts, _report = subscriptions.read(told.iloc[:70], named)
    with pytest.raises(CannotAnswer, match="of group old cannot .* through 1 of the 3"):
        retention_by_age.suitability(contracts)


def test_the_report_says_what_a_period_is():
    yearly = simulated(500, 0.8, 3.2, "year", seed=1)
    monthly = simulated(500, 0.9, 12.0, "month", seed=1)
    last = "2025-06-30"
    for contracts, unit, warned in (
        (yearly, "year", False),
        (monthly, "month", False),
        (monthly, "year", True),
    ):
        found, report = subscriptions.read(contracts, unit=unit, observation_end=last)
        assert report.notes[-1].startswith(f"Counted by the {unit}")
        assert ("set period, for example to 'month'" in report.notes[-1]) == warned
        told = counted_with(100, 0.10, 120, 10, 0.05, doubt=found.attrs["doubt"])
        assert ("set period, for example to 'month'" in told) == warned
    with pytest.raises(DataError, match="period is 'months'; accepted: day, week, month, year."):
        subscriptions.read(monthly, unit="months")


# can they answer?


@pytest.mark.parametrize(
    ("customers", "left", "periods", "message"),
    [
        (49, 30, 5, "there are 49 contracts, and 50 are needed"),
        (200, 9, 5, "9 ended in a period that is over, and 10 are needed"),
        (200, 50, 2, "30 could be followed through 2 of the 3 periods needed"),
    ],
)
def test_contracts_that_cannot_answer_say_so(customers, left, periods, message):
    contracts = pd.DataFrame(
        {"group": "all", "duration": periods, "observed": False}, range(customers)
    )
    contracts.loc[: left - 1, ["duration", "observed"]] = 1, True
    with pytest.raises(CannotAnswer, match=message):
        retention_by_age.suitability(contracts)


def test_at_the_limits_they_can():
    contracts = pd.DataFrame({"group": "all", "duration": 3, "observed": False}, range(50))
    contracts.loc[:9, ["duration", "observed"]] = 1, True
    contracts["ended"] = contracts["observed"]
    assert retention_by_age.suitability(contracts) == (
        "They can: of 50 contracts 10 have ended, and enough could be followed for 3 years."
    )


def test_ends_in_a_period_that_is_not_over_are_told():
    contracts, _report = subscriptions.read(
        simulated(3000, 0.8, 3.2, "month", seed=5), observation_end="2025-06-30"
    )
    told = retention_by_age.suitability(contracts)
    ended, counted = contracts["ended"].sum(), contracts["observed"].sum()
    assert ended > counted
    assert f"of 3,000 contracts {ended:,} have ended" in told
    assert f"Of these ends {counted:,} count, as they came in a year that could" in told


def test_a_true_model_agrees_with_its_points_and_a_wrong_one_does_not():
    """Under the truth the chance is uniform; retention of one rate for all is far off."""
    truth = ShiftedBetaGeometric({"alpha": 0.8, "beta": 3.2})
    alike = ShiftedBetaGeometric({"alpha": 2000.0, "beta": 8000.0})
    chances = []
    for seed in range(40):
        contracts, _report = subscriptions.read(
            simulated(1000, 0.8, 3.2, "year", seed), observation_end="2025-06-30"
        )
        ages = len(retention_by_age.survivors(contracts)) - 1
        found = retention_by_age.agreement(contracts, {"all": truth}).loc["all"]
        # two parameters were given, not fitted: the statistic has all its degrees of freedom
        statistic = stats.chi2.isf(found["chance"], ages - 2)
        chances.append(stats.chi2.sf(statistic, ages))
        assert retention_by_age.agreement(contracts, {"all": alike}).loc["all", "chance"] < 1e-4
    assert stats.kstest(chances, "uniform").pvalue > 0.01


# the rise and the price of money


@pytest.mark.parametrize("mean", [0.5, 0.9, 0.97, 0.999])
def test_a_rise_always_finds_room(mean):
    least, likeliest, most = room(mean, [0.01, 0.05, 0.08])
    assert 0 < least <= likeliest < most < 1 - mean
    assert least == min(0.01, likeliest)  # the others give way, it does not
    assert likeliest == pytest.approx(min(0.05, (1 - mean) / 2))


def test_a_yearly_rate_by_the_month_grows_to_it():
    monthly = subscriptions.per_period(0.10, "month")
    assert (1 + monthly) ** 12 == pytest.approx(1.10, rel=1e-3)
    assert subscriptions.per_period(0.10, "year") == 0.10
