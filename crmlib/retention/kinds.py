"""Contracts, a log of purchases or a campaign: which kind a table is, and what it can answer."""

from crmlib.errors import DataError
from crmlib.text import Sentence, hint
from crmlib.text import gettext as _
from crmlib.transactions.columns import ROLES as LOG

SHOP = "shop"
ROLES = {
    "contracts": ("start", "end", "duration", "left", "group"),
    "campaign": ("treatment", "outcome", "contacted", "held_out"),
    "both": ("good", "leave_out"),
}


def kind(columns):
    """What a table is, by the roles that its columns are given.

    Parameters
    ----------
    columns : dict
        Role -> column. A campaign has a ``treatment``, contracts have a ``start`` or a
        ``duration``; any other table is read as a log.

    Returns
    -------
    {"log", "contracts", "campaign"}

    Raises
    ------
    DataError
        If there is no such role.

    Examples
    --------
    >>> kind({}), kind({"start": "begin", "end": "end"}), kind({"treatment": "mail"})
    ('log', 'contracts', 'campaign')
    """
    known = [*LOG, *(role for some in ROLES.values() for role in some)]
    for role in columns:
        if role not in known:
            raise DataError(
                _("There is no role {role!r} for a column; {hint}").format(
                    role=role, hint=hint(str(role), known)
                )
            )
    if "treatment" in columns:
        return "campaign"
    return "contracts" if {"start", "duration"} & set(columns) else "log"


def scope(dataset, columns):
    """What can be answered from a table, and what cannot.

    Parameters
    ----------
    dataset : str or path
    columns : dict
        As in :func:`kind`.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> print(scope("mail.csv", {"treatment": "mail", "outcome": "visit"}))
    This table is a campaign: it can say whom a contact changes, not who leaves or when.
    """
    if str(dataset) == SHOP:
        return Sentence(
            _(
                "The shop has all three kinds of table: permissions with a start and an end, a log "
                "of purchases, and campaigns drawn by lot."
            )
        )
    return Sentence(
        {
            "log": _(
                "This table is a log of purchases: it can say who fell silent, and who probably "
                "will. It holds no goodbyes, and it cannot say whom a contact would change."
            ),
            "contracts": _(
                "This table holds contracts: it can say how long customers stay, when they leave, and "
                "who may go next. It cannot say whom a contact would change."
            ),
            "campaign": _(
                "This table is a campaign: it can say whom a contact changes, not who leaves or "
                "when."
            ),
        }[kind(columns)]
    )
