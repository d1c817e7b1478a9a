"""What the tests and the examples in docstrings share."""

import sys

import pytest


@pytest.fixture(autouse=True)
def no_open_figures():
    """Close what a test or an example drew."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
