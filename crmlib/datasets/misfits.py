"""A table that was given to a lesson on purchases, and belongs to another."""

from crmlib.datasets import tables
from crmlib.datasets.catalogue import resolve
from crmlib.datasets.roles import roles
from crmlib.errors import DataError
from crmlib.text import gettext as _
from crmlib.transactions.columns import normalise

CONTRACTS, CAMPAIGN = {"start", "duration"}, {"treatment", "outcome"}  # roles that tell
CAMPAIGNS = """treatment treated treatment_group control control_group test_group contacted
    campaign_group segment_group conversion converted visit responded response
    处理组 对照组 实验组 是否触达 是否响应 是否转化"""  # headings, compared as normalise() leaves them


def misfit(dataset, columns=None):
    """Which lessons take a table that is no log of purchases.

    Parameters
    ----------
    dataset : str or path
        A name of the catalogue, or the path of a file.
    columns : dict, optional
        Role -> column, as the table's owner gives them.

    Returns
    -------
    str
        A sentence; empty if nothing shows that it is another kind of table.

    Examples
    --------
    >>> misfit("cdnow")
    ''
    >>> misfit("telco")
    'It looks like a table of contracts; lessons 4.1 and 4.2 take such a table.'
    """
    found = set(roles(dataset, columns))
    if found & CONTRACTS:
        # Translators: 4.1 is Retention and profit, 4.2 Who will leave.
        return _("It looks like a table of contracts; lessons 4.1 and 4.2 take such a table.")
    if found & CAMPAIGN or _tells_of_a_campaign(dataset):
        return _("It looks like a campaign; lesson 4.2 takes such a table.")
    return ""


def _tells_of_a_campaign(dataset):
    known = {normalise(word) for word in CAMPAIGNS.split()}
    try:
        headings = tables.read(resolve(dataset)[0]).columns
    except DataError:
        return False
    return any(normalise(heading) in known for heading in headings)
