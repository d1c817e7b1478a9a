"""Which column plays which role, from its heading."""

import difflib
import re
import unicodedata
from numbers import Integral

from crmlib.errors import DataError
from crmlib.text import gettext as _

ROLES = (
    "customer_id",
    "time",
    "amount",
    "order_id",
    "product_id",
    "quantity",
    "unit_price",
    "channel",
)

REQUIRED = ("customer_id", "time", "amount")  # quantity and unit_price may stand for amount

TOP = 20  # rows searched for the headings, which may stand below titles and notes

# Compared without case, spaces, underscores and punctuation; no spelling serves two roles.
SPELLINGS = {
    "customer_id": """
        customer_id customer customer_no customer_number customer_code cust_id cust_no
        client_id client client_no client_number user_id member_id member_no member_number
        buyer_id shopper_id account_id household_key
        客户 客户编号 客户号 客户id 客户代码 会员 会员号 会员编号 会员id 会员卡号
        用户id 用户编号 顾客编号 顾客id 买家id 买家会员名""",
    "time": """
        time date datetime timestamp order_date order_time order_datetime invoice_date
        purchase_date purchase_time transaction_date transaction_time trans_date sale_date
        sales_date payment_date payment_time bought_at ordered_at created_at
        时间 日期 下单时间 下单日期 订单时间 订单日期 订单创建时间 交易时间 交易日期 购买时间
        购买日期 消费时间 消费日期 付款时间 支付时间 付款日期 支付日期 成交时间 成交日期""",
    "amount": """
        amount order_amount transaction_amount total_amount net_amount amount_paid paid
        total total_price line_total order_total order_value transaction_value sales
        sales_amount revenue spend spending dollars yuan
        金额 实付金额 实付款 支付金额 付款金额 订单金额 交易金额 成交金额 消费金额 购买金额
        销售额 销售金额 总金额 总价 应付金额""",
    "order_id": """
        order_id order order_no order_number invoice_id invoice invoice_no invoice_number
        transaction_id transaction_no trans_id receipt_id receipt_no basket_id
        订单号 订单编号 订单id 单号 交易号 交易编号 流水号 小票号 发票号""",
    "product_id": """
        product_id product product_no product_code item_id item item_no item_code sku sku_id
        stock_code article_no
        商品编号 商品id 商品编码 商品代码 产品编号 产品id 产品编码 货号""",
    "quantity": """
        quantity qty units number_of_items item_count
        数量 购买数量 商品数量 件数""",
    "unit_price": """
        unit_price price item_price price_per_unit
        单价 商品单价 价格""",
    "channel": """
        channel sales_channel order_channel
        渠道 销售渠道 下单渠道 购买渠道""",
}

# A heading may state its currency; 金额(万元) is left for the user to map, its unit is unusual.
_CURRENCY_NOTE = re.compile(r"\((元|人民币|rmb|cny|usd|eur|gbp|jpy|hkd|[¥$€£])\)")


def normalise(heading):
    """A heading without what spellings differ in.

    Examples
    --------
    >>> normalise(" Customer_ID "), normalise("实付金额（元）")
    ('customerid', '实付金额')
    """
    plain = unicodedata.normalize("NFKC", str(heading)).casefold()
    return re.sub(r"[\W_]", "", _CURRENCY_NOTE.sub("", plain))


def meaning(role):
    """A role's name, and what the column of this role says.

    Examples
    --------
    >>> meaning("time")
    'time (when it was bought)'
    """
    said = {
        "customer_id": _("who bought"),
        "time": _("when it was bought"),
        "amount": _("what was paid"),
        "order_id": _("in which order"),
        "product_id": _("which product"),
        "quantity": _("how many of it"),
        "unit_price": _("the price of one"),
        "channel": _("through which channel"),
    }
    return _("{role} ({meaning})").format(role=role, meaning=said[role])


_ROLE_OF = {normalise(word): role for role in ROLES for word in SPELLINGS[role].split()}


def positions(columns):
    """The columns given by position, or None when they are given by name.

    Parameters
    ----------
    columns : dict or None
        Role to heading, or role to position counted from 0 (an int or a string of digits).

    Returns
    -------
    dict of str to int, or None

    Raises
    ------
    DataError
        If it is not a dict, names an unknown role, or mixes positions with names.

    Examples
    --------
    >>> positions({"customer_id": 0, "time": "1", "amount": 3})
    {'customer_id': 0, 'time': 1, 'amount': 3}
    """
    if not columns:
        return None
    if not isinstance(columns, dict):
        raise DataError(
            _("columns must map roles to columns, for example {example}; it is {given!r}.").format(
                example="{'customer_id': 'buyer'}", given=columns
            )
        )
    for role in columns:
        if role not in ROLES:
            raise DataError(
                _("There is no role {role!r} for a column{nearest}; the roles are {roles}.").format(
                    role=role,
                    nearest=_nearest(role, ROLES),
                    roles=_(", ").join(map(meaning, ROLES)),
                )
            )
    for role, place in columns.items():
        if not isinstance(place, str | Integral):
            raise DataError(
                _("columns gives {given!r} for {role}; give one heading, or one position.").format(
                    given=place, role=role
                )
            )
    by_position = {
        role: int(place)
        for role, place in columns.items()
        if isinstance(place, Integral) or place.isdecimal()
    }
    if by_position and len(by_position) < len(columns):
        raise DataError(
            _("columns gives positions for {some} and names for the rest; give one kind.").format(
                some=_(", ").join(by_position)
            )
        )
    return by_position or None


def find(headings, columns=None):
    """The place of the column that plays each role.

    Parameters
    ----------
    headings : sequence of str, length m
    columns : dict, optional
        Role to heading or position, for what is not recognised by its heading.

    Returns
    -------
    dict of str to int
        Role to place, 0 to m - 1; ``amount`` may be missing if ``quantity`` and
        ``unit_price`` are there.

    Raises
    ------
    DataError
        If a required role has no column, a role has two, or ``columns`` names one
        that is not there.

    Examples
    --------
    >>> find(["客户编号", "下单时间", "金额"])
    {'customer_id': 0, 'time': 1, 'amount': 2}
    >>> find(["buyer", "date", "paid"], {"customer_id": "buyer"})
    {'customer_id': 0, 'time': 1, 'amount': 2}
    """
    headings = [str(heading).strip() for heading in headings]
    if len(headings) < 2:
        raise DataError(
            _(
                "There is only one column, {heading!r}; a log of purchases needs {roles}, in a "
                "text file separated by commas, semicolons, tabs, | or spaces."
            ).format(
                heading=headings[0] if headings else "",
                roles=_(", ").join(map(meaning, REQUIRED)),
            )
        )
    found = _given(headings, columns)
    claimed = set(found.values())
    for role in ROLES:
        if role in found:
            continue
        fits = [
            place
            for place, heading in enumerate(headings)
            if place not in claimed and _ROLE_OF.get(normalise(heading)) == role
        ]
        if len(fits) > 1:
            first, second = (headings[place] for place in fits[:2])
            if first == second:
                raise DataError(_twice(first, role))
            raise DataError(
                _(
                    "Both {first!r} and {second!r} could be {role}; "
                    "choose one, for example {choice}."
                ).format(first=first, second=second, role=meaning(role), choice=f"{role}={first!r}")
            )
        if fits:
            found[role] = fits[0]
    if "quantity" in found and "unit_price" in found:
        required = REQUIRED[:2]
    else:
        required = REQUIRED
    for role in required:
        if role not in found:
            raise DataError(
                _(
                    "No column is recognised as {role} among {headings}; name it: {choice} (on the "
                    "command line in --columns)."
                ).format(role=meaning(role), headings=_listed(headings), choice=f"{role}='…'")
            )
    return {role: found[role] for role in ROLES if role in found}


def header_row(rows, columns=None):
    """The number of the first row that holds the headings, or None.

    Examples
    --------
    >>> header_row([["Sales 2024", "", ""], ["client no", "date", "sales"]])
    1
    """
    for number, row in enumerate(rows):
        try:
            find(row, columns)
        except DataError:
            continue
        return number
    return None


def _given(headings, columns):
    by_position = positions(columns)
    found = {}
    for role, heading in (columns or {}).items():
        if by_position:
            place = by_position[role]
            if not 0 <= place < len(headings):
                raise DataError(
                    _(
                        "columns puts {role} at position {place}; "
                        "there are {n} columns, counted from 0 to {last}."
                    ).format(role=role, place=place, n=len(headings), last=len(headings) - 1)
                )
        else:
            place = _place(headings, str(heading).strip(), role)
        if place in found.values():
            raise DataError(
                _("columns gives the column {heading!r} to two roles; give each its own.").format(
                    heading=heading
                )
            )
        found[role] = place
    return found


def _place(headings, heading, role):
    for names, wanted in (
        (headings, heading),
        ([normalise(name) for name in headings], normalise(heading)),
    ):
        if names.count(wanted) == 1:
            return names.index(wanted)
    if heading in headings:
        raise DataError(_twice(heading, role))
    raise DataError(
        _("There is no column {heading!r} for {role}{nearest}; the columns are {headings}.").format(
            heading=heading,
            role=meaning(role),
            nearest=_nearest(heading, headings),
            headings=_listed(headings),
        )
    )


def _twice(heading, role):
    return _("Two columns for {role} are called {heading!r}; rename one of them.").format(
        role=meaning(role), heading=heading
    )


def _nearest(word, known):
    folded = {str(name).casefold(): name for name in reversed(known)}
    close = difflib.get_close_matches(str(word).casefold(), folded, n=1)
    return _(" (did you mean {name!r}?)").format(name=folded[close[0]]) if close else ""


def _listed(headings, limit=12):
    more = ["…"] if len(headings) > limit else []
    return _(", ").join([*map(repr, headings[:limit]), *more])
