"""What Reichheld and Sasser printed, as far as it is confirmed.

Their article of 1990 ("Zero defections: quality comes to services", Harvard Business
Review 68(5), 105-111) shows nine cases. Its abstract names the lift of three, each of
one firm, and that of a card company that halved its defections from ten to five per
cent. The other six are left out here. The retention of the first three is not given:
each is a line on the map of :func:`crmlib.retention.plots.lift_map`, and only the card
company is a point.
"""

import numpy as np
import pandas as pd

from crmlib.text import gettext as _

CLAIM = (0.25, 0.85)  # the range that is quoted after them


def reichheld_sasser():
    """The published lifts for a rise of retention by five, which is taken for points.

    Returns
    -------
    DataFrame
        One row a case: ``case``, ``lift`` (a fraction) and ``retention`` (before the
        rise; NaN where it is not known).

    Examples
    --------
    >>> reichheld_sasser()[["lift", "retention"]].to_numpy().tolist()
    [[0.85, nan], [0.5, nan], [0.3, nan], [1.25, 0.9]]
    """
    return pd.DataFrame(
        [
            (_("bank's branches"), 0.85, np.nan),
            (_("insurance brokerage"), 0.50, np.nan),
            (_("auto-service chain"), 0.30, np.nan),
            (_("MBNA, cards"), 1.25, 0.90),
        ],
        columns=["case", "lift", "retention"],
    )
