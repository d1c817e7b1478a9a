"""From one row per customer to parameters with standard errors, beside lifetimes.

Customers are simulated by each model, with times rounded to days and amounts to cents
as in a real log, and fitted to the same table by both. The note holds what both fits
are worth: the log-likelihood of the table at their parameters, by our formula.
"""

import warnings
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.timing import compare
from crmlib import customers
from crmlib.value.btyd import BGNBD, GammaGamma, ParetoNBD, bg_nbd, gamma_gamma, pareto_nbd

CDNOW = Path(__file__).parents[1] / "datasets" / "cdnow" / "cdnow_sample.csv"
TRUTH = {
    BGNBD: {"r": 0.5, "alpha": 6.0, "a": 0.8, "b": 2.5},
    ParetoNBD: {"r": 0.55, "alpha": 10.6, "s": 0.6, "beta": 11.7},
    GammaGamma: {"p": 6.25, "q": 3.74, "gamma": 15.44},
}
MODULES = {BGNBD: bg_nbd, ParetoNBD: pareto_nbd, GammaGamma: gamma_gamma}
PEERS = {BGNBD: "BetaGeoFitter", ParetoNBD: "ParetoNBDFitter", GammaGamma: "GammaGammaFitter"}


def rows(quick=False):
    """Compare and yield one result after the other.

    Parameters
    ----------
    quick : bool
        Small sizes, to see that everything runs; the ratios say little then.

    Yields
    ------
    dict
        ``task``, ``size`` (customers), ``ours_seconds``, ``peer``, ``peer_seconds``,
        ``ratio`` (peer over ours), ``note``.
    """
    cdnow = read_cdnow()
    for model in MODULES:
        yield _compare(model, "CDNOW", cdnow, "goal: ours below 0.1 s", repeats=5)
    for model, size in ((BGNBD, 10**6), (GammaGamma, 10**6), (ParetoNBD, 10**5)):
        table = simulate(model, size // 100 if quick else size)
        # the peer's Pareto/NBD takes minutes, and is run twice all the same
        repeats = 1 if model is ParetoNBD else 3
        yield _compare(model, "simulated", table, "goal: ratio 20 or more", repeats)


def read_cdnow():
    """The 2,357 customers of the literature after 39 weeks."""
    log = pd.read_csv(CDNOW, dtype={"customer_id": str}, parse_dates=["date"])
    log = log.rename(columns={"date": "time", "dollars": "amount"})
    return customers.summarize(log, observation_end="1997-09-30")


def simulate(model, size):
    """Customers of one model; the same every time."""
    random = np.random.default_rng(0)
    if model is GammaGamma:
        table = model(TRUTH[model]).sample(size, frequency=random.geometric(0.3, size), seed=1)
        return table.assign(monetary_value=table["monetary_value"].round(2).clip(lower=0.01))
    table = model(TRUTH[model]).sample(size, T=random.integers(182, 365, size) / 7, seed=1)
    days = np.ceil(table["recency"] * 7).clip(upper=table["T"] * 7)
    return table.assign(recency=days / 7)


def lifetimes(model, table):
    """Parameters of the same model as lifetimes finds them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import lifetimes as package

        fitter = getattr(package, PEERS[model])()
        if model is GammaGamma:
            table = table[table["frequency"] > 0]
            fitter.fit(table["frequency"], table["monetary_value"])
        else:
            fitter.fit(table["frequency"], table["recency"], table["T"])
    return fitter.params_.to_numpy()


def _compare(model, source, table, goal, repeats):
    fits = {}

    def ours():
        fits["ours"] = model().fit(table).params_.to_numpy()

    def peer():
        fits["peer"] = lifetimes(model, table)

    seconds = compare(ours, peer, repeats=repeats)
    worth = partial(_log_likelihood, model, table)
    return {
        "task": f"{model.__name__} fit, {source}",
        "size": len(table),
        "peer": "lifetimes",
        "note": f"{goal}; log-likelihood {worth(fits['ours']):.3f}, peer {worth(fits['peer']):.3f}",
        **seconds,
    }


def _log_likelihood(model, table, params):
    names = ["frequency", "recency", "T"]
    if model is GammaGamma:
        table, names = table[table["frequency"] > 0], ["frequency", "monetary_value"]
    columns = table[names].to_numpy(dtype=float).T
    return MODULES[model].log_likelihood(np.log(params), *columns)[0].sum()
