"""The same people as three channels typed them.

Each person has a true name, birth date, address, card and telephone. Store, app and web
each keep records of their own, with gaps, misspellings, and telephone numbers that were
right when the record was last verified. Nothing in a record says which customer it is.

All of it is invented and looks so: no Chinese mobile number begins with 100, example.com
is reserved for examples, the cities are called A to J.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmlib.simulation import names
from crmlib.simulation.draws import days, with_gaps
from crmlib.simulation.parameters import CITIES, DAYS, DISTRICTS, FIRST_DAY, STAFF, TRUTH

CHANNELS = ["store", "app", "web"]
MONTH = 365.25 / 12  # days
MOVES = 4  # changes of the telephone number that are followed, for each person
PHONES = 10**8  # numbers that begin with 100


def customer_records(people, first_customer, random):
    """The tables ``customer_records`` and ``truth_records``.

    Parameters
    ----------
    people : DataFrame
    first_customer : int
        How many customers came before these; no two people share a number by chance.
    random : Generator

    Returns
    -------
    records, truth : dict of columns

    Examples
    --------
    >>> from crmlib.simulation.shop import block
    >>> tables = block(400, before=0, number=0, seed=1)
    >>> np.unique(tables["customer_records"]["channel"]).tolist()
    ['app', 'store', 'web']
    """
    truth = TRUTH["records"]
    person = _people(people, first_customer, random)
    who, channel = _who_is_where(len(people), random)
    n = len(who)
    order = random.permutation(n)  # so that nothing follows from the order of the records
    who, channel = who[order], channel[order]
    joined = people["joined"].to_numpy()[who]
    created = joined + (random.random(n) * (DAYS - joined)).astype(int)
    verified = created + (random.random(n) ** 2 * (DAYS - created)).astype(int)
    changes = (person["moves"][who] <= verified[:, None]).sum(axis=1)
    old_phone = changes < (person["moves"][who] < DAYS).sum(axis=1)
    other_mailbox = random.random(n) < truth["other_mailbox"]
    mailbox = np.where(other_mailbox, random.integers(0, 1000, n), person["mailbox"][who])

    latin = random.random(n) < np.take(truth["pinyin_by_channel"], channel)
    homophone = np.where(random.random(n) < truth["homophone"], random.integers(0, 3, n), -1)
    traditional = random.random(n) < truth["traditional"]
    name = person["name"][who]
    written = pc.if_else(
        pa.array(latin),
        names.pinyin(name, random.integers(0, 3, n)),
        names.written(name, homophone, traditional),
    )
    phone = np.where(changes > 0, _phone(who + first_customer, changes), person["phone"][who])
    phone_typo = random.random(n) < truth["phone_typo"]
    phone = np.where(phone_typo, _wrong_digit(phone, 8, random), phone)
    card_typo = random.random(n) < truth["card_typo"]
    card = np.where(card_typo, _wrong_digit(person["card"][who], 12, random), person["card"][who])
    address = person["address"][who]

    def gaps(by_channel):
        return random.random(n) < np.take(by_channel, channel)

    records = {
        "record_id": np.arange(n),
        "channel": np.take(CHANNELS, channel),
        "created_on": days(created),
        "last_verified_on": days(verified),
        "staff_id": random.integers(0, STAFF["shop"], n),
        "name": written,
        "sex": with_gaps(people["sex"].to_numpy()[who].astype(object), gaps([0.05, 0.3, 0.5])),
        "birth_date": with_gaps(
            person["birth"][who].astype("datetime64[s]"), gaps(truth["no_birth_date_by_channel"])
        ),
        "phone": _with_nothing(_formatted_phone(phone, random), gaps([0.05, 0.02, 0.2])),
        "email": _with_nothing(_email(name, mailbox), gaps(truth["no_email_by_channel"])),
        "city": np.take(CITIES, address[:, 0]),
        "address": _with_nothing(_address(address, latin), gaps([0.3, 0.1, 0.05])),
        "card_number": _with_nothing(_text(card, 15), gaps([0.2, 0.1, 0.4])),
    }
    return records, {
        "record_id": np.arange(n),
        "customer_id": who,
        "pinyin": latin,
        "homophone": ~latin & (homophone >= 0) & ((homophone < 2) | (name[:, 2] >= 0)),
        "traditional": ~latin & traditional,
        "phone_typo": phone_typo,
        "phone_outdated": old_phone,
        "card_typo": card_typo,
    }


def luhn(number):
    """Check digit of whole numbers, after Luhn (ISO/IEC 7812-1).

    Examples
    --------
    >>> luhn(np.array([7992739871])).tolist()
    [3]
    """
    total = np.zeros(len(number), dtype=np.int64)
    rest, double = number.copy(), True
    while rest.any():
        digit = rest % 10 * (2 if double else 1)
        total += digit // 10 + digit % 10
        rest, double = rest // 10, not double
    return -total % 10


def _people(people, first_customer, random):
    """What is true of each person."""
    truth, n = TRUTH["records"], len(people)
    number = first_customer + np.arange(n)
    waits = random.exponential(MONTH / truth["phone_changes_per_month"], (n, MOVES))
    moves = people["joined"].to_numpy()[:, None] + waits.cumsum(axis=1)
    age = people["age"].to_numpy()  # on the last day
    birth = FIRST_DAY.astype("datetime64[D]") + DAYS - 1
    birth = birth - (age * 365.25 + random.integers(1, 365, n)).astype("timedelta64[D]")
    address = np.column_stack(
        [
            people["city"],
            people["district"],
            random.integers(0, len(names.STREETS), n),
            random.integers(1, 200, n),
        ]
    )
    phone = _phone(number, 0)
    family = np.flatnonzero(people["lives_with_previous"])
    address[family], phone[family] = address[family - 1], phone[family - 1]
    name = names.draw(n, random)
    name[family, 0] = name[family - 1, 0]
    card = 90_000_000_000_000 + number * 48_271 % PHONES
    return {
        "name": name,
        "birth": birth,
        "address": address,
        "phone": phone,
        "moves": moves,
        "card": card * 10 + luhn(card),
        "mailbox": random.integers(0, 1000, n),
    }


def _who_is_where(n, random):
    """Rows (person, channel); everybody has one record at least, some two in a channel."""
    there = random.random((n, 3)) < TRUTH["records"]["channels"]
    there[~there.any(axis=1), 0] = True
    who, channel = np.nonzero(there)
    twice = random.random(len(who)) < TRUTH["records"]["twice"]
    return np.append(who, who[twice]), np.append(channel, channel[twice])


def _phone(number, changes):
    """Telephone numbers after so many changes: scattered, and no two the same."""
    return ((MOVES + 1) * number + changes) * 7_368_787 % PHONES


def _wrong_digit(number, digits, random):
    """One of the last digits is another one."""
    place = 10 ** random.integers(0, digits, len(number))
    digit = number // place % 10
    return number + (((digit + random.integers(1, 10, len(number))) % 10) - digit) * place


def _text(number, width):
    return pc.utf8_lpad(pa.array(number).cast(pa.string()), width, "0")


def _formatted_phone(number, random):
    plain = pc.binary_join_element_wise("100", _text(number, 8), "")
    parts = [pc.utf8_slice_codeunits(plain, *ends) for ends in ((0, 3), (3, 7), (7, 11))]
    dashed = pc.binary_join_element_wise(*parts, "-")
    return pc.if_else(pa.array(random.random(len(number)) < 0.7), dashed, plain)


def _email(name, number):
    local = names.pinyin(name, np.full(len(name), 2))
    return pc.binary_join_element_wise(
        local, pa.array(number).cast(pa.string()), "@example.com", ""
    )


def _address(address, spaced):
    """District, street and number, as one word or (rarely) with spaces."""
    parts = [
        pa.array(DISTRICTS).take(pa.array(address[:, 1])),
        pa.array(names.STREETS).take(pa.array(address[:, 2])),
        pc.binary_join_element_wise(pa.array(address[:, 3]).cast(pa.string()), "号", ""),
    ]
    spread = pc.binary_join_element_wise(*parts, " ")
    return pc.if_else(pa.array(spaced), spread, pc.binary_join_element_wise(*parts, ""))


def _with_nothing(texts, missing):
    return pc.if_else(pa.array(missing), pa.scalar(None, pa.string()), texts)
