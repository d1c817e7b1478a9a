"""The shop under test: the small one that ships, and (slow) a medium one made afresh."""

import tomllib
from functools import cached_property
from pathlib import Path

import pandas as pd
import pytest

from crmlib import simulation

SHIPPED = Path(__file__).resolve().parents[2] / "datasets" / "shop"


class Shop:
    """Tables of a folder, read when they are asked for: ``shop.customers``."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def __getattr__(self, name):
        path = self.folder / f"{name}.parquet"
        if name.startswith("_") or not path.is_file():
            raise AttributeError(name)
        setattr(self, name, pd.read_parquet(path))
        return getattr(self, name)

    def names(self):
        return sorted(path.stem for path in self.folder.glob("*.parquet"))

    @cached_property
    def truth(self):
        return tomllib.loads((self.folder / "truth.toml").read_text(encoding="utf-8"))

    @cached_property
    def people(self):
        """Consumers: table ``customers`` and the truth side by side, indexed by id."""
        return self.truth_customers.merge(self.customers, on="customer_id").set_index("customer_id")

    @cached_property
    def lines(self):
        """What was bought, returns left out."""
        return self.transactions[self.transactions["quantity"] > 0].merge(self.products)

    @cached_property
    def orders(self):
        """One row an order, with the buyer's truth and traits; ``campaign_id`` is empty text
        for orders of the process."""
        orders = self.lines.groupby("order_id", as_index=False).agg(
            customer_id=("customer_id", "first"),
            time=("time", "first"),
            channel=("channel", "first"),
            campaign_id=("campaign_id", "first"),
            amount=("amount", "sum"),
        )
        orders["campaign_id"] = orders["campaign_id"].fillna("")
        return orders.merge(self.people, on="customer_id")


@pytest.fixture(scope="session", params=["small", pytest.param("medium", marks=pytest.mark.slow)])
def shop(request, tmp_path_factory):
    if request.param == "small":
        return Shop(SHIPPED)
    folder = tmp_path_factory.mktemp("medium")
    simulation.make_shop(folder, "medium")
    return Shop(folder)


@pytest.fixture(scope="session")
def small_shop():
    return Shop(SHIPPED)
