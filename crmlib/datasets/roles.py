"""What a table is for, by the roles of its columns.

A lesson that takes several kinds of table must know which it was given: a log of purchases,
contracts, a campaign. Its owner says so by naming columns; the catalogue says it of its own
sets; and a table with a start and an end is a table of contracts.
"""

from crmlib.datasets import catalogue
from crmlib.errors import DataError

CONTRACTS = {
    "start": """start start_date start_time started started_at begin begin_date signup
        signup_date sign_up_date subscribed_at contract_start valid_from joined join_date
        beginn vertragsbeginn startdatum 开始日期 开始时间 起始日期 起始时间 签约日期 开通日期
        开通时间 入网日期 入网时间 开户日期 生效日期 合同开始日期 合同起始日期""",
    "end": """end end_date end_time ended ended_at finish cancelled cancelled_at canceled
        canceled_at cancel_date cancellation_date churn_date churned_at termination_date
        contract_end valid_to valid_until left ende vertragsende enddatum kündigungsdatum
        结束日期 结束时间 终止日期 终止时间 到期日期 到期时间 退订日期 退订时间 退网日期 离网日期
        销户日期 失效日期 解约日期 合同结束日期 合同终止日期""",
}  # spellings, compared as normalise() leaves them

CAMPAIGN = "treatment", "outcome"  # headings that say what they are


def roles(dataset, columns=None):
    """The roles that a table's columns play in the lessons.

    Parameters
    ----------
    dataset : str or path
        A name of the catalogue, or the path of a file.
    columns : dict, optional
        Role -> column, as the table's owner gives them; then nothing is looked up.

    Returns
    -------
    dict of str to str
        Those given; else those that the catalogue knows; else ``treatment`` and ``outcome``, or
        ``start`` and ``end``, where a file is no log of purchases and its headings say them. Empty for anything else, a
        file that cannot be read among it: who reads it will say what is wrong.

    Examples
    --------
    >>> roles("telco")["duration"], roles("shop"), roles("a.csv", {"start": "Beginn"})
    ('tenure', {}, {'start': 'Beginn'})
    """
    from crmlib.datasets import tables

    if columns:
        return dict(columns)
    if str(dataset) in catalogue.names():
        return dict(catalogue.describe(str(dataset)).roles)
    try:
        headings = list(tables.read(catalogue.resolve(dataset)[0]).columns)
    except DataError:
        return {}
    if _is_log(headings):
        return {}
    if set(CAMPAIGN) <= set(headings):
        return {role: role for role in CAMPAIGN}
    found = {role: spelled_as(headings, words) for role, words in CONTRACTS.items()}
    if all(len(fits) == 1 for fits in found.values()):
        return {role: fits[0] for role, fits in found.items()}
    return {}


def spelled_as(headings, spellings):
    """The headings that are one of the spellings, which stand in a row, spaces between them.

    Examples
    --------
    >>> spelled_as(["Customer", "Signup Date", "开通日期"], CONTRACTS["start"])
    ['Signup Date', '开通日期']
    """
    from crmlib.transactions.columns import normalise

    known = [normalise(word) for word in spellings.split()]
    return [heading for heading in headings if normalise(heading) in known]


def _is_log(headings):
    from crmlib.transactions.columns import find

    try:
        find(headings)
    except DataError:
        return False
    return True
