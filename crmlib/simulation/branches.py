"""Stores and staff. These tables have one size, however large the shop is."""

import numpy as np

from crmlib.simulation.parameters import CITIES, REGIONS, STAFF, STORES_PER_CITY, TRUTH
from crmlib.simulation.surveys import scale

AREAS = ["mind", "contact", "care"]  # of the customer-awareness scale, three items each


def stores(random):
    """The table ``stores``: branches, and how staff and customers judge them.

    Centre or suburb lies behind all three scores: within a kind of place the paths
    between them are those of the truth, over all places they look stronger.

    Returns
    -------
    dict of columns

    Examples
    --------
    >>> len(stores(np.random.default_rng(0))["store_id"])
    120
    """
    n = len(CITIES) * STORES_PER_CITY
    truth = TRUTH["stores"]
    city = np.repeat(np.arange(len(CITIES)), STORES_PER_CITY)
    centre = random.random(n) < 0.5
    place = 0.6 * (2 * centre - 1)
    staff = place + random.normal(0, 1, n)
    service = truth["staff_to_service"] * staff + place + random.normal(0, 0.6, n)
    customers = (
        truth["service_to_customers"] * service
        + truth["staff_to_customers"] * staff
        + 0.5 * place
        + random.normal(0, 0.35, n)
    )
    return {
        "store_id": np.arange(n),
        "city": np.take(CITIES, city),
        "region": np.take(REGIONS, city % len(REGIONS)),
        "place": np.where(centre, "centre", "suburb"),
        "staff_satisfaction": np.round(6 + staff, 2),
        "service_quality": np.round(6 + service, 2),
        "customer_satisfaction": np.round(6 + customers, 2),
    }


def staff(random):
    """The table ``staff``: who works where, and the sellers' quotas.

    Returns
    -------
    dict of columns

    Examples
    --------
    >>> len(staff(np.random.default_rng(0))["staff_id"])
    160
    """
    n = sum(STAFF.values())
    role = np.repeat(list(STAFF), list(STAFF.values()))
    quota = np.where(role == "sales", random.integers(8, 21, n) * 10_000.0, np.nan)
    store = np.where(role == "shop", random.integers(0, len(CITIES) * STORES_PER_CITY, n), -1)
    return {
        "staff_id": np.arange(n),
        "role": role,
        "store_id": store,
        "quota_2024": quota,
    }


def staff_surveys(random):
    """The table ``staff_surveys``: nine answers from 1 to 7, before and after a training.

    Returns
    -------
    dict of columns

    Examples
    --------
    >>> answers = staff_surveys(np.random.default_rng(0))
    >>> len(answers["staff_id"])
    320
    """
    n = sum(STAFF.values())
    before = random.normal(4.2, 0.9, n)
    after = before + random.normal(TRUTH["staff"]["mean_change"], 0.6, n)
    mind = np.concatenate([before, after])
    items = scale(mind[:, None] + random.normal(0, 0.9, (2 * n, 9)), 1, 7)
    names = [f"{area}_{i}" for area in AREAS for i in (1, 2, 3)]
    return {
        "staff_id": np.tile(np.arange(n), 2),
        "wave": np.repeat(["before", "after"], n),
        **dict(zip(names, items.T, strict=True)),
    }
