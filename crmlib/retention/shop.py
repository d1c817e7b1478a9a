"""What the teaching shop has to tell of leaving, and the truth behind it."""

import pandas as pd

from crmlib import datasets
from crmlib.retention.campaigns.campaign import read_campaign
from crmlib.retention.kinds import SHOP
from crmlib.retention.leaving import churn
from crmlib.retention.taken import Taken
from crmlib.text import gettext as _

LAST_DAY = "2024-12-31"
PERMISSIONS = {"start": "given_on", "end": "withdrawn_on"}  # the part that a column plays


def permissions():
    """From when until when the shop may write to each customer, and who she is.

    Returns
    -------
    pandas.DataFrame
        One row a customer: ``customer_id``, ``given_on``, ``withdrawn_on`` (missing: may still
        be written to), and what the shop knows of her.

    Examples
    --------
    >>> permissions()[["customer_id", "given_on", "withdrawn_on"]].notna().sum().tolist()
    [2091, 2091, 171]
    """
    consents = datasets.load(SHOP, "consents")
    withdrawn = consents["state"] == "withdrawn"
    by_customer = ("customer_id", "changed_on")
    given, gone = (
        consents.loc[rows, by_customer].groupby("customer_id")["changed_on"]
        for rows in (~withdrawn, withdrawn)
    )
    found = pd.DataFrame({"given_on": given.min(), "withdrawn_on": gone.max()})
    customers = datasets.load(SHOP, "customers").set_index("customer_id")
    found = found.join(customers[["source", "region", "city_tier", "age", "sex"]]).reset_index()
    found.attrs["source"] = datasets.describe(SHOP).tables["consents"].name
    return found


def campaign(number):
    """A campaign of the teaching shop as its analyst sees it.

    Parameters
    ----------
    number : {"K3", "K5"}
        The postcard of July 2024, or the voucher of November.

    Returns
    -------
    campaign : crmlib.retention.campaigns.campaign.Campaign
        Features are the purchase history on the day before; the outcome is an order on
        the campaign.
    report : crmlib.retention.taken.Taken

    Examples
    --------
    >>> postcard, report = campaign("K3")
    >>> postcard.features.columns.tolist()
    ['silence', 'frequency', 'T', 'monetary_value']
    """
    campaigns, drawn, lines = (
        datasets.load(SHOP, name) for name in ("campaigns", "assignments", "transactions")
    )
    start = pd.Timestamp(campaigns.set_index("campaign_id").at[number, "starts_on"])
    history = churn.purchase_history(datasets.transactions(SHOP)[0], start - pd.Timedelta(days=1))
    drawn = drawn[drawn["campaign_id"] == number].set_index("customer_id")["planned_contacts"]
    ordered = lines.loc[lines["campaign_id"] == number, "customer_id"]
    table = history.join(drawn.rename("contacted"), how="inner")
    table["ordered"] = table.index.isin(ordered).astype(int)
    found = read_campaign(table, "contacted", "ordered", probability=0.5)
    return found, Taken(len(drawn), len(table), _("no purchase in the log before the campaign"))


def truth(voucher):
    """What the voucher of November really changes, customer by customer.

    Parameters
    ----------
    voucher : crmlib.retention.campaigns.campaign.Campaign
        Campaign K5 of the shop.

    Returns
    -------
    float array of shape (n,)
        Probability of an order with the voucher less that without it; missing for customers
        who are not the shop's, whose truth nobody knows.

    Examples
    --------
    >>> round(float(truth(campaign("K5")[0]).mean()), 3)
    0.079
    """
    customers = datasets.load(SHOP, "truth_customers").set_index("customer_id")
    drawn = customers.reindex(voucher.features.index)
    return (drawn["voucher_order_with"] - drawn["voucher_order_without"]).to_numpy()
