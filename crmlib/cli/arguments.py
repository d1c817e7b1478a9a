"""What a user types after an option, as values."""

import json

from crmlib.errors import DataError
from crmlib.text import gettext as _


def parameter(text):
    """One ``-p`` of the command line.

    Parameters
    ----------
    text : str
        ``name=value``. The value is JSON if it can be read as such, else text; a data
        set is always text; columns may also be pairs, ``role=column,role=column``.

    Returns
    -------
    tuple of (str, object)

    Raises
    ------
    DataError
        If there is no value, or the columns are no pairs.

    Examples
    --------
    >>> parameter("columns=customer_id=Client,time=Date")
    ('columns', {'customer_id': 'Client', 'time': 'Date'})
    >>> parameter("language=en")
    ('language', 'en')
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise DataError(_("-p {text!r} sets nothing; write -p name=value.").format(text=text))
    if name == "dataset":
        return name, value
    try:
        value = json.loads(value)
    except ValueError:
        if name == "columns":
            pairs = [pair.partition("=") for pair in value.split(",")]
            if not all(role and column for role, _equals, column in pairs):
                raise DataError(
                    _(
                        "The columns {value!r} are no pairs; write columns=role=column,role=column "
                        "as in columns=customer_id=Client,time=Date."
                    ).format(value=value)
                ) from None
            value = {role.strip(): column.strip() for role, _equals, column in pairs}
    return name, value
