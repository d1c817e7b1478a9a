"""Campaigns and what they change.

Every campaign has a hold-out drawn at random among those who may be written to on that
day, so its effect can be estimated, and is known. A campaign adds orders, marked with its
number, in a window of time; it never touches the orders of the process. Only the letters
and the passing of time make people withdraw their consent.
"""

import numpy as np
import pandas as pd

from crmlib.simulation.draws import NEVER, choose_by_score, days, times, with_gaps
from crmlib.simulation.parameters import FIRST_DAY, TRUTH

GREETING, LETTERS, POSTCARD, CARD, VOUCHER = range(5)
TYPES = ["persuadable", "sure thing", "lost cause", "sleeping dog"]
WINDOW = 14  # days in which a campaign's orders come
LETTER_WEEKS = 26
SETTLING = 7  # days after a first order in which there is nothing but the greeting
SILENT = 182  # days without an order before a birthday card
MORNING = 600  # minute of the day


def _day(date):
    return int((np.datetime64(date) - FIRST_DAY).astype(int))


STARTS = {
    LETTERS: _day("2024-01-08"),
    POSTCARD: _day("2024-07-08"),
    CARD: _day("2024-08-19"),
    VOUCHER: _day("2024-11-04"),
}


def campaigns():
    """The table ``campaigns``.

    Returns
    -------
    dict of columns

    Examples
    --------
    >>> campaigns()["name"][-1]
    'November voucher'
    """
    start = days(np.array([0, *STARTS.values()]))
    length = np.array([731, LETTER_WEEKS * 7, WINDOW, WINDOW, WINDOW]).astype("timedelta64[D]")
    return {
        "campaign_id": np.arange(5),
        "name": ["Greeting", "Letters", "Postcard", "Birthday card", "November voucher"],
        "goal": ["second visit", "orders", "orders", "win back", "orders"],
        "medium": ["text message", "letter", "postcard", "card", "app message"],
        "starts_on": start,
        "ends_on": start + length - np.timedelta64(1, "D"),
        "cost_per_contact": [0.1, 1.0, 2.0, 6.0, 0.5],
        "hold_out": [0.5, 0.25, 0.5, 0.5, 0.5],
    }


class _Mailing:
    """What the campaigns of one block of customers leave behind.

    Attributes
    ----------
    assignments, contacts, orders : list of DataFrame
        One or more a campaign; ``orders`` begins with those of the process.
    greeted : DataFrame
        ``customer`` and ``day`` of the visits that the greeting brought.
    """

    def __init__(self, people, consents, orders, random):
        self.people, self.consents, self.random = people, consents, random
        self.assignments, self.contacts, self.greeted = [], [], None
        self.orders = [orders.assign(campaign=-1)]

    def assign(self, campaign, who, planned):
        """Enter customers and the contacts planned for each; 0 is the hold-out."""
        self.assignments.append(
            pd.DataFrame({"campaign_id": campaign, "customer_id": who, "planned_contacts": planned})
        )

    def contact(self, campaign, who, day, ordered, step=0):
        """Write to customers; those who will order because of it open and reply."""
        opened = (self.random.random(len(who)) < 0.4) | ordered
        replied = opened & ((self.random.random(len(who)) < 0.15) | ordered)
        self.contacts.append(
            pd.DataFrame(
                {
                    "campaign_id": campaign,
                    "customer_id": who,
                    "step": step + 1,
                    "day": day,
                    "opened": opened,
                    "wait": np.where(replied, self.random.integers(1, 720, len(who)), -1),
                }
            )
        )

    def order(self, campaign, who, day, within=WINDOW):
        """Orders on one of the days after the message, as far as the two years go."""
        day = day + self.random.integers(1, within, len(who))
        found = pd.DataFrame({"customer": who, "day": day, "campaign": campaign})
        self.orders.append(found[found["day"] < NEVER])

    def halves(self, campaign, who, hold_out):
        """Draw the hold-out; True for those who get the message."""
        treated = self.random.random(len(who)) >= hold_out
        self.assign(campaign, who, treated.astype(int))
        return treated


def run(people, left, consents, orders, random):
    """All campaigns.

    Parameters
    ----------
    people : DataFrame
    left : int array of shape (n,)
        Day on which each left; ``NEVER`` if not.
    consents : Consents
        Changed: letters make people withdraw.
    orders : DataFrame
        ``customer`` and ``day`` of the orders of the process.
    random : Generator

    Returns
    -------
    mailing : object
        What the campaigns leave behind; ``orders`` is a list of data frames (``customer``,
        ``day``, ``campaign``), ``greeted`` one of the visits that the greeting brought.
    uplift : dict of columns
        One row a consumer: ``uplift_type``, ``voucher_order_without``,
        ``voucher_order_with`` (probabilities; missing if there was no order before it).

    Examples
    --------
    >>> from crmlib.simulation.consents import Consents
    >>> people = pd.DataFrame({"first": [0], "loyalty": 0.0, "price_sensitivity": 0.0})
    >>> consents = Consents(np.zeros(1, dtype=int), np.random.default_rng(1))
    >>> orders = pd.DataFrame({"customer": [0], "day": [0]})
    >>> mailing, uplift = run(people, np.array([NEVER]), consents, orders, np.random.default_rng(1))
    >>> list(uplift)
    ['uplift_type', 'voucher_order_without', 'voucher_order_with']
    """
    mailing = _Mailing(people, consents, orders, random)
    _greeting(mailing)
    _letters(mailing, left)
    _postcard(mailing)
    _birthday_card(mailing)
    return mailing, _voucher(mailing, left)


def assignments(mailing):
    """The table ``assignments``.

    Parameters
    ----------
    mailing : object
        Of :func:`run`.

    Returns
    -------
    dict of columns

    Examples
    --------
    >>> from crmlib.simulation.shop import block
    >>> tables = block(400, before=0, number=0, seed=1)
    >>> sorted(set(tables["assignments"]["planned_contacts"].tolist()))
    [0, 1, 2, 6, 13]
    """
    return dict(pd.concat(mailing.assignments).items())


def contacts(mailing):
    """The table ``contacts``, in order of time.

    Parameters
    ----------
    mailing : object
        Of :func:`run`.

    Returns
    -------
    dict of columns

    Examples
    --------
    >>> from crmlib.simulation.shop import block
    >>> tables = block(400, before=0, number=0, seed=1)
    >>> bool((tables["contacts"]["step"] >= 1).all())
    True
    """
    found = pd.concat(mailing.contacts).sort_values(["day", "campaign_id"], kind="stable")
    wait = found["wait"].to_numpy()
    replied_at = times(found["day"].to_numpy(), MORNING + wait)
    return {
        "contact_id": np.arange(len(found)),
        "campaign_id": found["campaign_id"].to_numpy(),
        "customer_id": found["customer_id"].to_numpy(),
        "step": found["step"].to_numpy(),
        "sent_at": times(found["day"].to_numpy(), np.full(len(found), MORNING)),
        "opened": found["opened"].to_numpy(),
        "replied_at": np.where(wait >= 0, replied_at, np.datetime64("NaT")),
    }


def _greeting(mailing):
    truth, random = TRUTH["greeting"], mailing.random
    day = mailing.people["first"].to_numpy() + 2
    who = np.flatnonzero((day < NEVER) & mailing.consents.in_force(day))
    treated = mailing.halves(GREETING, who, truth["hold_out"])
    comes = treated & (random.random(len(who)) < truth["extra_visit"])
    mailing.contact(GREETING, who[treated], day[who[treated]], comes[treated])
    visit = day[who[comes]] + random.integers(1, 28, comes.sum())
    greeted = pd.DataFrame({"customer": who[comes], "day": visit})
    mailing.greeted = greeted[greeted["day"] < NEVER]


def _letters(mailing, left):
    truth, random, start = TRUTH["letters"], mailing.random, STARTS[LETTERS]
    who = _customers_on(mailing, start)
    planned = np.take(truth["arms"], random.integers(0, len(truth["arms"]), len(who)))
    mailing.assign(LETTERS, who, planned)
    for k in range(max(truth["arms"])):
        day = start + np.round(k * LETTER_WEEKS * 7 / np.maximum(planned, 1)).astype(int)
        get = (planned > k) & mailing.consents.in_force(day, who)
        some, on = who[get], day[get]
        here = left[some] > on
        orders = here & (random.random(some.size) < truth["first"] * np.exp(-truth["fading"] * k))
        tired = random.random(some.size) < truth["fatigue"] * (k + 1)
        mailing.contact(LETTERS, some, on, orders, step=k)
        mailing.order(LETTERS, some[orders], on[orders])
        mailing.consents.withdraw(some[tired], on[tired] + 1)


def _postcard(mailing):
    _one_message(mailing, POSTCARD, _customers_on(mailing, STARTS[POSTCARD]), TRUTH["postcard"])


def _birthday_card(mailing):
    start = STARTS[CARD]
    who = _customers_on(mailing, start)
    past = pd.concat(mailing.orders)
    past = past[past["day"] < start]
    last = np.zeros(len(mailing.people), dtype=int)
    np.maximum.at(last, past["customer"], past["day"])
    _one_message(mailing, CARD, who[last[who] < start - SILENT], TRUTH["card"])


def _one_message(mailing, campaign, who, truth):
    treated = mailing.halves(campaign, who, truth["hold_out"])
    chance = np.take(truth["order"], treated.astype(int))
    _message(mailing, campaign, who, treated, chance)


def _voucher(mailing, left):
    people, random, start = mailing.people, mailing.random, STARTS[VOUCHER]
    sensitive, loyalty = people["price_sensitivity"], people["loyalty"]
    unlisted = mailing.consents.state == "unlisted"
    kind = choose_by_score(
        TYPES,
        [
            0.9 + 1.2 * sensitive,
            0.9 * loyalty - 0.4 * sensitive,
            -0.6 * loyalty,
            -1.6 + 1.6 * unlisted,
        ],
        random,
    )
    kind[left < start] = "lost cause"
    chance = np.array([TRUTH["voucher"][name] for name in TYPES])[kind.codes]
    who = _customers_on(mailing, start)
    treated = mailing.halves(VOUCHER, who, TRUTH["voucher"]["hold_out"])
    _message(mailing, VOUCHER, who, treated, chance[who, treated.astype(int)])
    strangers = ~_known(mailing, start)
    return {
        "uplift_type": with_gaps(kind, strangers),
        "voucher_order_without": with_gaps(chance[:, 0], strangers),
        "voucher_order_with": with_gaps(chance[:, 1], strangers),
    }


def _message(mailing, campaign, who, treated, chance):
    """One message on the first day of the campaign, and the orders of both halves."""
    orders = mailing.random.random(len(who)) < chance
    start = STARTS[campaign]
    mailing.contact(campaign, who[treated], start, orders[treated])
    mailing.order(campaign, who[orders], start)


def _customers_on(mailing, day):
    """Those who first ordered a week before that day and may be written to on it."""
    return np.flatnonzero(_known(mailing, day) & mailing.consents.in_force(day))


def _known(mailing, day):
    return mailing.people["first"].to_numpy() < day - SETTLING
