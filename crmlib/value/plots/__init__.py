"""Pictures of what customers are worth.

Every function draws on ``ax``, or on a new figure, and returns the Axes; none
shows or saves. The title is the finding, computed from the numbers drawn; the
alt text (:func:`crmlib.style.alt_text`) says what a reader sees.
"""

from crmlib.value.plots.contracts import retention_projection, survival_projection
from crmlib.value.plots.forecasts import calibration_holdout, cumulative_tracking
from crmlib.value.plots.histories import alive_history, frequency_recency_matrix
from crmlib.value.plots.worth import frequency_spend, ladder, value_intervals

__all__ = [
    "alive_history",
    "calibration_holdout",
    "cumulative_tracking",
    "frequency_recency_matrix",
    "frequency_spend",
    "ladder",
    "retention_projection",
    "survival_projection",
    "value_intervals",
]
