"""Every marginal and every dependence that the data dictionary promises.

A topic is a function that yields (promise, estimate with its standard error, truth);
the truth is a number, or a sign. ``datasets/shop/promises.md`` lists them all, and a test
holds that list to this one.
"""

import numpy as np
import pandas as pd
import pytest

from crmlib import customers
from crmlib.simulation.parameters import CATEGORY_MIX, COMPLEMENT
from crmlib.simulation.records import luhn
from crmlib.value.btyd import BGNBD, GammaGamma

POSITIVE, NEGATIVE = "positive", "negative"
ERRORS = 3  # standard errors that an estimate may be away from the truth
ROUNDING = 0.02  # and a share of the truth: what whole days, cents and short scales do

END = pd.Timestamp("2025-01-01")
FIRST = pd.Timestamp("2023-01-01")


def process_log(shop):
    """The orders of the process: no returns, no campaign orders."""
    log = shop.transactions
    return log[(log["quantity"] > 0) & log["campaign_id"].isna()]


def buying(shop, truth):
    summary = customers.summarize(process_log(shop), observation_end="2024-12-31")
    for model in (BGNBD().fit(summary), GammaGamma().fit(summary)):
        for name, value in model.params_.items():
            section = truth["purchases"] if name in truth["purchases"] else truth["spend"]
            estimate = value, model.standard_errors_[name]
            yield f"fitted {name} is the true {name}", estimate, section[name]
    again = summary[summary["frequency"] > 0]
    found = correlation(again["frequency"], again["monetary_value"])
    yield "spend does not depend on frequency", found, 0
    people = shop.people
    rate = people["purchase_rate"]
    for name in ("dropout_probability", "mean_spend"):
        yield f"{name} is independent of the rate", correlation(rate, people[name]), 0
    bought = shop.orders[shop.orders["campaign_id"] == ""]
    repeats = bought[bought.duplicated("customer_id")]
    for day, weight in enumerate(truth["weekdays"]["weights"]):
        share = mean(repeats["time"].dt.day_of_week == day)
        yield f"weight of weekday {day}", (7 * share[0], 7 * share[1]), weight
    month = people["joined_on"].dt.strftime("%Y-%m").value_counts()
    found = ratio(month["2023-11"], month["2023-09"], 1.6 * 2.6)
    yield "November wins 1.6 times as many customers as September", found, 1.6


def traits(shop, truth):
    people, t = shop.people, truth["customers"]
    ordered = people.index.isin(shop.transactions["customer_id"])
    early = people["joined_on"] < "2024-10-01"
    yield "some register and never order", mean(~ordered[early]), t["never_ordered"]
    yield "share of women", mean(people["sex"] == "female"), t["female"]
    for child, parent in (
        ("price_sensitivity", "value"),
        ("price_sensitivity", "loyalty"),
        ("engagement", "need"),
        ("engagement", "loyalty"),
    ):
        found = correlation(people[child], people[parent])
        yield f"correlation of {child} and {parent}", found, t[f"{child}_on_{parent}"]
    for source, cost in truth["acquisition_cost"].items():
        found = mean(shop.customers["acquisition_cost"][shop.customers["source"] == source])
        yield f"acquisition cost, {source}", found, cost
    for tier, share in ((1, 0.2), (2, 0.4), (3, 0.4)):
        yield (
            f"share of customers in cities of tier {tier}",
            mean(people["city_tier"] == tier),
            share,
        )
    yield "customers of the largest cities spend more", difference(
        people["value"], people["city_tier"] == 1
    ), POSITIVE  # fmt: skip
    refused = logistic(people["income_band"].isna(), people["value"])[1]
    yield "the rich keep their income back", refused, t["income_refused_on_value"]
    known = people.dropna(subset="income_band")
    yield "income follows value", correlation(known["income_band"], known["value"]), POSITIVE
    yield "hobby is missing at random", difference(people["value"], people["hobby"].isna()), 0
    for source, sign in (("word of mouth", POSITIVE), ("advert", NEGATIVE)):
        found = difference(people["loyalty"], people["source"] == source)
        yield f"loyalty of those who came by {source}", found, sign
    yield "social media bring the young", difference(
        people["age"], people["source"] == "social media"
    ), NEGATIVE  # fmt: skip
    yield (
        "the trend segment is young",
        difference(people["age"], people["segment"] == "trend"),
        NEGATIVE,
    )
    yield "the bargain segment watches prices", difference(
        people["price_sensitivity"], people["segment"] == "bargain"
    ), POSITIVE  # fmt: skip
    yield "the young are innovative", correlation(people["age"], people["innovativeness"]), NEGATIVE
    yield "age 30 occurs", mean(people["age"] == 30), POSITIVE


def baskets(shop, truth):
    t, orders, lines = truth["orders"], shop.orders, shop.lines
    online = orders["channel"] != "store"
    age = orders["age"] - 35
    found = logistic(online, age)
    yield "buying online at 35", found[0], t["online_at_35"]
    yield "buying online falls with age", found[1], t["online_on_age"]
    found = logistic(orders["channel"][online] == "app", age[online])
    yield "app or web at 35", found[0], t["app_at_35"]
    yield "the app falls with age", found[1], t["app_on_age"]
    returns = shop.transactions["quantity"] < 0
    yield "lines returned", ratio(returns.sum(), len(lines), t["return_rate"]), t["return_rate"]
    order = lines["order_id"].to_numpy()
    names = list(dict.fromkeys(shop.products["category"]))
    category = lines["category"].map(names.index).to_numpy()
    follows = np.flatnonzero(order[1:] == order[:-1]) + 1
    complement = np.take(COMPLEMENT, category[follows - 1])
    segment = shop.people["segment"].loc[lines["customer_id"].iloc[follows]]
    base = pd.DataFrame(CATEGORY_MIX).T.loc[segment].to_numpy()[np.arange(len(follows)), complement]
    hit = (category[follows] == complement).astype(float)
    yield (
        "the next line is of the complementary category",
        mean((hit - base) / (1 - base)),
        t["complement"],
    )
    sensitive = shop.people["price_sensitivity"].loc[lines["customer_id"]].to_numpy()
    found = logistic(lines["discount"] > 0, sensitive)
    yield "lines at a discount", found[0], t["discount_logit"]
    yield "the price sensitive buy at a discount", found[1], t["discount_on_price_sensitivity"]
    found = logistic(lines["own_brand"], sensitive)
    yield "lines of the own brand", found[0], t["own_brand_logit"]
    yield "the price sensitive buy the own brand", found[1], t["own_brand_on_price_sensitivity"]
    margin = 1 - shop.products["unit_cost"] / shop.products["list_price"]
    for own, name in ((True, "own_brand"), (False, "other_brands")):
        found = margin[shop.products["own_brand"] == own].mean(), 0.001
        yield f"margin of {name}", found, truth["margins"][name]
    ours = lines.groupby([lines["time"].dt.year, "category"])["amount"].sum()
    back = shop.transactions[returns].merge(shop.products)
    ours = ours.add(back.groupby([back["time"].dt.year, "category"])["amount"].sum(), fill_value=0)
    market = shop.market.set_index(["year", "category"])["market_yuan"]
    for name, share in zip(names, truth["market"]["shares"], strict=True):
        found = ours[2023, name] / market[2023, name], 1e-4
        yield f"share of the market in {name}", found, share


def points(shop, truth):
    t, ledger = truth["points"], shop.points
    kept = shop.transactions.groupby("order_id").agg(amount=("amount", "sum"), time=("time", "min"))
    kept = kept[kept["time"] < END - pd.Timedelta(days=t["credited_after_days"])]
    due = np.floor(kept["amount"] / t["yuan_per_point"] + 1e-9)
    credited = ledger[ledger["kind"] == "credit"].set_index("order_id")["points"]
    wrong = due[due > 0].sub(credited, fill_value=0).abs()
    yield "a point for each full 10 yuan, to the order", (wrong.sum(), 0), 0
    redeemed = ledger[ledger["kind"] == "redemption"].groupby("customer_id").size()
    orders = shop.orders.groupby("customer_id").size()
    share = redeemed.reindex(orders.index, fill_value=0) / orders
    sensitive = shop.people["price_sensitivity"].loc[orders.index]
    yield "the price sensitive redeem", correlation(share, sensitive), POSITIVE
    expired = ledger["points"][ledger["kind"] == "expiry"].sum()
    yield "some points expire", (-expired, 1), POSITIVE


def campaigns(shop, truth):
    people, consents = shop.people, shop.consents
    first_state = consents.drop_duplicates("customer_id").set_index("customer_id")["state"]
    state = first_state.reindex(people.index).fillna("none")
    for name in ("listed", "unlisted"):
        yield f"consent {name}", mean(state == name), truth["consent"][name]
    before = pd.Timestamp("2024-01-01")  # no letter had been sent
    asked = people[(state != "none") & (people["joined_on"] < before)]
    gone = consents[(consents["state"] == "withdrawn") & (consents["changed_on"] < before)]
    years = (before - asked["joined_on"]).dt.days / 365.25
    expected = 1 - np.exp(-truth["consent"]["withdrawn_per_year"] * years)
    yield "consent is withdrawn with time", ratio(len(gone), expected.sum()), 1

    drawn = shop.assignments.merge(people.reset_index(), on="customer_id")
    drawn["treated"] = drawn["planned_contacts"] > 0
    for row in shop.campaigns.itertuples():
        members = drawn[drawn["campaign_id"] == row.campaign_id]
        yield f"hold-out of {row.name}", mean(~members["treated"]), row.hold_out
        for score in ("need", "loyalty", "value", "age"):
            found = difference(members[score], members["treated"])
            yield f"{row.name}: {score} is balanced", found, 0

    visits = shop.visits[shop.visits["entrance"] == "message"]
    visits = visits[visits["order_id"].isna()].groupby("customer_id").size()
    greeted = drawn[drawn["campaign_id"] == "K1"].set_index("customer_id")
    first = shop.orders.groupby("customer_id")["time"].min()
    greeted = greeted[first.loc[greeted.index] < END - pd.Timedelta(days=31)]
    count = visits.reindex(greeted.index, fill_value=0)
    yield (
        "the greeting brings visits",
        difference(count, greeted["treated"]),
        truth["greeting"]["extra_visit"],
    )

    t, letters = truth["letters"], shop.contacts[shop.contacts["campaign_id"] == "K2"]
    left = people["left_on"].loc[letters["customer_id"]].fillna(END).to_numpy()
    here = left > letters["sent_at"].to_numpy()
    expected = (here * t["first"] * np.exp(-t["fading"] * (letters["step"] - 1))).sum()
    orders = shop.orders
    yield (
        "letters bring orders, each fewer",
        ratio((orders["campaign_id"] == "K2").sum(), expected),
        1,
    )
    out = consents[consents["state"] == "withdrawn"].set_index("customer_id")["changed_on"]
    next_day = letters["sent_at"].dt.normalize() + pd.Timedelta(days=1)
    tired = out.reindex(letters["customer_id"]).to_numpy() == next_day.to_numpy()
    expected = (t["fatigue"] * letters["step"] + truth["consent"]["withdrawn_per_year"] / 365).sum()
    yield "letters tire, each more", ratio(tired.sum(), expected), 1

    def response(campaign):
        members = drawn[drawn["campaign_id"] == campaign]
        buyers = orders["customer_id"][orders["campaign_id"] == campaign]
        return members, members["customer_id"].isin(buyers)

    for campaign, name in (("K3", "postcard"), ("K4", "card")):
        members, ordered = response(campaign)
        for treated, share in enumerate(truth[name]["order"]):
            arm = members["treated"] == bool(treated)
            yield f"orders of the {name}, arm {treated}", mean(ordered[arm]), share
    members, ordered = response("K5")
    for kind, shares in truth["voucher"].items():
        for treated, share in enumerate(shares if kind != "hold_out" else ()):
            arm = (members["uplift_type"] == kind) & (members["treated"] == bool(treated))
            yield f"voucher orders of a {kind}, arm {treated}", mean(ordered[arm]), share
    gain = (members["voucher_order_with"] - members["voucher_order_without"]).mean()
    yield "average uplift of the voucher", difference(ordered, members["treated"]), gain
    gone = people[(people["left_on"] < "2024-11-04") & people["uplift_type"].notna()]
    yield "who has left is a lost cause", mean(gone["uplift_type"] == "lost cause"), 1
    here = people[people["left_on"].isna() & people["uplift_type"].notna()]
    for kind, score, sign in (
        ("persuadable", "price_sensitivity", POSITIVE),
        ("sure thing", "loyalty", POSITIVE),
        ("lost cause", "loyalty", NEGATIVE),
    ):
        found = difference(here[score], here["uplift_type"] == kind)
        yield f"{score} of a {kind}", found, sign
    unlisted = state.loc[here.index] == "unlisted"
    yield (
        "sleeping dogs are unlisted",
        difference(here["uplift_type"] == "sleeping dog", unlisted),
        POSITIVE,
    )


def engagement(shop, truth):
    people, visits, t = shop.people, shop.visits, truth["interactions"]
    looking = visits[visits["order_id"].isna() & (visits["entrance"] != "message")]
    here = people[people["left_on"].isna()]
    weeks = (END - here["joined_on"]).dt.days / 7
    count = looking.groupby("customer_id").size().reindex(here.index, fill_value=0)
    found = poisson(count, weeks, here["engagement"])
    yield "visits a week", (np.exp(found[0][0]), found[0][1] * 0.05), truth["visits"]["per_week"]
    yield "the engaged visit more", found[1], truth["visits"]["on_engagement"]
    online = shop.orders[shop.orders["channel"] != "store"]["order_id"]
    yield "every online order is a visit", mean(online.isin(visits["order_id"])), 1
    done = shop.interactions
    lines = shop.lines.merge(people["engagement"], left_on="customer_id", right_index=True)
    early = lines["time"] < END - pd.Timedelta(days=15)
    lines = lines[early].drop_duplicates(["order_id", "product_id"])
    reviews = done[done["kind"] == "review"]
    keys = lines["customer_id"] + lines["product_id"]
    alone = ~keys.duplicated(keep=False)  # bought once, so the review is of this line
    reviewed = keys[alone].isin(reviews["customer_id"] + reviews["product_id"])
    found = logistic(reviewed, lines["engagement"][alone])
    yield "reviews", found[0], t["review_logit"]
    yield "the engaged review more", found[1], t["on_engagement"]
    served = shop.orders["order_id"].isin(done["order_id"].dropna())
    found = logistic(served, shop.orders["engagement"])
    yield "value-added services", found[0], t["service_logit"]
    yield "the engaged use more services", found[1], t["on_engagement"]
    shares = done[done["kind"] == "share"].groupby("customer_id").size()
    visited = visits.groupby("customer_id").size()
    share = (shares.reindex(visited.index, fill_value=0) / visited).clip(upper=1)
    yield (
        "the engaged share more",
        correlation(share, people["engagement"].loc[visited.index]),
        POSITIVE,
    )
    stars = reviews.merge(people["loyalty"], left_on="customer_id", right_index=True)
    yield "the loyal give more stars", correlation(stars["stars"], stars["loyalty"]), POSITIVE
    orders = shop.orders.groupby("customer_id").size().reindex(people.index, fill_value=0)
    looks = looking.groupby("customer_id").size().reindex(people.index, fill_value=0)
    yield "who looks more also buys more", correlation(np.log1p(orders), np.log1p(looks)), POSITIVE
    invited = shop.referrals
    for reward, name in (("inviter only", "one_sided"), ("both", "double_sided")):
        found = mean(invited["joined_customer_id"].notna()[invited["reward"] == reward])
        yield (
            f"invitations that bring a customer, reward to {reward}",
            found,
            truth["referrals"][f"joins_if_{name}"],
        )
    invites = people.index.isin(invited["customer_id"])
    yield "the loyal invite", difference(people["loyalty"], invites), POSITIVE


def service(shop, truth):
    t, tickets, orders = truth["service"], shop.tickets, shop.orders
    early = orders[(orders["time"] < END - pd.Timedelta(days=8))]
    complaints = tickets[tickets["category"] != "price promise"]
    last = (early["time"].dt.normalize() == early["left_on"]) & (early["campaign_id"] == "")
    complained = early["order_id"].isin(complaints["order_id"])
    yield "orders complained of", mean(complained[~last]), t["complaint"]
    yield "complaints before leaving", mean(complained[last]), t["complaint_before_leaving"]
    paid = complaints["compensation"] > 0
    yield "half of the complaints are compensated", mean(paid), 0.5
    asked = complaints["would_stay"].notna()
    for arm, share in enumerate(t["stay"]):
        found = mean(complaints["would_stay"][asked & (paid == bool(arm))].astype(float))
        yield f"would stay, compensation {arm}", found, share
    claims = tickets[tickets["category"] == "price promise"]
    yield (
        "price promise claimed",
        ratio(len(claims), len(shop.lines), t["price_promise"]),
        t["price_promise"],
    )
    yield "price refunded", mean(claims["compensation"]), t["price_gap"]
    replied = tickets.dropna(subset="first_reply_at")
    late = replied["first_reply_at"] > replied["promised_at"]
    yield "replies after the time promised", mean(late), 0.136
    yield (
        "solved at the first contact",
        mean(tickets["contacts_needed"] == 1),
        t["solved_at_first_contact"],
    )
    calls = shop.calls
    yield (
        "calls an hour",
        ratio(len(calls), 27, truth["calls"]["per_hour"]),
        truth["calls"]["per_hour"],
    )
    yield "seconds of handling", mean(calls["handled_seconds"]), truth["calls"]["handling_seconds"]
    waits, error = mean(calls["waited_seconds"] > 0)
    yield "a call waits (Erlang C)", (waits, 5 * error), 0.409  # waits come in runs
    quick, error = mean(calls["waited_seconds"] <= 20)
    yield "a call is answered within 20 s", (quick, 5 * error), 0.672


def wallets(shop, truth):
    people, t, panel = shop.people, truth["wallet"], shop.category_spend
    usual = people[people["wallet"] > 100]  # the least that anybody spends
    logit = np.log(usual["wallet_share"] / (1 - usual["wallet_share"]))
    found = linear(logit, usual["loyalty"], usual["price_sensitivity"])
    yield "wallet share rises with loyalty", found[1], t["on_loyalty"]
    yield "wallet share falls with price sensitivity", found[2], t["on_price_sensitivity"]
    year = shop.transactions["time"].dt.year
    own = shop.transactions.groupby(["customer_id", year])["amount"].sum()
    asked = people.loc[own.index.get_level_values(0).unique()]
    answered = asked.index.isin(panel["customer_id"][panel["year"] == 2024])
    found = logistic(answered, asked["value"])
    yield "the panel answers", found[0], t["panel_answers"]
    yield "the rich answer less", found[1], t["panel_answers_on_value"]
    panel = panel[panel["year"] == 2024].set_index("customer_id")
    stayed = people["left_on"].isna() & (people["joined_on"] < "2024-01-01")
    stayed = panel.index.intersection(people.index[stayed])
    ours = own.unstack(fill_value=0)[2024].reindex(stayed, fill_value=0)
    share = ours / (ours + panel["spent_elsewhere"].loc[stayed])
    yield (
        "the share seen follows the true one",
        correlation(share, people["wallet_share"].loc[stayed]),
        POSITIVE,
    )
    yield "rank falls as share rises", correlation(share, panel["our_rank"].loc[stayed]), NEGATIVE


def surveys(shop, truth):
    t, people = truth["surveys"], shop.people
    asked = shop.surveys.merge(people.reset_index(), on="customer_id")
    yield (
        "satisfaction follows loyalty",
        correlation(asked["satisfaction"], asked["loyalty"]),
        POSITIVE,
    )
    wave = pd.Timestamp("2024-12-15")
    known = shop.orders.groupby("customer_id")["time"].min() < wave - pd.Timedelta(days=31)
    known = people.loc[known.index[known]]
    known = known[known["left_on"].isna()]
    answered = known.index.isin(asked["customer_id"][asked["asked_on"] == wave])
    yield "the loyal answer", logistic(answered, known["loyalty"])[1], t["answer_on_loyalty"]
    unpaid = shop.tickets[shop.tickets["compensation"] == 0]
    recent = unpaid["opened_at"].between(wave - pd.Timedelta(days=180), wave, inclusive="left")
    second = asked[asked["asked_on"] == wave]
    upset = second["customer_id"].isin(unpaid["customer_id"][recent])
    yield (
        "a complaint without compensation weighs on satisfaction",
        linear(second["satisfaction"], upset, second["loyalty"])[1],
        NEGATIVE,
    )
    yield (
        "the satisfied recommend",
        correlation(asked["recommend"], asked["satisfaction"]),
        POSITIVE,
    )
    for segment, means in truth["attitudes"].items():
        group = asked[asked["segment"] == segment]
        for name, value in zip(
            ("fashion", "family", "thrift", "craft", "risk", "routine"), means, strict=True
        ):
            found, error = mean(group[f"likes_{name}"])
            yield f"{segment} on {name}", (found, error + 0.05), value
    for kind in ("economic", "functional", "emotional"):
        yield (
            f"two items of {kind} value agree",
            correlation(asked[f"{kind}_1"], asked[f"{kind}_2"]),
            POSITIVE,
        )
    yield (
        "economic and functional value are apart",
        correlation(asked["economic_1"], asked["functional_1"]),
        0,
    )
    yield (
        "the young want fast delivery",
        difference(asked["age"], asked["wants"] == "fast delivery"),
        NEGATIVE,
    )
    willing = asked.dropna(subset="willingness")
    yield (
        "willingness follows loyalty",
        correlation(willing["willingness"], willing["loyalty"]),
        POSITIVE,
    )


def accounts(shop, truth):
    t = truth["accounts"]
    table = shop.accounts.merge(shop.truth_accounts).merge(shop.customers, on="customer_id")
    old = table[table["joined_on"] < FIRST].set_index("customer_id")
    year = shop.account_orders["ordered_on"].dt.year
    count = shop.account_orders.groupby(["customer_id", year]).size().unstack(fill_value=0)
    count = count.reindex(old.index, fill_value=0)
    yield "orders of an account a year", mean(count.mean(axis=1)), t["mean_orders"]
    none = (t["r"] / (t["r"] + t["mean_orders"])) ** t["r"]
    yield "accounts without an order in 2023 (NBD)", mean(count[2023] == 0), none
    top = count[2023].rank(ascending=False, method="first") <= len(count) / 10
    expected = (t["r"] + count[2023][top]) / (t["r"] / t["mean_orders"] + 1)
    found, error = ratio(count[2024][top].sum(), expected.sum())
    yield "the best tenth of 2023 orders in 2024 as NBD expects", (found, 1.4 * error), 1
    yield "which is less than in 2023", (expected.sum() - count[2023][top].sum(), 0), NEGATIVE
    highway = old["industry"] == "highway building"
    yield "highway builders", mean(highway), t["highway_share"]
    yield "highway builders order more", difference(old["order_rate"], highway), POSITIVE
    score = (np.log(table["share"] / (1 - table["share"])) + 0.8) / 0.9
    found = logistic(table["renewed"], table["gift"], table["tracking"], table["thanks"], score)
    for (name, value), slope in zip(
        {k: t[k] for k in ("gift", "tracking", "thanks")}.items(), found[1:4], strict=True
    ):
        yield f"effect of {name} on renewal", slope, value
    yield (
        "the seller's feeling and the true share",
        correlation(table["felt_tie"], score),
        t["felt_tie_on_share"],
    )
    books = shop.account_orders["amount_in_their_books"]
    yield "vouchers missing in their books", mean(books.isna()), t["voucher_missing"]
    late = shop.account_orders["ordered_on"] >= "2024-10-01"
    ordered = table["customer_id"].isin(shop.account_orders["customer_id"][late])
    yield "forecasts tell who orders", difference(table["forecast_q4_2024"], ordered), POSITIVE
    tiers = ["potential", "general", "important"]
    one, two = (table[name].map(tiers.index) for name in ("tier_by_seller", "tier_by_manager"))
    yield "seller and manager tier alike", correlation(one, two), POSITIVE
    yield "seller and manager agree entirely", (mean(one == two)[0] - 1, 0.02), NEGATIVE


def prospects(shop, truth):
    leads = shop.leads
    reach = np.cumprod(truth["leads"]["steps"])
    stages = ["new", "qualified", "meeting", "offer", "won"]
    stage = leads["stage"].map(stages.index)
    for i, share in enumerate(reach, start=1):
        yield f"leads that reach {stages[i]}", mean(stage >= i), share
    strong, keen = leads["strength"] >= 4, leads["intent"] >= 4
    both, one = stage[strong & keen] >= 3, stage[strong & (leads["intent"] <= 2)] >= 3
    found = mean(both)[0] - mean(one)[0], np.hypot(mean(both)[1], mean(one)[1])
    yield "strength without intent does not sell", found, POSITIVE
    bigger = np.log(leads["headcount"])
    yield "strong leads are larger", correlation(bigger, leads["strength"]), POSITIVE
    survey = shop.market_survey
    steps = ["attention", "interest", "desire", "memory", "action"]
    asked = np.ones(len(survey), dtype=bool)
    for name, share in zip(steps, truth["aidma"]["yields"], strict=True):
        yield f"AIDMA: {name}", mean(survey[name][asked]), share
        asked = survey[name].to_numpy()
    names = list(truth["brand_choice"])
    found = logistic(survey["buys_category"], *(survey[f"{name}_score"] for name in names))
    for name, slope in zip(names, found[1:], strict=True):
        yield f"effect of {name} influences", slope, truth["brand_choice"][name]
    needs = survey[[f"need_{i}" for i in range(1, 6)]].to_numpy().astype(int)
    ladders = np.tril(np.ones((6, 5), dtype=int), -1)
    errors = np.abs(needs[:, None, :] - ladders).sum(axis=2).min(axis=1)
    yield "needs are nearly a ladder (reproducibility)", (1 - errors.mean() / 5, 0.0025), 0.945
    switches = survey["last_brands"].map(
        lambda text: sum(a != b for a, b in zip(text, text[1:], strict=False)) / 4
    )
    found = linear(switches, survey["age"] - 18)
    yield "changing the brand at 18", found[0], truth["switching"]["at_18"]
    yield "changing the brand, per year of age", found[1], truth["switching"]["per_year"]


def panels(shop, truth):
    offers = shop.choice_experiment
    for place, kind in enumerate(("consumer", "business")):
        pairs = offers[offers["kind"] == kind].pivot(
            index=["respondent_id", "task"], columns="offer"
        )
        names = list(truth["conjoint"])
        gaps = [pairs[name][1] - pairs[name][2] for name in names]
        found = logistic(pairs["chosen"][1], *gaps, intercept=False)
        for name, slope in zip(names, found, strict=True):
            yield f"utility of {name} to a {kind}", slope, truth["conjoint"][name][place]
    ratings = shop.brand_ratings
    for brand, means in truth["brands"].items():
        group = ratings[ratings["brand"] == brand]
        for name, value in zip(("quality", "low_price", "service", "style"), means, strict=True):
            found, error = mean(group[name])
            yield f"{name} of {brand}", (found, error + 0.05), value
    items = shop.staff_surveys.set_index(["staff_id", "wave"]).mean(axis=1).unstack()
    yield (
        "the training changes attitude",
        mean(items["after"] - items["before"]),
        truth["staff"]["mean_change"],
    )
    stores, t = shop.stores, truth["stores"]
    place = stores["place"] == "centre"
    found = linear(stores["service_quality"], stores["staff_satisfaction"], place)
    yield "path from staff to service", found[1], t["staff_to_service"]
    found = linear(
        stores["customer_satisfaction"],
        stores["service_quality"],
        stores["staff_satisfaction"],
        place,
    )
    yield "path from service to customers", found[1], t["service_to_customers"]
    yield "path from staff to customers", found[2], t["staff_to_customers"]


def records(shop, truth):
    t = truth["records"]
    both = shop.customer_records.merge(shop.truth_records)
    people = shop.people
    for channel, share in zip(("app", "web"), t["channels"][1:], strict=True):
        there = people.index.isin(both["customer_id"][both["channel"] == channel])
        yield f"people with a record in {channel}", mean(there), share
    twice = both.duplicated(["customer_id", "channel"])
    yield (
        "records typed twice in a channel",
        ratio(twice.sum(), (~twice).sum(), t["twice"]),
        t["twice"],
    )
    store = both[both["channel"] == "store"]  # no pinyin there
    yield "traditional characters", mean(store["traditional"]), t["traditional"]
    yield (
        "pinyin on the web",
        mean(both["pinyin"][both["channel"] == "web"]),
        t["pinyin_by_channel"][2],
    )
    yield "wrong digit in the phone", mean(both["phone_typo"]), t["phone_typo"]
    card = both["card_number"].dropna().astype("int64").to_numpy()
    bad = luhn(card // 10) != card % 10
    yield (
        "Luhn's digit finds every wrong card",
        mean(bad == both["card_typo"][both["card_number"].notna()]),
        1,
    )
    yield "wrong digit in the card", mean(both["card_typo"]), t["card_typo"]
    months = (END - both["last_verified_on"]).dt.days / (365.25 / 12)
    expected = 1 - np.exp(-t["phone_changes_per_month"] * months)
    yield (
        "phones go out of date by 2 % a month",
        ratio(both["phone_outdated"].sum(), expected.sum()),
        1,
    )
    for column in ("email", "birth_date"):
        for place, channel in enumerate(("store", "app", "web")):
            found = mean(both[column].isna()[both["channel"] == channel])
            yield f"{channel} has no {column}", found, t[f"no_{column}_by_channel"][place]
    same = (
        both.dropna(subset="phone")
        .groupby(both["phone"].str.replace("-", ""))["customer_id"]
        .nunique()
    )
    yield "two people share a phone", mean(same > 1), POSITIVE
    same = both.groupby("name")["customer_id"].nunique()
    yield "two people share a name", mean(same > 1), POSITIVE


TOPICS = [buying, traits, baskets, points, campaigns, engagement, service, wallets, surveys,
          accounts, prospects, panels, records]  # fmt: skip


def kept(estimate, truth):
    """Whether an estimate agrees with a truth or has its sign."""
    value, error = estimate
    if truth in (POSITIVE, NEGATIVE):
        return (value if truth == POSITIVE else -value) > ERRORS * error
    return abs(value - truth) <= ERRORS * error + ROUNDING * abs(truth)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.__name__)
def test_promises_are_kept(shop, topic):
    broken = [found for found in topic(shop, shop.truth) if not kept(*found[1:])]
    assert broken == []


def written(shop):
    """The promises as the table that ships with the shop."""
    lines = ["| promise | truth | estimate | standard error |", "|---|---|---|---|"]
    for topic in TOPICS:
        lines.append(f"| **{topic.__name__}** | | | |")
        for promise, (value, error), truth in topic(shop, shop.truth):
            known = truth if isinstance(truth, str) else f"{truth:.4g}"
            lines.append(f"| {promise} | {known} | {value:.4g} | {error:.2g} |")
    return "\n".join(lines) + "\n"


def test_the_promises_are_written_down(small_shop):
    text = (small_shop.folder / "promises.md").read_text(encoding="utf-8")
    for line, expected in zip(text.splitlines(), written(small_shop).splitlines(), strict=True):
        cells, right = line.split("|"), expected.split("|")
        assert cells[:3] == right[:3]
        for cell, number in zip(cells[3:], right[3:], strict=True):  # another machine rounds
            assert cell == number or float(cell) == pytest.approx(float(number), rel=0.01, abs=1e-3)


@pytest.mark.parametrize(
    ("estimate", "truth"),
    [((0.5, 0.01), 0.56), ((0.1, 0.05), POSITIVE), ((0.1, 0.01), NEGATIVE), ((0.0, 0.0), 1)],
)
def test_a_broken_promise_is_seen(estimate, truth):
    assert not kept(estimate, truth)


def mean(values):
    """Mean of numbers or truth values, and its standard error (never quite zero)."""
    values = np.asarray(values, dtype=float)
    return values.mean(), values.std() / np.sqrt(len(values)) + 1 / len(values)


def difference(values, groups):
    """Mean where ``groups`` is true, less the mean where it is not."""
    values, groups = np.asarray(values, dtype=float), np.asarray(groups, dtype=bool)
    (one, error_one), (other, error_other) = mean(values[groups]), mean(values[~groups])
    return one - other, np.hypot(error_one, error_other)


def correlation(one, other):
    """Pearson's."""
    one, other = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    r = np.corrcoef(one, other)[0, 1]
    return r, (1 - r**2) / np.sqrt(len(one))


def ratio(count, base, truth=1):
    """A count over a base, and Poisson's standard error if ``truth`` is expected."""
    return count / base, np.sqrt(truth / base)


def linear(y, *columns):
    """Slopes of a linear regression; the first result is the intercept."""
    X = np.column_stack([np.ones(len(y)), *columns]).astype(float)
    y = np.asarray(y, dtype=float)
    inverse = np.linalg.inv(X.T @ X)
    slopes = inverse @ X.T @ y
    spread = (y - X @ slopes).var()
    return list(zip(slopes, np.sqrt(np.diag(inverse) * spread), strict=True))


def logistic(y, *columns, intercept=True):
    """Slopes of a logistic regression, by Newton's method; the intercept comes first."""
    X = np.column_stack([np.ones(len(y))] * intercept + list(columns)).astype(float)
    y = np.asarray(y, dtype=float)
    return _newton(X, y, lambda eta: 1 / (1 + np.exp(-eta)), lambda fitted: fitted * (1 - fitted))


def poisson(y, exposure, *columns):
    """Slopes of a Poisson regression; errors allow for more spread than Poisson's."""
    X = np.column_stack([np.ones(len(y)), *columns]).astype(float)
    y, exposure = np.asarray(y, dtype=float), np.asarray(exposure, dtype=float)
    found = _newton(X, y, lambda eta: np.exp(eta) * exposure, lambda fitted: fitted)
    fitted = np.exp(X @ [slope for slope, _error in found]) * exposure
    spread = np.sqrt(((y - fitted) ** 2 / fitted).mean())
    return [(slope, error * spread) for slope, error in found]


def _newton(X, y, inverse_link, variance):
    slopes = np.zeros(X.shape[1])
    slopes[0] = 0.0
    for _step in range(30):
        fitted = inverse_link(X @ slopes)
        information = X.T @ (X * variance(fitted)[:, None])
        slopes = slopes + np.linalg.solve(information, X.T @ (y - fitted))
    return list(zip(slopes, np.sqrt(np.diag(np.linalg.inv(information))), strict=True))


if __name__ == "__main__":  # writes the list anew, after the shop was made anew
    from conftest import SHIPPED, Shop

    (SHIPPED / "promises.md").write_text(written(Shop(SHIPPED)), encoding="utf-8")
