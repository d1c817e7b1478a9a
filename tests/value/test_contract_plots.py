"""What a picture of customers under contract refuses."""

import pytest

from crmlib import DataError
from crmlib.value import plots
from crmlib.value.btyd import ShiftedBetaGeometric

MODEL = ShiftedBetaGeometric({"alpha": 0.7, "beta": 1.2})


@pytest.mark.parametrize("draw", [plots.survival_projection, plots.retention_projection])
@pytest.mark.parametrize(
    ("observed", "fitted_years", "message"),
    [
        ([100, 90, 95], 1, "There are 95 survivors at age 2; accepted: at most 90"),
        ([0, 0], 1, "nobody in observed at age 0"),
        ([100], 1, "observed must be a list of numbers, .* at least 2"),
        ([100, 90], 0, "fitted_years is 0; accepted: a whole number, 1 or more"),
        ([100, 90], "1", "fitted_years is '1'"),
    ],
)
def test_refuses(draw, observed, fitted_years, message):
    with pytest.raises(DataError, match=message):
        draw(observed, MODEL, fitted_years, constant_retention=True)
