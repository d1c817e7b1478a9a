"""The CDNOW customers the published estimates belong to: a cohort of 1997, seen for 39 weeks."""

from pathlib import Path

import pandas as pd
import pytest

from crmlib import customers

PURCHASES = Path(__file__).parents[2] / "datasets" / "cdnow" / "cdnow_sample.csv"


@pytest.fixture(scope="session")
def cdnow():
    """One row a customer, exact to the day and the cent.

    The summary that goes around with the papers is rounded to two digits; fitted to
    it, the beta of the Pareto/NBD is 11.668 and the gamma of the Gamma-Gamma 15.448,
    each one unit off in the last digit printed.
    """
    log = pd.read_csv(PURCHASES, dtype={"customer_id": str}, parse_dates=["date"])
    log = log.rename(columns={"date": "time", "dollars": "amount"})
    return customers.summarize(log, unit="week", observation_end="1997-09-30")
