"""What is in an order: lines of products whose amounts add up to the money spent.

The money of an order is drawn first, so that it follows Gamma-Gamma; the lines are
then found for it. Each category has a ladder of prices, each step a product of ours
and one of another brand: the last line takes the product whose price comes nearest to
what is left. The sum misses the money drawn by a few per cent of that last line.
"""

import numpy as np
from scipy.special import expit

from crmlib.simulation.draws import choose
from crmlib.simulation.parameters import CATEGORIES, CATEGORY_MIX, COMPLEMENT, END, TRUTH

LOWEST, HIGHEST, RUNGS = 2.0, 400.0, 28
PER_LINE = 15.0  # yuan: small orders have few lines
STEP = np.log(HIGHEST / LOWEST) / (RUNGS - 1)
LINES = [0.6, 0.25, 0.1, 0.05]  # share of orders with 1, 2, 3, 4 lines
DISCOUNTS = np.array([0, 0.1, 0.2])
RETURN_DAYS = 7


def products():
    """The table ``products``.

    Returns
    -------
    dict of columns

    Examples
    --------
    >>> len(products()["product_id"])
    448
    """
    number = np.arange(len(CATEGORIES) * 2 * RUNGS)
    category, own, rung = np.unravel_index(number, (len(CATEGORIES), 2, RUNGS))
    price = np.round(2 * LOWEST * np.exp(STEP * (rung + _shift(category, own)))) / 2 - 0.1
    margin = np.where(own, TRUTH["margins"]["own_brand"], TRUTH["margins"]["other_brands"])
    return {
        "product_id": number,
        "category": np.take(CATEGORIES, category),
        "own_brand": own == 1,
        "list_price": np.round(price, 2),
        "unit_cost": np.round(price * (1 - margin), 2),
    }


def fill(orders, people, random):
    """Lines of the orders, in their order.

    Parameters
    ----------
    orders : DataFrame
        Of :func:`crmlib.simulation.purchases.complete`.
    people : DataFrame
    random : Generator

    Returns
    -------
    dict of arrays
        ``order`` (row number), ``product``, ``quantity``, ``unit_price``, ``discount``,
        ``amount``.

    Examples
    --------
    >>> import pandas as pd
    >>> from crmlib.simulation.people import draw
    >>> orders = pd.DataFrame({"customer": [0], "spend": [90.0], "campaign": [-1]})
    >>> lines = fill(orders, draw(1, np.random.default_rng(0)), np.random.default_rng(0))
    >>> bool(abs(lines["amount"].sum() - 90) < 12)
    True
    """
    price = products()["list_price"]
    truth = TRUTH["orders"]
    buyer = orders["customer"].to_numpy()
    sensitive = people["price_sensitivity"].to_numpy()[buyer]
    mix = np.cumsum(list(CATEGORY_MIX.values()), axis=1)[
        people["segment"].cat.codes.to_numpy()[buyer]
    ]
    count = 1 + choose([1, 2, 3, 4], LINES, random, len(orders)).codes
    left = orders["spend"].to_numpy().copy()
    count = np.minimum(count, 1 + left // PER_LINE)
    category = np.full(len(orders), -1)
    parts = []
    for line in range(len(LINES)):
        row = np.flatnonzero(count > line)
        category[row] = _next_category(category[row], mix[row], random)
        own = random.random(row.size) < expit(
            truth["own_brand_logit"] + truth["own_brand_on_price_sensitivity"] * sensitive[row]
        )
        logit = truth["discount_logit"] + truth["discount_on_price_sensitivity"] * sensitive[row]
        reduced = random.random(row.size) < expit(logit)
        discount = DISCOUNTS[np.where(reduced, random.integers(1, 3, row.size), 0)]
        others = count[row] - line - 1
        share = np.where(others > 0, random.beta(1, np.maximum(others, 1)), 1)
        money = np.maximum(left[row] * share, 1) / (1 - discount)
        quantity = choose([1, 2, 3], [0.75, 0.18, 0.07], random, row.size).codes + 1
        quantity = np.maximum(quantity, np.ceil(money / HIGHEST)).astype(int)
        rung = np.log(money / quantity / LOWEST) / STEP - _shift(category[row], own)
        rung = np.clip(np.round(rung), 0, RUNGS - 1).astype(int)
        product = (category[row] * 2 + own) * RUNGS + rung
        amount = np.round(quantity * price[product] * (1 - discount), 2)
        left[row] = np.maximum(left[row] - amount, 0)
        parts.append((row, product, quantity, price[product], discount, amount))
    names = ("order", "product", "quantity", "unit_price", "discount", "amount")
    lines = dict(zip(names, map(np.concatenate, zip(*parts, strict=True)), strict=True))
    in_order = np.argsort(lines["order"], kind="stable")
    return {name: values[in_order] for name, values in lines.items()}


def transactions(orders, lines, random):
    """The table ``transactions``: the lines, and lines of negative quantity for returns.

    Parameters
    ----------
    orders : DataFrame
    lines : dict of arrays
    random : Generator

    Returns
    -------
    dict of columns, in order of time

    Examples
    --------
    >>> import pandas as pd
    >>> from crmlib.simulation.people import draw
    >>> from crmlib.simulation.purchases import complete
    >>> people = draw(2, np.random.default_rng(0))
    >>> orders = pd.DataFrame({"customer": [0, 1], "day": [1, 2], "campaign": -1})
    >>> orders = complete(orders, people, np.random.default_rng(0))
    >>> lines = fill(orders, people, np.random.default_rng(0))
    >>> list(transactions(orders, lines, np.random.default_rng(0)))[:3]
    ['order_id', 'customer_id', 'time']
    """
    n = len(lines["order"])
    time = orders["time"].to_numpy()[lines["order"]]
    returned = time + random.integers(1, RETURN_DAYS + 1, n).astype("timedelta64[D]")
    back = random.random(n) < TRUTH["orders"]["return_rate"]
    back = np.flatnonzero(back & (returned < END))
    row = np.append(np.arange(n), back)
    is_return = np.arange(row.size) >= n
    quantity = lines["quantity"][row]
    quantity[n:] = -random.integers(1, quantity[n:] + 1)
    time = np.where(is_return, returned[row], time[row])
    row, quantity, time = (a[np.argsort(time, kind="stable")] for a in (row, quantity, time))
    order = orders.iloc[lines["order"][row]]
    unit_price, discount = lines["unit_price"][row], lines["discount"][row]
    return {
        "order_id": lines["order"][row],
        "customer_id": order["customer"].to_numpy(),
        "time": time,
        "channel": order["channel"].to_numpy(),
        "store_id": order["store"].to_numpy(),
        "product_id": lines["product"][row],
        "quantity": quantity,
        "unit_price": unit_price,
        "discount": discount,
        "amount": np.round(quantity * unit_price * (1 - discount), 2),
        "campaign_id": order["campaign"].to_numpy(),
    }


def _shift(category, own):
    """Ladders do not stand on the same ground, so that prices differ."""
    return (category * 2 + own) / (2 * len(CATEGORIES)) - 0.5


def _next_category(last, mix, random):
    """Category of the next line: often the complement of the last, else by the segment's mix."""
    fresh = (random.random((len(mix), 1)) >= mix[:, :-1]).sum(axis=1)
    follows = (last >= 0) & (random.random(len(mix)) < TRUTH["orders"]["complement"])
    return np.where(follows, np.take(COMPLEMENT, last), fresh)
