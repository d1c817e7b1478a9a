"""What a fitted model says, in a sentence that is true of the data at hand."""

from crmlib.text import Sentence
from crmlib.text import gettext as _

RARE = 0.01  # a smaller probability of leaving cannot be told from none


def leaving(model):
    """How readily customers leave, by the BG/NBD.

    Parameters
    ----------
    model : BGNBD
        Fitted. After a repeat purchase a customer leaves with probability
        a / (a + b) on average (Fader, Hardie and Lee 2005).

    Returns
    -------
    Sentence

    Examples
    --------
    >>> from crmlib.value.btyd import BGNBD
    >>> print(leaving(BGNBD({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})))
    After a repeat purchase, 25 of 100 customers leave for good.
    """
    a, b = model.params_[["a", "b"]]
    probability = a / (a + b)
    if probability < RARE:
        return Sentence(
            _(
                "By this fit hardly anybody leaves (fewer than 1 in 100 after a purchase). Then "
                "silence is slowness, not goodbye; P(alive) stays near 100 % for everyone, and "
                "this log has nobody who is known to be gone."
            )
        )
    return Sentence(
        _("After a repeat purchase, {n:.0f} of 100 customers leave for good.").format(
            n=100 * probability
        )
    )
