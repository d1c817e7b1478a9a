"""What a fitted model says, in a sentence that is true of the data at hand."""

from crmlib.text import Sentence
from crmlib.text import gettext as _

RARE = 0.01  # a smaller probability of leaving cannot be told from none


def leaving(model):
    """How readily customers leave, by the BG/NBD.

    Parameters
    ----------
    model : BGNBD
        Fitted. Of those still there, a share a / (a + b + j - 1) leaves after the j-th
        repeat purchase: p ~ Beta(a, b), and j - 1 times she stayed.

    Returns
    -------
    Sentence

    Examples
    --------
    >>> from crmlib.value.btyd import BGNBD
    >>> print(leaving(BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})))
    After the first repeat purchase 25 of 100 customers leave for good, after the tenth 6 of 100.
    """
    a, b = model.params_[["a", "b"]]
    first, tenth = a / (a + b), a / (a + b + 9)
    if first < RARE:
        return Sentence(
            _(
                "By this fit hardly anybody leaves (fewer than 1 in 100 after a purchase). Then "
                "silence is slowness, not goodbye; P(alive) stays near 100 % for everyone, and "
                "this log has nobody who is known to be gone."
            )
        )
    return Sentence(
        _(
            "After the first repeat purchase {first:.0f} of 100 customers leave for good, after "
            "the tenth {tenth:.0f} of 100."
        ).format(first=100 * first, tenth=100 * tenth)
    )
