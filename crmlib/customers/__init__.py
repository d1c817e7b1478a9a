"""From a transaction log to one row per customer.

The models of repeat buying know a customer by three numbers, and the models of
spending by a fourth (Fader, Hardie and Lee 2005, Marketing Science 24, 275-284;
Journal of Marketing Research 42, 415-430):

    frequency x       number of repeat purchases: days with a purchase, less the first
    recency t_x       from the first purchase to the last
    T                 from the first purchase to the end of observation
    monetary_value    mean amount of the x repeat purchases, 0 if there are none

Purchases of one customer on one day are one purchase, and its amount is the
day's total. So every function here first makes *customer-days* of the log, and
then one row per customer of the customer-days.

A unit of time is a day, a week (7 days), a month (365.2425/12 days, the mean
of the Gregorian calendar) or a year (365.2425 days).

All of it is written once, on Narwhals, and runs where the log is: a pandas,
Polars or Arrow table, a DuckDB relation or a PySpark data frame comes back as the
same kind. The path of a Parquet or CSV file is opened with DuckDB and comes back
as a DuckDB relation on its default connection, because what does not fit into
memory should not be put there unasked; ``.df()`` makes it a pandas frame.
"""

from crmlib.customers.customer_days import UNIT_DAYS
from crmlib.customers.summary import histories, split, summarize
from crmlib.customers.tracking import cumulative_repeat_purchases, first_purchases

__all__ = [
    "UNIT_DAYS",
    "cumulative_repeat_purchases",
    "first_purchases",
    "histories",
    "split",
    "summarize",
]
