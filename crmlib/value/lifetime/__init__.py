"""What a customer will bring: from spend times years to lifetime value.

:func:`ladder` walks from the value as it is often reckoned, spend times years, to
lifetime value. :func:`customer_lifetime_value` says what each customer of a shop is
expected to bring, :func:`simulate_lifetime_value` how far single customers stray from it.
"""

from crmlib.value.lifetime.corrections import ladder, margin_multiple, naive_value
from crmlib.value.lifetime.expected import customer_lifetime_value
from crmlib.value.lifetime.futures import (
    chance_of_top,
    interval,
    simulate_lifetime_value,
    top_share_agreement,
)

__all__ = [
    "chance_of_top",
    "customer_lifetime_value",
    "interval",
    "ladder",
    "margin_multiple",
    "naive_value",
    "simulate_lifetime_value",
    "top_share_agreement",
]
