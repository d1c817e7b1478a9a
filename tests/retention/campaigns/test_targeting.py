"""Policies, decisions, lists and the size of a test."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from crmlib import DataError, ranking
from crmlib.retention.campaigns import campaign_findings, contact_list, power, targeting
from crmlib.retention.campaigns.campaign import average_effect, read_campaign
from crmlib.retention.campaigns.uplift import TransformedOutcome, TwoModel, place, progressive


def golden():
    """Segment A buys at 20 % either way, B at 12 % instead of 6 %; 200 customers in each arm."""
    rows = [
        ("A", 0, 40, 200),
        ("A", 1, 40, 200),
        ("B", 0, 12, 200),
        ("B", 1, 24, 200),
    ]
    table = pd.concat(
        pd.DataFrame({"segment": s, "mail": m, "y": [1] * k + [0] * (n - k)}) for s, m, k, n in rows
    )
    return read_campaign(table, "mail", "y"), table["segment"].to_numpy()


def noise(seed, n=400, rate=0.2):
    """A campaign without any effect; customers differ in how readily they buy."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, 3))
    chance = 1 / (1 + np.exp(-(np.log(rate / (1 - rate)) + x[:, 0])))
    table = pd.DataFrame(x, columns=[*"abc"])
    table["mail"], table["y"] = random.integers(0, 2, n), random.random(n) < chance
    return read_campaign(table.astype({"y": int}), "mail", "y", probability=0.5)


# What a policy earns


def test_golden_net_per_head():
    campaign, segment = golden()
    gains = targeting.policy_gains(
        campaign, {name: segment == name for name in "AB"}, value=100, cost=3
    )
    np.testing.assert_allclose(gains["gain"] / gains["share"], [-3, 3])
    np.testing.assert_allclose(gains["effect"], [0, 0.06], atol=1e-12)
    likelier = targeting.policy_gains(campaign, {"A": segment == "A"}, value=100)
    assert likelier.loc["A", "gain"] == pytest.approx(0)  # likelier to buy, and not to be moved
    uplift = TwoModel().fit(campaign).predict(campaign.features)
    assert (ranking.top(uplift, 0.5)[segment == "B"] == 1).all()


def test_everyone_is_the_average_effect():
    campaign, _ = golden()
    gains = targeting.policy_gains(campaign, {"all": np.ones(800), "third": np.full(800, 1 / 3)})
    effect = average_effect(campaign)
    assert gains.loc["all", "gain"] == pytest.approx(effect["effect"])
    assert gains.loc["all", "standard_error"] == pytest.approx(effect["standard_error"], rel=2e-3)
    assert gains.loc["third", "gain"] == pytest.approx(effect["effect"] / 3)


def test_the_interval_of_a_gain_holds_it_as_often_as_it_says():
    random, inside = np.random.default_rng(1), 0
    for _ in range(400):
        x, mail = random.random(400), random.random(400) < 0.3
        y = random.random(400) < 0.1 + 0.3 * mail * x
        table = pd.DataFrame({"x": x, "mail": mail.astype(int), "y": y.astype(int)})
        campaign = read_campaign(table, "mail", "y", probability=0.3)
        found = targeting.policy_gains(campaign, {"p": x > 0.5}, value=10, cost=1).loc["p"]
        truth = 0.5 * (10 * 0.3 * 0.75 - 1)
        inside += found["lower"] <= truth <= found["upper"]
    assert 0.92 < inside / 400 < 0.98


def test_the_difference_of_two_policies_is_paired():
    campaign, segment = golden()
    b, everyone = segment == "B", np.ones(800)
    found = targeting.gain_difference(campaign, b, everyone, value=100, cost=3)
    gains = targeting.policy_gains(campaign, {"b": b, "all": everyone}, value=100, cost=3)
    assert found["gain"] == pytest.approx(gains.loc["b", "gain"] - gains.loc["all", "gain"])
    assert found["standard_error"] < gains["standard_error"].max() * 1.1
    same = targeting.gain_difference(campaign, b, b)
    assert same["standard_error"] == 0
    assert campaign_findings.compared(same, "a", "b").endswith("They are one list.")


def test_top_by_hand():
    assert ranking.top([3, 1, 2], 1 / 3).tolist() == [1, 0, 0]
    assert ranking.top([1, 1, 0, 0], 0.25).tolist() == [0.5, 0.5, 0, 0]
    assert ranking.top([0, 0], 0.5).tolist() == [0.5, 0.5]
    assert ranking.top([5, 4], 1).tolist() == [1, 1]
    for share in np.linspace(0.01, 1, 40):
        scores = np.random.default_rng(1).integers(0, 5, 33)
        policy = ranking.top(scores, share)
        assert policy.mean() == pytest.approx(share) and (policy <= 1).all() and (policy >= 0).all()


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (np.zeros(800), "chooses nobody who was contacted"),
        (np.ones(3), "holds 3 values for 800 customers"),
        (np.full(800, 2.0), "p is 2; accepted: 0 to 1"),
    ],
)
def test_policies_refused(policy, message):
    with pytest.raises(DataError, match=message):
        targeting.policy_gains(golden()[0], {"p": policy})


# The decision


@pytest.mark.parametrize("model", [TwoModel, TransformedOutcome])
def test_where_there_is_no_effect_the_false_wins_stay_at_the_level(model):
    """200 campaigns without effect and contacts that cost nothing: the worst case for the rule."""
    wins, by_heart = 0, 0
    for seed in range(200):
        campaign = noise(seed)
        found = progressive(model(), campaign, groups=4, seed=seed)
        judged = (found["group"] > 0).to_numpy()
        chosen = ranking.top(place(found["uplift"], found["group"]), 0.3)[judged]
        wins += targeting.decide(campaign.take(judged), chosen, budget=0.3).verdict != "nobody"
        if seed < 100:
            seen = model().fit(campaign).predict(campaign.features)
            verdict = targeting.decide(campaign, ranking.top(seen, 0.3), budget=0.3).verdict
            by_heart += verdict != "nobody"
    assert wins / 200 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 200)
    assert by_heart / 100 >= 0.10  # judged on the customers it learnt from, it would not


def test_verdicts():
    campaign, segment = golden()
    b = segment == "B"
    weak = targeting.decide(campaign, b, value=100, cost=3)
    assert weak.verdict == "nobody"
    assert campaign_findings.decided(weak).startswith("Contact nobody: the data show no gain.")
    table = pd.DataFrame({"mail": campaign.treated.astype(int), "y": campaign.outcome})
    big = read_campaign(pd.concat([table] * 10), "mail", "y")  # ten times as many
    many = np.tile(b, 10)
    strong = targeting.decide(big, many, value=100, cost=3)
    assert strong.verdict == "target" and strong.gains.loc["target", "lower"] > 0
    said = campaign_findings.decided(strong, "¥")
    assert strong.gains.loc["everyone", "lower"] < 0  # A costs what B brings
    assert said.startswith("Contact the target group, 50 % of the customers: it alone pays.")
    assert "¥1.5 (" in said and "everyone" in said and "limit" not in said
    free = targeting.decide(big, many, value=100)
    assert free.verdict == "everyone"  # A costs nothing and brings nothing: no further gain
    part = targeting.decide(big, ~many, value=100, budget=0.5)
    told = campaign_findings.decided(part)
    assert part.verdict == "everyone" and told.startswith("Draw by lot whom to contact")
    assert "Without the limit of the budget, contacting everyone: 3 (" in told
    loss = targeting.decide(big, ~many, value=100, cost=20)
    assert campaign_findings.decided(loss).startswith("Contact nobody: the data show a loss.")
    assert "−" in campaign_findings.decided(loss)


def test_a_budget_for_all_is_no_order_to_contact_all():
    """Contact helps half of them and harms the other half as much: whoever has money for all
    still contacts the half that it helps."""
    campaign, segment = golden()
    table = pd.DataFrame({"mail": campaign.treated.astype(int), "y": campaign.outcome})
    table.loc[(segment == "A") & campaign.treated, "y"] = [1] * 28 + [0] * 172  # 14 %, not 20 %
    big = read_campaign(pd.concat([table] * 10), "mail", "y")
    decision = targeting.decide(big, np.tile(segment == "B", 10), value=100, cost=1)
    assert decision.verdict == "target" and decision.gains.loc["all", "upper"] < 1
    assert campaign_findings.decided(decision).startswith(
        "Contact the target group, 50 % of the customers: it alone pays."
    )
    nobody = targeting.decide(big, np.zeros(8000), value=100, cost=1)
    assert nobody.verdict == "nobody"  # no forecast covers the cost


def test_a_target_group_too_small_to_be_judged_is_not_judged():
    """One contacted who bought and one held out who did not: an interval of no width."""
    random = np.random.default_rng(4)
    table = pd.DataFrame({"mail": 200 * [0, 1], "y": (random.random(400) < 0.2).astype(int)})
    campaign, target = read_campaign(table, "mail", "y"), np.zeros(400)
    bought, not_bought = (
        np.flatnonzero((table["mail"] == arm) & (table["y"] == arm))[:2] for arm in (1, 0)
    )
    target[[*bought, *not_bought]] = 1
    alone = targeting.policy_gains(campaign, {"four": target}, value=100, cost=90)
    assert alone.loc["four", "lower"] > 0  # and yet
    decision = targeting.decide(campaign, target, value=100, cost=90)
    assert decision.verdict == "nobody"
    part = targeting.decide(campaign, target, value=100, cost=90, budget=0.5)
    assert "Too few customers have a forecast" in campaign_findings.decided(part)
    none = targeting.decide(campaign, np.r_[0, 1, np.zeros(398)], value=100, cost=90)
    assert none.verdict == "nobody"  # one customer, of one arm


# Power


def test_golden_size():
    assert power.customers_per_arm(0.20, 0.05) == 1094


@pytest.mark.parametrize("wanted", [0.8, 0.5])
def test_so_many_customers_see_the_effect_so_often(wanted):
    random, n = np.random.default_rng(1), power.customers_per_arm(0.2, 0.05, wanted)
    contacted, held = (random.binomial(n, share, 20_000) / n for share in (0.25, 0.2))
    p = (contacted + held) / 2
    z = (contacted - held) / np.sqrt(p * (1 - p) * 2 / n)
    assert (abs(z) > 1.96).mean() == pytest.approx(wanted, abs=0.015)


def test_hold_out():
    size = power.hold_out_size(10_000, 0.4, 0.05)
    random = np.random.default_rng(1)
    error = 0.4 * np.sqrt(1 / size + 1 / (10_000 - size))
    seen = np.abs(random.normal(0.05, error, 100_000)) > 1.959964 * error
    assert seen.mean() == pytest.approx(0.8, abs=0.01)
    assert power.hold_out_size(100, 0.4, 0.05) == 50  # the best there is
    assert power.hold_out_size(10_000, 0.4, -0.05) == size


def test_the_hold_out_can_tell_whether_the_list_paid():
    """Not only whether it did something: the effect is told from the one that just pays."""
    random = np.random.default_rng(2)
    table = pd.DataFrame({"mail": random.integers(0, 2, 20_000)})
    table["y"] = (random.random(20_000) < 0.1 + 0.08 * table["mail"]).astype(int)
    campaign, everyone = read_campaign(table, "mail", "y"), np.ones(20_000)
    effect = np.full(20_000, average_effect(campaign)["effect"])
    sizes = []
    for cost in (0.0, 2.4):
        decision = targeting.decide(campaign, everyone, value=60, cost=cost)
        listed = contact_list.planned(campaign, decision, everyone, everyone, effect, 60, cost)
        sizes.append((listed["group"] == "hold-out").sum())
    free, dear = sizes
    excess = effect[0] - 2.4 / 60
    assert dear / free == pytest.approx((effect[0] / excess) ** 2, rel=0.1)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((0.2, 0), "effect is 0; accepted: another number"),
        ((0.2, 0.9), "effect is 0.9 on a share of 0.2"),
        ((1, 0.1), "share is 1; accepted"),
    ],
)
def test_sizes_refused(given, message):
    with pytest.raises(DataError, match=message):
        power.customers_per_arm(*given)


# The list


def test_contact_list_by_hand():
    uplift = pd.Series({"a": 0.05, "b": 0.20, "c": 0.03, "d": 0.10, "e": -0.1})
    listed = contact_list.contact_list(uplift, value=100, cost=3)
    assert listed.index.tolist() == ["b", "d", "a"]  # c only earns what it costs
    assert listed["expected_margin"].tolist() == [20, 10, 5] and listed["gain"].sum() == 35 - 9
    kept = contact_list.contact_list(uplift, value=100, cost=3, hold_out=1)
    assert len(kept) == 3 and (kept["group"] == "hold-out").sum() == 1
    assert (
        kept.loc[kept["group"] == "hold-out", ["expected_margin", "cost", "gain"]].sum().sum() == 0
    )


def test_the_hold_out_is_drawn_by_lot():
    uplift = pd.Series(np.linspace(1, 2, 1000))
    listed = contact_list.contact_list(uplift, 1, 0.1, hold_out=300, seed=3)
    held = listed.loc[listed["group"] == "hold-out", "uplift"]
    assert len(held) == 300 and held.mean() == pytest.approx(1.5, abs=0.05)
    again = contact_list.contact_list(uplift, 1, 0.1, hold_out=300, seed=3)
    assert again.equals(listed)


def test_lists_in_words():
    uplift = pd.Series({"a": 0.05, "b": 0.20, "c": 0.10})
    listed = contact_list.contact_list(uplift, 100, 3, hold_out=1, seed=1)
    gains = pd.DataFrame({"share": 0.5, "lower": 1.0, "upper": 4.0}, ["target"])
    decision = SimpleNamespace(verdict="target", gains=gains)
    words = campaign_findings.planned(decision, listed, "$")
    assert words.startswith("Contact 2 customers: expected margin $")
    assert "(4 to 16 by the interval above)" in words  # two contacts, 2 to 8 each
    assert words.endswith("Hold out 1 customer of the list, drawn by lot, to see whether it paid.")
    nobody = contact_list.contact_list(uplift, 10, 3)
    assert len(nobody) == 0
    assert campaign_findings.planned(decision, nobody).startswith("Nobody is on the list: no")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hold_out": 2}, "hold_out is 2; accepted: fewer than the 2 customers"),
        ({"hold_out": 0.5}, "hold_out is 0.5; accepted: a whole number"),
    ],
)
def test_lists_refused(options, message):
    with pytest.raises(DataError, match=message):
        contact_list.contact_list(pd.Series([0.5, 0.4]), 100, 3, **options)
