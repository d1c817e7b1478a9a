"""What people write in tables: yes and no, customers' numbers, staying and leaving."""

import pandas as pd

from crmlib.retention.tables import refuse
from crmlib.text import gettext as _
from crmlib.transactions.cells import NOTHING
from crmlib.transactions.columns import SPELLINGS, normalise

YES = ("1", "1.0", "true", "yes", "y", "ja", "j", "wahr", "是", "有", "真")
NO = ("0", "0.0", "false", "no", "n", "nein", "falsch", "否", "无", "假", "没有")
_CODES = {**dict.fromkeys(YES, 1.0), **dict.fromkeys(NO, 0.0)}
_IDS = f"""{SPELLINGS["customer_id"]} id contract_id contract_no contract_number subscription_id
    kunde kunden_id kunden_nr kundennummer vertragsnummer 编号 序号 合同号 合同编号"""
_LEAVING = """churn churned left leave leaver lost cancelled canceled cancellation attrition quit
    unsubscribed terminated gekündigt kündigung abgang abgewandert 流失 离网 退订 注销 解约"""
_STAYING = """stay stayed staying kept retained retention renewed active geblieben verlängert aktiv
    留存 续约 续费 活跃 在网"""


def is_id(heading):
    """Whether a heading names customers or contracts by number.

    Examples
    --------
    >>> [is_id(name) for name in ("customerID", "Kundennummer", "id", "paid")]
    [True, True, True, False]
    """
    return normalise(heading) in _spelled(_IDS)


def sounds_like(heading):
    """Whether a heading speaks of leaving, of staying, or of neither.

    Returns
    -------
    {"leaving", "staying", ""}

    Examples
    --------
    >>> [sounds_like(name) for name in ("Churn Value", "is_active", "geblieben", "amount")]
    ['leaving', 'staying', 'staying', '']
    """
    parts = {normalise(part) for part in str(heading).replace("_", " ").split()}
    whole = normalise(heading)
    for side, words in (("leaving", _LEAVING), ("staying", _STAYING)):
        known = _spelled(words)
        if parts & known or whole in known or any(word in whole for word in known if _long(word)):
            return side
    return ""


def text(values):
    """Cells as words without spaces around them; nothing where they say nothing.

    Examples
    --------
    >>> text(pd.Series([" Ja", None, "n/a"])).tolist()
    ['Ja', '', '']
    """
    words = values.astype("str").str.strip().fillna("")
    return words.mask(words.str.lower().isin(NOTHING), "")


def numbered(values, name, good=None):
    """A column of an outcome as numbers; yes and no, in several languages, as 1 and 0.

    Parameters
    ----------
    values : pandas.Series
    name : str
        The column, for messages.
    good : str, optional
        The word that counts as 1; every other as 0.

    Returns
    -------
    pandas.Series of float
        Missing where the column says nothing.

    Raises
    ------
    DataError
        If a value is neither a number nor yes or no, or ``good`` does not occur.

    Examples
    --------
    >>> numbered(pd.Series(["ja", "Nein", ""]), "bought").tolist()
    [1.0, 0.0, nan]
    >>> numbered(pd.Series([0, 1]), "churn", good="0").tolist()
    [1.0, 0.0]
    """
    words = text(values)
    said = words != ""
    if good is not None:
        found = (words.str.lower() == str(good).strip().lower()) | _equal(words, good)
        accepted = _("{good} somewhere in the column, as good={good} says").format(good=good)
        refuse(said if not found.any() else [False], name, values, accepted)
        return found.astype(float).where(said)
    codes = words.str.lower().map(_CODES)
    if codes[said].notna().all():
        return codes
    numbers = pd.to_numeric(words, errors="coerce")
    worded = (codes.notna() & numbers.isna()).any()
    wrong = said & (codes if worded else numbers).isna()
    refuse(wrong, name, values, _("a number, or yes and no"))
    return numbers


def _equal(words, good):
    """Whether cells are the same number: 0, 0.0."""
    return pd.to_numeric(words, errors="coerce") == pd.to_numeric(pd.Series([good]), "coerce")[0]


def _spelled(words):
    return {normalise(word) for word in words.split()}


def _long(word):
    return len(word) >= 5 or not word.isascii()
