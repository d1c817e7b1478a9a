"""Pictures of retention: what it is worth, who leaves, and whom one can change.

Every function draws on ``ax``, or on a new figure, and returns the Axes; none
shows or saves. The title is the finding, computed from the numbers drawn; the
alt text (:func:`crmlib.style.alt_text`) says what a reader sees.
"""

from crmlib.retention.plots.acquisition import costs, keep_or_win
from crmlib.retention.plots.churn import calibration
from crmlib.retention.plots.company import profit_over_time
from crmlib.retention.plots.economics import lift_curve, lift_map
from crmlib.retention.plots.heterogeneity import mixed_lift_curves
from crmlib.retention.plots.loyalty import loyal_share, tenure_profile
from crmlib.retention.plots.policies import policies
from crmlib.retention.plots.survival import cohort_activity, hazard, retention_curves
from crmlib.retention.plots.uplift import effect_by_group, uplift_curve
from crmlib.retention.plots.what_if import tornado

__all__ = [
    "calibration",
    "cohort_activity",
    "costs",
    "effect_by_group",
    "hazard",
    "keep_or_win",
    "lift_curve",
    "lift_map",
    "loyal_share",
    "mixed_lift_curves",
    "policies",
    "profit_over_time",
    "retention_curves",
    "tenure_profile",
    "tornado",
    "uplift_curve",
]
