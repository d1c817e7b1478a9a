"""Nothing in the shop is impossible: keys meet, time runs forward, consents are kept.

A check returns the number of rows that break it. Each comes with a deed that breaks it,
and must see the deed.
"""

import re

import pandas as pd
import pytest

KEYS = {  # column -> table and column that it must meet
    "customer_id": ("customers", "customer_id"),
    "joined_customer_id": ("customers", "customer_id"),
    "order_id": ("transactions", "order_id"),
    "product_id": ("products", "product_id"),
    "store_id": ("stores", "store_id"),
    "campaign_id": ("campaigns", "campaign_id"),
    "record_id": ("customer_records", "record_id"),
    "staff_id": ("staff", "staff_id"),
    "seller_id": ("staff", "staff_id"),
    "agent_id": ("staff", "staff_id"),
}
OWN_KEYS = {
    "customers": ["customer_id"],
    "customer_records": ["record_id"],
    "truth_records": ["record_id"],
    "truth_customers": ["customer_id"],
    "truth_accounts": ["customer_id"],
    "accounts": ["customer_id"],
    "account_orders": ["account_order_id"],
    "assignments": ["campaign_id", "customer_id"],
    "contacts": ["contact_id"],
    "tickets": ["ticket_id"],
    "leads": ["lead_id"],
    "referrals": ["referral_id"],
    "products": ["product_id"],
    "stores": ["store_id"],
    "staff": ["staff_id"],
    "staff_surveys": ["staff_id", "wave"],
    "campaigns": ["campaign_id"],
    "calls": ["call_id"],
    "surveys": ["customer_id", "asked_on"],
    "category_spend": ["customer_id", "year"],
    "market_survey": ["respondent_id"],
    "brand_ratings": ["respondent_id", "brand"],
    "choice_experiment": ["respondent_id", "task", "offer"],
    "market": ["year", "category"],
}
START, END = pd.Timestamp("2023-01-01"), pd.Timestamp("2025-01-01")
BEFORE = ("joined_on", "birth_date")  # may lie before the two years


class Copy:
    """A shop whose tables may be spoilt."""

    def __init__(self, shop):
        self.shop = shop

    def __getattr__(self, name):
        value = getattr(self.shop, name)
        if isinstance(value, pd.DataFrame):
            value = value.copy()
            setattr(self, name, value)
        return value


def by_customer(table, column, how):
    return getattr(table.groupby("customer_id")[column], how)()


def foreign_keys(shop):
    wrong = 0
    for name in shop.names():
        table = getattr(shop, name)
        for column in table.columns.intersection(list(KEYS)):
            home, key = KEYS[column]
            used = pd.Index(table[column].dropna().unique())
            wrong += len(used.difference(getattr(shop, home)[key], sort=False))
    return wrong


def own_keys(shop):
    return sum(getattr(shop, name)[keys].duplicated().sum() for name, keys in OWN_KEYS.items())


def missing_keys(shop):
    return sum(getattr(shop, name)[keys].isna().sum().sum() for name, keys in OWN_KEYS.items())


def times_out_of_range(shop):
    wrong = 0
    for name in shop.names():
        for column, values in getattr(shop, name).select_dtypes("datetime").items():
            wrong += (values >= END).sum() if column != "promised_at" else 0
            wrong += (values < START).sum() if column not in BEFORE else 0
    return wrong


def events_before_registration(shop):
    joined = shop.customers.set_index("customer_id")["joined_on"]
    events = [
        (shop.transactions, "time"),
        (shop.visits, "time"),
        (shop.interactions, "time"),
        (shop.consents, "changed_on"),
        (shop.contacts, "sent_at"),
        (shop.points, "time"),
        (shop.referrals, "sent_on"),
        (shop.tickets, "opened_at"),
        (shop.account_orders, "ordered_on"),
    ]
    return sum(
        (table[at] < joined.loc[table["customer_id"]].to_numpy()).sum() for table, at in events
    )


def orders_after_leaving(shop):
    log = shop.transactions
    log = log[(log["quantity"] > 0) & log["campaign_id"].isna()]
    left = shop.people["left_on"].loc[log["customer_id"]].to_numpy()
    return (log["time"].dt.normalize() > left).sum()


def leaving_without_an_order(shop):
    left = shop.people["left_on"].dropna()
    log = shop.transactions[shop.transactions["campaign_id"].isna()]
    days = pd.MultiIndex.from_arrays([log["customer_id"], log["time"].dt.normalize()])
    return (~pd.MultiIndex.from_arrays([left.index, left]).isin(days)).sum()


def two_orders_of_the_process_on_a_day(shop):
    orders = shop.orders[shop.orders["campaign_id"] == ""]
    return (
        pd.DataFrame({"c": orders["customer_id"], "d": orders["time"].dt.normalize()})
        .duplicated()
        .sum()
    )


def one_order_of_two_people(shop):
    return (shop.transactions.groupby("order_id")["customer_id"].nunique() != 1).sum()


def amounts(shop):
    log = shop.transactions
    due = log["quantity"] * log["unit_price"] * (1 - log["discount"])
    return ((log["amount"] - due).abs() > 0.0051).sum()


def prices(shop):
    log = shop.transactions.merge(shop.products, on="product_id")
    return (log["unit_price"] != log["list_price"]).sum()


def returns(shop):
    log = shop.transactions
    line = ["order_id", "product_id", "discount"]
    bought = log[log["quantity"] > 0].groupby(line)["quantity"].sum()
    back = -log[log["quantity"] < 0].groupby(line)["quantity"].sum()
    first = log[log["quantity"] > 0].groupby("order_id")["time"].min()
    sent = log[log["quantity"] < 0]
    early = (sent["time"] <= first.loc[sent["order_id"]].to_numpy()).sum()
    return (back > bought.reindex(back.index, fill_value=0)).sum() + early


def stores_of_online_orders(shop):
    return (
        shop.transactions["store_id"].notna() != (shop.transactions["channel"] == "store")
    ).sum()


def negative_balances(shop):
    ledger = shop.points.sort_values(["customer_id", "time"], kind="stable")
    debits_last = ledger.sort_values(
        ["customer_id", "time", "points"], ascending=[True, True, False]
    )
    return (by_customer(debits_last, "points", "cumsum") < 0).sum()


def consent_broken(shop):
    given = by_customer(shop.consents[shop.consents["state"] != "withdrawn"], "changed_on", "min")
    gone = by_customer(shop.consents[shop.consents["state"] == "withdrawn"], "changed_on", "min")
    contacts = shop.contacts
    who = contacts["customer_id"]
    start = given.reindex(who).fillna(END).to_numpy()
    stop = gone.reindex(who).fillna(END).to_numpy()
    replied = contacts["replied_at"].dropna()
    late = (replied >= stop[contacts["replied_at"].notna()]).sum()
    sent = contacts["sent_at"].to_numpy()
    return ((sent < start) | (sent >= stop)).sum() + late


def states_of_consent(shop):
    allowed = {("listed",), ("unlisted",), ("listed", "withdrawn"), ("unlisted", "withdrawn")}
    histories = shop.consents.groupby("customer_id")["state"].agg(tuple)
    return (~histories.isin(allowed)).sum()


def contacts_of_the_hold_out(shop):
    planned = shop.assignments.set_index(["campaign_id", "customer_id"])["planned_contacts"]
    count = shop.contacts.groupby(["campaign_id", "customer_id"]).size()
    return (count > planned.reindex(count.index, fill_value=0)).sum()


def replies_without_opening(shop):
    contacts = shop.contacts
    early = contacts["replied_at"] < contacts["sent_at"]
    return (early | (contacts["replied_at"].notna() & ~contacts["opened"])).sum()


def campaign_orders_outside(shop):
    log = shop.transactions[shop.transactions["quantity"] > 0].dropna(subset="campaign_id")
    log = log.merge(shop.campaigns, on="campaign_id")
    members = pd.MultiIndex.from_frame(shop.assignments[["campaign_id", "customer_id"]])
    strangers = ~pd.MultiIndex.from_frame(log[["campaign_id", "customer_id"]]).isin(members)
    late = log["time"] >= log["ends_on"] + pd.Timedelta(days=15)
    return (strangers | late | (log["time"] < log["starts_on"])).sum()


def reviews_of_unbought(shop):
    reviews = shop.interactions.dropna(subset="product_id")
    log = shop.transactions[shop.transactions["quantity"] > 0]
    first = log.groupby(["customer_id", "product_id"])["time"].min()
    bought = first.reindex(pd.MultiIndex.from_frame(reviews[["customer_id", "product_id"]]))
    return (~(bought.to_numpy() < reviews["time"].to_numpy())).sum()


def tickets_out_of_order(shop):
    tickets = shop.tickets
    order = shop.transactions.groupby("order_id")["time"].min().loc[tickets["order_id"]].to_numpy()
    return (
        (tickets["opened_at"] < order)
        | (tickets["first_reply_at"] < tickets["opened_at"])
        | (tickets["resolved_at"] < tickets["first_reply_at"])
    ).sum()


def referrals_backwards(shop):
    joined = shop.customers.set_index("customer_id")["joined_on"]
    found = shop.referrals.dropna(subset="joined_customer_id")
    new = joined.loc[found["joined_customer_id"]].to_numpy()
    first = shop.transactions.groupby("customer_id")["time"].min().dt.normalize()
    inviter = first.reindex(found["customer_id"]).to_numpy()
    twice = found["joined_customer_id"].duplicated()
    return (twice | (found["sent_on"] > new) | ~(inviter <= found["sent_on"].to_numpy())).sum()


def leads_backwards(shop):
    leads = shop.leads.dropna(subset="customer_id")
    joined = shop.customers.set_index("customer_id")["joined_on"].loc[leads["customer_id"]]
    wrong = (leads["closed_on"].to_numpy() != joined.to_numpy()) | (leads["stage"] != "won")
    return wrong.sum() + (shop.leads["closed_on"] < shop.leads["created_on"]).sum()


def phones(shop):
    form = re.compile(r"100-?\d{4}-?\d{4}")
    return (
        ~shop.customer_records["phone"].dropna().map(lambda text: bool(form.fullmatch(text)))
    ).sum()


def mail_addresses(shop):
    form = re.compile(r"[a-z]+\d+@example\.com")
    return (
        ~shop.customer_records["email"].dropna().map(lambda text: bool(form.fullmatch(text)))
    ).sum()


def ages(shop):
    born = shop.customer_records.merge(shop.truth_records).dropna(subset="birth_date")
    age = (pd.Timestamp("2024-12-31") - born["birth_date"]).dt.days / 365.25
    known = shop.people["age"].loc[born["customer_id"]].to_numpy()
    return (~((age > known - 0.01) & (age < known + 1.01))).sum() + (known < 18).sum()


def records_against_customers(shop):
    both = shop.customer_records.merge(shop.truth_records)
    customers = shop.people.loc[both["customer_id"]].reset_index()
    district = both["address"].str[:2]
    return (
        (both["city"] != customers["city"])
        | (both["sex"].notna() & (both["sex"] != customers["sex"]))
        | (district.notna() & (district != customers["district"]))
    ).sum()


def industries(shop):
    customers = shop.customers
    return (customers["industry"].notna() != (customers["kind"] == "business")).sum()


def shares(shop):
    truth, accounts = shop.truth_customers, shop.truth_accounts
    inside = truth["wallet_share"].between(0, 1, inclusive="neither") | (truth["wallet_share"] == 0)
    return (~inside).sum() + (~accounts["share"].between(0, 1)).sum()


def spoil(name, row=0, **cells):
    """A deed: other values in some row of a table."""

    def deed(shop):
        table = getattr(shop, name)
        for column, value in cells.items():
            table.iloc[row, table.columns.get_loc(column)] = value

    return deed


def spoil_where(name, condition, **cells):
    """A deed: other values in the first row for which the condition holds."""

    def deed(shop):
        table = getattr(shop, name)
        row = table.index[condition(table)][0]
        for column, value in cells.items():
            table.loc[row, column] = value(table.loc[row]) if callable(value) else value

    return deed


def is_return(log):
    return log["quantity"] < 0


EARLY, LATE = pd.Timestamp("2020-01-01"), pd.Timestamp("2024-12-31 23:00")
CHECKS = [
    (foreign_keys, spoil("transactions", customer_id="C99999999")),
    (foreign_keys, spoil("accounts", seller_id="S999")),
    (own_keys, spoil_where("contacts", lambda t: t.index > 0, contact_id="M000000001")),
    (missing_keys, spoil("customers", customer_id=None)),
    (times_out_of_range, spoil("visits", time=END)),
    (times_out_of_range, spoil("leads", created_on=EARLY)),
    (events_before_registration, spoil("transactions", -1, time=START)),
    (
        orders_after_leaving,
        lambda shop: shop.people.__setitem__("left_on", shop.people["left_on"].fillna(START)),
    ),
    (leaving_without_an_order, lambda shop: shop.people.__setitem__("left_on", END)),
    (
        two_orders_of_the_process_on_a_day,
        lambda shop: shop.orders.__setitem__(
            "time", shop.orders["time"].dt.to_period("M").dt.start_time
        ),
    ),
    (
        one_order_of_two_people,
        lambda shop: shop.transactions.__setitem__("order_id", "O000000001"),
    ),
    (amounts, spoil("transactions", amount=-1.0)),
    (prices, spoil("transactions", unit_price=0.3)),
    (returns, spoil_where("transactions", is_return, quantity=-999)),
    (returns, spoil_where("transactions", is_return, time=START)),
    (
        stores_of_online_orders,
        spoil_where("transactions", lambda t: t["channel"] == "web", store_id="T001"),
    ),
    (negative_balances, spoil_where("points", lambda t: t["kind"] == "redemption", points=-9999)),
    (consent_broken, spoil("consents", 0, changed_on=LATE)),
    (
        consent_broken,
        spoil_where("contacts", lambda t: t["replied_at"].notna(), customer_id="C00000000"),
    ),
    (states_of_consent, spoil("consents", state="withdrawn")),
    (
        contacts_of_the_hold_out,
        spoil_where("contacts", lambda t: t["campaign_id"] == "K5", campaign_id="K4"),
    ),
    (
        replies_without_opening,
        spoil_where("contacts", lambda t: t["replied_at"].notna(), opened=False),
    ),
    (campaign_orders_outside, spoil("transactions", campaign_id="K5")),
    (reviews_of_unbought, spoil_where("interactions", lambda t: t["kind"] == "review", time=START)),
    (tickets_out_of_order, spoil("tickets", -1, opened_at=START)),
    (
        referrals_backwards,
        spoil_where("referrals", lambda t: t["joined_customer_id"].notna(), sent_on=END),
    ),
    (leads_backwards, spoil("leads", closed_on=EARLY)),
    (phones, spoil("customer_records", phone="13800138000")),
    (mail_addresses, spoil("customer_records", email="someone@mail.cn")),
    (ages, spoil_where("customer_records", lambda t: t["birth_date"].notna(), birth_date=LATE)),
    (records_against_customers, spoil("customer_records", city="子州")),
    (industries, spoil("customers", industry="retail")),
    (shares, spoil("truth_customers", wallet_share=1.5)),
]


@pytest.mark.parametrize("check", dict(CHECKS), ids=lambda check: check.__name__)
def test_nothing_is_impossible(shop, check):
    assert check(shop) == 0


@pytest.mark.parametrize(
    ("check", "deed"),
    [pytest.param(*pair, id=f"{i}-{pair[0].__name__}") for i, pair in enumerate(CHECKS)],
)
def test_the_impossible_is_seen(small_shop, check, deed):
    spoilt = Copy(small_shop)
    deed(spoilt)
    assert check(spoilt) > 0
