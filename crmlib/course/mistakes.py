"""The likely mistakes that an exercise can list, and what is said to whoever makes one.

A sentence says what the answer would be right for, or what to think of; it holds no number,
since several exercises share it.
"""

from crmlib.text import gettext as _


def kinds():
    """The kinds of mistake that an exercise can list, and what is said about each.

    Returns
    -------
    dict of str to str

    Examples
    --------
    >>> kinds()["revenue"]
    'That counts what the customer pays. The firm keeps only the margin.'
    """
    return {
        "revenue": _("That counts what the customer pays. The firm keeps only the margin."),
        "at_once": _("That counts a margin paid at once. When does the first one come here?"),
        "a_period_later": _("That lets the first margin come a period later. When is it paid?"),
        "undiscounted": _("That takes money that comes later for money today."),
        "leaving_for_staying": _("That takes those who leave for those who stay, or the reverse."),
        "cumulative": _("That counts from the very beginning. Asked is one period alone."),
        "one_period": _("That is one period alone. Asked is all of them together."),
        "period_before": _("That is the period before the one asked for."),
        "period_after": _("That is the period after the one asked for."),
        "from_the_start": _(
            "You counted from the first purchase. Asked is the time since the last."
        ),
        "wrong_population": _("That is right for other customers than those asked for."),
        "observed": _("That is what was counted. Asked is what the model expects."),
        "first_included": _("That counts the first purchase too. Asked are the later ones."),
        "wrong_measure": _("That takes another column than the one asked for."),
        "other_fit": _("That is what another fit says. The task names the one to use."),
        "points_for_per_cent": _(
            "Points and per cent are mixed up: points are added, per cent multiply."
        ),
        "ratio_for_difference": _("That is a ratio. Asked is the difference."),
        "difference_for_ratio": _(
            "That is a difference. Asked is the rise as a fraction of what it was before."
        ),
        "acquisition_left_out": _("That leaves out what it costs to win a customer."),
        "after_the_change": _("That is how it stands after the change. Asked is before it."),
        "total_for_share": _("That is the number of all. Asked is a part of them."),
        "all_who_leave": _(
            "You divided by all who would have left. Only some of them stay because of it."
        ),
        "all_who_stay": _(
            "You divided by all who stay in the end. Most of them would have stayed without it."
        ),
        "stay_anyway": _(
            "You divided by those who stay without it. Asked are those who stay because of it."
        ),
        "kept_of_leavers": _(
            "You divided by the part of those leaving that is kept. The others cost money, too."
        ),
        "censored_left_out": _("That leaves out those still there. They count while watched."),
        "censored_as_gone": _("That counts those still there as gone when the watching ended."),
        "censored_before_ties": _(
            "Who was watched until a month was still there when another left in it: count both."
        ),
        "order_of_risk": _("That is the order of risk. What does the contact change?"),
        "likeliest_to_stay": _(
            "That puts first those likeliest to stay. What does the contact change?"
        ),
        "response_for_effect": _("That is what the contacted do. Some would have done it anyway."),
        "known_later": _("Something in it was known only after the day of the forecast."),
        "cost_left_out": _("That leaves out what the contact costs."),
        "group_for_customer": _(
            "That takes the curve of a group for the curve of each customer in it."
        ),
        "one_of_several": _("That would explain it. Would something else draw the same curve?"),
    }
