import json
import math

import numpy as np
import pandas as pd
import pytest

from crmlib import DataError
from crmlib.course import results


def record(**values):
    return results.record("3.2", "cdnow", **values)


def kinds(expected, actual):
    return {difference.name: difference.kind for difference in results.compare(expected, actual)}


def test_equal_records_have_no_difference():
    assert results.compare(record(n=5, r=1 / 3), record(n=5, r=1 / 3)) == []


@pytest.mark.parametrize(
    ("actual", "kind"),
    [
        ({"n": 5, "r": 0.3334}, {"r": "moved"}),
        ({"n": 6, "r": 1 / 3}, {"n": "moved"}),
        ({"n": 5}, {"r": "missing"}),
        ({"n": 5, "r": 1 / 3, "s": 2}, {"s": "new"}),
        ({"n": 5, "r": math.nan}, {"r": "moved"}),
        ({"n": 5, "r": -1 / 3}, {"r": "moved"}),
    ],
)
def test_a_wrong_missing_or_new_number_is_a_difference(actual, kind):
    assert kinds(record(n=5, r=1 / 3), record(**actual)) == kind


def test_each_number_has_its_own_tolerance():
    expected = record(loose=100.0, tight=100.0, tolerances={"loose": 0.05})
    assert kinds(expected, record(loose=104.9, tight=100.0)) == {}
    assert kinds(expected, record(loose=105.1, tight=100.0)) == {"loose": "moved"}
    assert kinds(expected, record(loose=100.0, tight=100.001)) == {"tight": "moved"}


def test_the_committed_tolerance_counts_and_not_that_of_the_run():
    assert kinds(record(r=1.0), record(r=1.4, tolerance=0.5)) == {"r": "moved"}


def test_whole_numbers_are_exact_however_large():
    assert kinds(record(n=10_000_000), record(n=10_000_001)) == {"n": "moved"}


def test_a_recorded_zero_allows_rounding_noise_only():
    assert kinds(record(gap=0.0), record(gap=1e-15)) == {}
    assert kinds(record(gap=0.0), record(gap=1e-9)) == {"gap": "moved"}


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_equals_itself_alone_and_survives_json(value):
    stored = json.loads(json.dumps(record(gap=value).to_json(), allow_nan=False))
    expected = results.Record.from_json(stored)
    assert kinds(expected, record(gap=value)) == {}
    for other in {math.nan, math.inf, -math.inf, 0.0} - {value}:
        assert kinds(expected, record(gap=other)) == {"gap": "moved"}
    [difference] = results.compare(expected, record(gap=1.0))
    json.dumps(difference.to_json(), allow_nan=False)


def test_nothing_recorded_yet_means_every_number_is_new():
    assert kinds(None, record(n=5, r=0.5)) == {"n": "new", "r": "new"}


def test_differences_are_sentences():
    expected = record(n=5, r=0.25, gone=1)
    actual = record(n=6, r=0.5, added=2.0)
    assert [str(difference) for difference in results.compare(expected, actual)] == [
        "n: 5 → 6 (must be exact)",
        "r: 0.25 → 0.5 (allowed relative difference 1e-06)",
        "gone: 1 is recorded, and this run gave no such number",
        "added: this run gave 2, and no such number is recorded",
    ]


def test_noise_below_the_tolerance_does_not_change_the_notebook():
    assert record(r=0.123456789012).to_json() == record(r=0.123456789099).to_json()
    assert record(r=0.1234567).values["r"] == 0.1234567


def test_numbers_of_numpy_and_pandas_are_numbers():
    given = record(
        a=np.float64(0.5), b=np.int64(3), c=np.array(0.5), d=pd.Series([2.5]), e=np.float32(0.5)
    )
    assert given.values == {"a": 0.5, "b": 3, "c": 0.5, "d": 2.5, "e": 0.5}
    assert [type(value) for value in given.values.values()] == [float, int, float, float, float]


@pytest.mark.parametrize("value", ["5", None, True, [1, 2], np.array([1.0, 2.0]), 1j])
def test_what_is_no_single_number_is_refused(value):
    with pytest.raises(DataError, match="The result 'r' of lesson 3.2 is"):
        record(r=value)


def test_tolerances_are_checked():
    with pytest.raises(DataError, match="a tolerance for 'q'"):
        record(r=1.0, tolerances={"q": 0.1})
    with pytest.raises(DataError, match="tolerance of 'r' is 1"):
        record(r=1.0, tolerances={"r": 1})
    with pytest.raises(DataError, match="tolerance of 'r' is -0.1"):
        record(r=1.0, tolerance=-0.1)


def test_the_output_holds_a_table_and_the_record():
    bundle = record(n=5, share=1 / 3)._repr_mimebundle_()
    assert bundle["text/plain"].splitlines()[1].split() == ["n", "5", "exact"]
    assert '<th scope="row">share</th><td>0.3333333</td>' in bundle["text/html"]
    cell = {"metadata": {"tags": ["results"]}, "outputs": [{"data": bundle}]}
    assert results.read({"cells": [cell]}) == record(n=5, share=1 / 3)
    cell["metadata"]["tags"] = []
    assert results.read({"cells": [cell]}) is None
