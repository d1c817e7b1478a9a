"""The teaching shop: a retailer whose truth is known.

A chain of stores with an app and a web shop, two years long (2023 and 2024), invented
from the first customer to the last complaint. Customers have hidden need, loyalty, value
and price sensitivity, and everything seen comes from these, so that every estimate in
the course has a target. :func:`make_shop` writes its tables and, beside them, the truth.

The modules, in the order in which the story runs: ``parameters`` (the truth), ``people``,
``business``, ``purchases``, ``consents``, ``campaigns``, ``baskets``, ``points``,
``engagement``, ``service``, ``wallet``, ``surveys``, ``records`` and ``names``;
``branches`` and ``market`` stand beside it; ``shop`` puts all together, ``files`` writes.
"""

from crmlib.simulation.parameters import SIZES
from crmlib.simulation.shop import make_shop

__all__ = ["SIZES", "make_shop"]
