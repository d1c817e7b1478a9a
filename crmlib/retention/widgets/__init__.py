"""Figures with a hand on them."""

from crmlib.retention.widgets.company import company_explorer, tenure_explorer, what_if_explorer
from crmlib.retention.widgets.economics import keep_explorer, map_explorer
from crmlib.retention.widgets.targeting import targeting_explorer

__all__ = [
    "company_explorer",
    "keep_explorer",
    "map_explorer",
    "targeting_explorer",
    "tenure_explorer",
    "what_if_explorer",
]
