"""What a user types after an option, as values."""

import json
import re
from contextlib import suppress

from crmlib.errors import DataError
from crmlib.text import gettext as _

PAIRS = {
    "columns": "customer_id=Client,time=Date",
    "rules": "duplicates=set aside,zero=keep",
}  # parameters that are pairs
NUMBERS = r"[-+.\deE ]+(,[-+.\deE ]+)+"  # with commas between them


def parameter(text):
    """One ``-p`` of the command line.

    Parameters
    ----------
    text : str
        ``name=value``. The value is JSON if it can be read as such, else text; a data
        set is always text; numbers with commas between them are a list; columns and rules
        may also be pairs, ``role=column,role=column``.

    Returns
    -------
    tuple of (str, object)

    Raises
    ------
    DataError
        If there is no value, the columns or rules are no pairs, or one is given twice.

    Examples
    --------
    >>> parameter("columns=customer_id=Client,time=Date")
    ('columns', {'customer_id': 'Client', 'time': 'Date'})
    >>> parameter("language=en")
    ('language', 'en')
    >>> parameter("margin=80,100,130")
    ('margin', [80, 100, 130])
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise DataError(_("-p {text!r} sets nothing; write -p name=value.").format(text=text))
    if name == "dataset":
        return name, value
    with suppress(ValueError):
        return name, json.loads(f"[{value}]" if re.fullmatch(NUMBERS, value) else value)
    if name in PAIRS:
        pairs = [pair.partition("=") for pair in value.split(",")]
        if not all(key and to for key, _equals, to in pairs):
            raise DataError(
                _(
                    "The {name} {value!r} are no pairs; write them with = and commas, "
                    "as in {example}."
                ).format(name=name, value=value, example=PAIRS[name])
            )
        value = _once(name, [(key.strip(), to.strip().strip("'\"")) for key, _equals, to in pairs])
    return name, value


def parameters(texts):
    """All ``-p`` of the command line.

    Parameters
    ----------
    texts : list of str or None

    Returns
    -------
    dict
        Name -> value.

    Raises
    ------
    DataError
        If a parameter is set twice, or as :func:`parameter` says.

    Examples
    --------
    >>> parameters(["language=en", "margin=0.2"])
    {'language': 'en', 'margin': 0.2}
    """
    return _once("-p", list(map(parameter, texts or [])))


def _once(where, pairs):
    """Pairs as a dictionary, if each name stands there once."""
    names = [name for name, _value in pairs]
    for name in names:
        if names.count(name) > 1:
            told = _("{name!r} is set more than once in {where}; set it once.")
            raise DataError(told.format(name=name, where=where))
    return dict(pairs)
