"""Effects and uplift: by hand, from known truth, and nothing found where there is nothing."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from crmlib import DataError, datasets, ranking
from crmlib.errors import CannotAnswer
from crmlib.retention import plots
from crmlib.retention.campaigns import campaign_findings, curves, targeting
from crmlib.retention.campaigns.campaign import average_effect, balance, lot_p_value, read_campaign
from crmlib.retention.campaigns.contact_list import calibrated_uplift
from crmlib.retention.campaigns.uplift import (
    TransformedOutcome,
    TwoModel,
    place,
    progressive,
    transformed_outcome,
)
from crmlib.retention.leaving import churn

MODELS = [TwoModel, TransformedOutcome]


def simulated(n=400, seed=1, effect=0.0, rate=0.2, money=False):
    """A campaign of n customers; contact adds ``effect`` to those with a > 0, nothing else."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, 3))
    treated = random.integers(0, 2, n)
    chance = rate * np.exp(0.5 * x[:, 1]) + effect * treated * (x[:, 0] > 0)
    outcome = (random.random(n) < chance) * (random.gamma(1, 50, n) if money else 1.0)
    return read_campaign(
        pd.DataFrame(x, columns=[*"abc"]).assign(mail=treated, y=outcome),
        "mail",
        "y",
        probability=0.5,
    )


def shop_campaign(number, day_before):
    """A campaign of the shop as an analyst sees it, and the customers' true uplift."""
    log, _ = datasets.transactions("shop")
    lines, drawn = (datasets.load("shop", table) for table in ("transactions", "assignments"))
    mail = drawn[drawn["campaign_id"] == number].set_index("customer_id")["planned_contacts"]
    table = churn.purchase_history(log, day_before).join(mail.rename("mail"), how="inner")
    bought = lines.loc[lines["campaign_id"] == number, "customer_id"]
    campaign = read_campaign(
        table.assign(bought=table.index.isin(bought).astype(int)), "mail", "bought", probability=0.5
    )
    truth = datasets.load("shop", "truth_customers").set_index("customer_id").loc[table.index]
    return campaign, truth["voucher_order_with"] - truth["voucher_order_without"], log


@pytest.fixture(scope="module")
def voucher():
    return shop_campaign("K5", "2024-11-03")


# Reading a campaign


def test_three_arms_two_compared():
    table = pd.DataFrame({"arm": [*"mmwwnn"], "visit": [1, 0, 1, 1, 0, 0], "x": range(6)})
    campaign = read_campaign(table, "arm", "visit", contacted="w", held_out="n")
    assert campaign.outcome.tolist() == [1, 1, 0, 0]
    assert campaign.treated.tolist() == [True, True, False, False]
    assert campaign.features.columns.tolist() == ["x"] and campaign.probability == 0.5


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        ({}, {"contacted": "yes"}, "mail is 'yes' in fewer than two rows; it holds 0, 1."),
        ({"y": [1, 0, "?", 1]}, {}, r"y is '\?' in row 2; accepted: a number"),
        ({"mail": [1, 1, 1, 0]}, {}, "mail is 0 in fewer than two rows"),
        ({}, {"probability": 1}, "probability is 1; accepted: 0 < probability < 1"),
        ({}, {"leave_out": ["z"]}, "There is no column 'z'"),
    ],
)
def test_campaigns_refused(columns, options, message):
    table = pd.DataFrame({"mail": [0, 1, 0, 1], "y": [0, 1, 0, 1], "x": [1, 2, 3, 4]} | columns)
    with pytest.raises(DataError, match=message):
        read_campaign(table, "mail", "y", **options)


def test_what_happened_after_is_no_feature():
    table = pd.DataFrame({"mail": [0, 1, 0, 1], "y": [0, 1, 0, 1], "spend": [0, 9, 0, 5]})
    campaign = read_campaign(table, "mail", "y", leave_out=["spend"])
    assert campaign.features.shape == (4, 0)
    with pytest.raises(DataError, match="no features"):
        TwoModel().fit(campaign)


# The average effect


def test_average_effect_by_hand():
    table = pd.DataFrame({"mail": [1] * 4 + [0] * 3, "spend": [4.0, 6, 8, 10, 1, 2, 3]})
    found = average_effect(read_campaign(table, "mail", "spend"))
    error = np.sqrt((20 / 3) / 4 + 1 / 3)  # variances 20/3 and 1
    assert found[["contacted", "held_out", "effect"]].tolist() == [7, 2, 5]
    assert found["standard_error"] == pytest.approx(error)
    assert found["upper"] - 5 == pytest.approx(1.959964 * error, rel=1e-6)


def test_the_interval_of_the_effect_holds_it_as_often_as_it_says():
    truth, inside = 0.1 * 0.5, 0  # half of them have a > 0
    for seed in range(400):
        found = average_effect(simulated(400, seed, effect=0.1))
        inside += found["lower"] <= truth <= found["upper"]
    assert 0.92 < inside / 400 < 0.98


def test_voucher_and_postcard(voucher):
    campaign, uplift, _log = voucher
    found = average_effect(campaign)
    assert found["lower"] > 0
    assert abs(found["effect"] - uplift.mean()) < 2 * found["standard_error"]
    assert balance(campaign)["z"].abs().max() < 3
    nothing = average_effect(shop_campaign("K3", "2024-07-07")[0])
    assert nothing["lower"] < 0 < nothing["upper"]


def test_balance_sees_a_lot_that_was_not_fair():
    random = np.random.default_rng(1)
    age = random.normal(40, 10, 2000)
    table = pd.DataFrame({"age": age, "mail": (age + random.normal(0, 20, 2000) > 40).astype(int)})
    table["y"] = 0
    unfair = read_campaign(table, "mail", "y")
    assert balance(unfair).loc["age", "z"] > 10 and lot_p_value(unfair) < 1e-9
    with pytest.raises(CannotAnswer, match="differed before the campaign, most in age"):
        campaign_findings.fair(unfair)
    middle = table.assign(mail=(abs(age - 40) < random.exponential(15, 2000)).astype(int))
    middle = read_campaign(middle, "mail", "y")
    assert abs(balance(middle).loc["age", "z"]) < 3 and lot_p_value(middle) < 1e-9


def test_a_fair_lot_is_refused_as_rarely_as_it_says():
    """Words, numbers that go together, and a column with gaps: p is uniform where the lot is fair."""
    random, values = np.random.default_rng(3), []
    for _ in range(300):
        x = random.normal(size=(400, 2))
        table = pd.DataFrame({"a": x[:, 0], "b": x[:, 0] + 0.5 * x[:, 1], "y": 0})
        table["word"] = random.choice(["u", "v", "w"], 400)
        table.loc[:9, "b"] = np.nan
        table["mail"] = random.integers(0, 2, 400)
        values.append(lot_p_value(read_campaign(table, "mail", "y")))
    assert abs(np.mean(np.array(values) < 0.1) - 0.1) < 0.05
    assert abs(np.mean(values) - 0.5) < 0.05


# Models of uplift


@pytest.mark.parametrize("model", MODELS)
def test_uplift_is_found_where_it_is(model):
    campaign = simulated(8000, effect=0.2)
    found = model().fit(campaign).predict(campaign.features)
    moved = (campaign.features["a"] > 0).to_numpy()
    apart = found[moved].mean() - found[~moved].mean()
    assert 0.1 < apart < 0.22  # of a step of 0.2 a straight line shows 0.64, or 0.127
    assert np.corrcoef(found, moved)[0, 1] > 0.6


def test_transformed_outcome_has_the_mean_of_the_uplift():
    campaign = simulated(40_000, effect=0.2)
    moved = (campaign.features["a"] > 0).to_numpy()
    z = transformed_outcome(campaign)
    for group, truth in ((moved, 0.2), (~moved, 0.0)):
        error = z[group].std() / np.sqrt(group.sum())
        assert abs(z[group].mean() - truth) < 3 * error


@pytest.mark.parametrize("model", MODELS)
def test_nobody_is_judged_by_a_model_that_saw_her(model):
    """Outcomes that are noise, learnt by heart, would rank well; unseen they do not."""
    random = np.random.default_rng(7)
    table = pd.DataFrame(random.normal(size=(300, 60))).add_prefix("x")
    table = table.assign(mail=random.integers(0, 2, 300), y=random.integers(0, 2, 300))
    campaign = read_campaign(table, "mail", "y", probability=0.5)
    by_heart = TwoModel().fit(campaign).predict(campaign.features)
    found = progressive(model(), campaign)
    judged = (found["group"] > 0).to_numpy()
    unseen = place(found["uplift"], found["group"])
    effects = [
        targeting.policy_gains(sample, {"p": ranking.top(score, 0.3)}).loc["p", "effect"]
        for sample, score in ((campaign, by_heart), (campaign.take(judged), unseen[judged]))
    ]
    assert effects[0] > 0.5 and abs(effects[1]) < 0.25


def test_a_group_is_forecast_from_those_before_it():
    campaign = simulated(120)
    found = progressive(TwoModel(), campaign, groups=3)
    assert found.columns.tolist() == ["group", "uplift", "without", "with_contact"]
    assert found.index.equals(campaign.features.index) and found.notna().all().all()
    np.testing.assert_allclose(found["uplift"], found["with_contact"] - found["without"])
    group = found["group"].to_numpy()
    for number, seen in ((1, group == 0), (2, group < 2), (0, group > 0)):
        changed = campaign.outcome.copy()
        changed[~seen] = 1 - changed[~seen]  # another outcome where it was not looked at
        other = progressive(TwoModel(), replace(campaign, outcome=changed), groups=3)
        members = group == number
        np.testing.assert_allclose(other.loc[members, "uplift"], found.loc[members, "uplift"])
    with pytest.raises(DataError, match="groups is 60; accepted: 2 to"):
        progressive(TwoModel(), campaign, groups=60)


def test_places_are_within_the_group():
    places = place([3, 1, 2, 30, 10, 20, 20], [0, 0, 0, 1, 1, 1, 1])
    np.testing.assert_allclose(places, [5 / 6, 1 / 6, 0.5, 7 / 8, 1 / 8, 0.5, 0.5])
    assert (place(np.zeros(7), [0, 0, 0, 1, 1, 1, 1]) == 0.5).all()  # equal, whatever the group


def test_what_is_said_of_a_ranking_where_nothing_works_is_right_as_often_as_it_says():
    """200 campaigns without effect: the Qini title, two lists compared, the best of four."""
    said = {"ranking helps": 0, "ranking harms": 0, "one list wins": 0, "somebody pays": 0}
    forward = 0
    for seed in range(200):
        campaign = simulated(600, seed)
        found = progressive(TwoModel(), campaign, groups=6, seed=seed)
        judged = (found["group"] > 0).to_numpy()
        tested, group = campaign.take(judged), found.loc[judged, "group"]
        order, stays = (place(found.loc[judged, name], group) for name in ("uplift", "without"))
        curve = curves.uplift_curve(tested, order, draws=100)
        said["ranking helps"] += curve.qini_lower > 0
        said["ranking harms"] += curve.qini_upper < 0
        rules = {"uplift": order, "stays": stays, "risk": -stays, "lot": 0 * order}
        lists = {name: ranking.top(score, 0.3) for name, score in rules.items()}
        apart = targeting.gain_difference(tested, lists["uplift"], lists["stays"])
        said["one list wins"] += not apart["lower"] <= 0 <= apart["upper"]
        forward += apart["gain"] > 0
        title = plots.policies(targeting.policy_gains(tested, lists)).get_title(loc="left")
        plt.close()
        said["somebody pays"] += not title.startswith("No list")
    assert max(said.values()) / 200 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 200), said
    assert abs(forward / 200 - 0.5) < 0.1  # and leans to neither side


@pytest.mark.parametrize("model", MODELS)
def test_an_arm_without_a_purchase_is_no_error(model):
    campaign = simulated(60, rate=0)
    assert progressive(model(), campaign, groups=2)["uplift"].abs().max() < 1e-9


# Uplift and Qini curves


def test_curve_by_hand():
    table = pd.DataFrame({"mail": [0, 1] * 20, "age": np.arange(40)})
    table["y"] = ((table["mail"] == 1) & (table["age"] < 10)).astype(int)
    campaign = read_campaign(table, "mail", "y")
    curve = curves.uplift_curve(campaign, -table["age"])
    by_share = curve.table.set_index("share")
    assert by_share.loc[[0.25, 0.5, 1.0], "gain"].tolist() == [0.25, 0.25, 0.25]
    assert by_share.loc[[0.25, 0.5, 1.0], "by_lot"].tolist() == [0.0625, 0.125, 0.25]
    assert curve.qini == pytest.approx((0.25 * 0.875) - 0.125, abs=0.005)  # two triangles, by hand
    worst = curves.uplift_curve(campaign, table["age"])
    assert worst.qini_upper < 0 < curve.qini_lower


def test_order_of_the_table_is_no_information():
    campaign = simulated(2000, effect=0.3)
    order = np.argsort(~(campaign.features["a"] > 0).to_numpy(), kind="stable")
    curve = curves.uplift_curve(campaign.take(order), np.zeros(2000))
    assert curve.qini_lower < 0 < curve.qini_upper


def test_bands_hold_the_truth():
    """The Qini coefficient of a known score, over 100 campaigns, is in 95 % intervals of it."""
    big = simulated(200_000, seed=99, effect=0.2)
    truth = curves.uplift_curve(big, big.features["a"], draws=2).qini
    inside = 0
    for seed in range(100):
        campaign = simulated(500, seed, effect=0.2)
        curve = curves.uplift_curve(campaign, campaign.features["a"], draws=100)
        inside += curve.qini_lower <= truth <= curve.qini_upper
    assert inside >= 88


def test_groups_go_from_the_highest_down(voucher):
    campaign, uplift, _log = voucher
    found = curves.effect_by_group(campaign, uplift, groups=3)
    assert found["customers"].sum() == len(campaign.outcome)
    assert found["predicted"].is_monotonic_decreasing
    measured = found["predicted"].between(found["lower"], found["upper"])
    assert measured.all()  # told the truth, the groups come out as told
    alike = curves.effect_by_group(campaign, np.zeros(len(uplift)))
    assert len(alike) == 1


def test_the_fifths_of_the_picture_are_those_of_the_list():
    """Effects that fall with the ranking need no averaging: each fifth is told what is shown."""
    campaign = simulated(20_000, effect=0.4)
    places = place(campaign.features["a"], np.repeat([0, 1], 10_000))
    step = (places * 5).astype(int) / 20
    campaign.outcome[:] = np.random.default_rng(1).random(20_000) < 0.2 + campaign.treated * step
    shown = curves.effect_by_group(campaign, places, places)
    assert shown["effect"].is_monotonic_decreasing and len(shown) == 5
    told = calibrated_uplift(campaign, places)
    assert np.unique(told)[::-1] == pytest.approx(shown["effect"].to_numpy())
    assert shown["customers"].to_numpy() == pytest.approx(4000, abs=2)


def test_curves_refuse():
    with pytest.raises(DataError, match="3 values for 60 customers"):
        curves.uplift_curve(simulated(60), [1, 2, 3])
    with pytest.raises(DataError, match="a number for each"):
        curves.effect_by_group(simulated(60), [np.nan] * 60)


# Policies on the shop, against the truth


def test_uplift_beats_the_rule_of_the_sources_in_truth(voucher):
    """Row 12: likeliest stayers, highest risk, highest uplift, at equal budget."""
    campaign, uplift, log = voucher
    model = churn.ChurnModel().fit(churn.churn_table(log, "2024-05-05", 182))
    stays = 1 - model.predict_probability(campaign.features)
    scores = {
        "stays": stays,
        "risk": -stays,
        "uplift": TwoModel().fit(campaign).predict(campaign.features),
    }
    policies = {name: ranking.top(score, 0.3) for name, score in scores.items()}
    policies["lot"] = np.full(len(uplift), 0.3)
    gains = targeting.policy_gains(campaign, policies, value=60, cost=2)
    truth = pd.Series(
        {name: np.mean(policy * (60 * uplift - 2)) for name, policy in policies.items()}
    )
    assert ((gains["gain"] - truth).abs() < 3 * gains["standard_error"]).all()
    assert truth["uplift"] > truth["stays"] > truth["lot"] > truth["risk"]
    assert truth["uplift"] > 1.1 * truth["stays"]


def test_calibrated_uplift_is_nearer_the_truth(voucher):
    campaign, uplift, _log = voucher
    found = progressive(TwoModel(), campaign, seed=1)
    order = place(found["uplift"], found["group"])
    calibrated = calibrated_uplift(campaign, order)
    errors = [np.mean((guess - uplift.to_numpy()) ** 2) for guess in (found["uplift"], calibrated)]
    assert errors[1] < errors[0]
    assert calibrated.mean() == pytest.approx(average_effect(campaign)["effect"], abs=0.005)
    by_place = pd.Series(calibrated).iloc[np.argsort(order)]
    assert by_place.is_monotonic_increasing and by_place.nunique() <= 5
    assert np.ptp(calibrated_uplift(campaign, np.full(len(uplift), 0.5))) == 0


def test_the_head_of_a_list_is_not_promised_too_much():
    """A third of them gain 15 points, a fifth lose 6: the first hundred may expect the 15."""
    random = np.random.default_rng(5)
    x, mail = random.normal(size=(20_000, 3)), random.integers(0, 2, 20_000)
    lift = np.where(x[:, 0] > 0.43, 0.15, np.where(x[:, 0] < -0.84, -0.06, 0.0))
    table = pd.DataFrame(x, columns=[*"abc"])
    table = table.assign(mail=mail, y=(random.random(20_000) < 0.3 + mail * lift).astype(int))
    campaign = read_campaign(table, "mail", "y")
    found = progressive(TwoModel(), campaign)
    judged = (found["group"] > 0).to_numpy()
    order = place(found["uplift"], found["group"])
    calibrated = calibrated_uplift(campaign.take(judged), order[judged], order)
    head = np.argsort(-order)[:100]
    assert abs(calibrated[head].mean() - lift[head].mean()) < 0.03
    assert found["uplift"].to_numpy()[head].mean() > lift[head].mean() + 0.05  # as it would be


# Hillstrom


@pytest.mark.parametrize(
    ("arm", "effect", "ranked"),
    [("Womens E-Mail", 0.0452, True), ("Mens E-Mail", 0.0766, False)],
)
def test_hillstrom(shared_file, arm, effect, ranked):
    name = "Kevin_Hillstrom_MineThatData_E-MailAnalytics_DataMiningChallenge_2008.03.20.csv"
    table = pd.read_csv(shared_file(f"hillstrom/{name}"))
    campaign = read_campaign(
        table,
        "segment",
        "visit",
        contacted=arm,
        held_out="No E-Mail",
        leave_out=["conversion", "spend"],
        probability=0.5,
    )
    assert average_effect(campaign)["effect"] == pytest.approx(effect, abs=5e-5)
    assert balance(campaign)["z"].abs().max() < 3
    found = progressive(TwoModel(), campaign)
    judged = (found["group"] > 0).to_numpy()
    order, tested = place(found["uplift"], found["group"])[judged], campaign.take(judged)
    curve = curves.uplift_curve(tested, order)
    assert curve.qini_upper > 0 and (curve.qini_lower > 0) == ranked
    verdict = targeting.decide(tested, ranking.top(order, 0.3), 1, 0.03, budget=0.3).verdict
    assert verdict == "target" if ranked else verdict != "nobody"
