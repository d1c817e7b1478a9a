"""A table given to a lesson on purchases that belongs to another; rules of cleaning by name."""

import pandas as pd
import pytest

from crmlib import DataError, datasets

PURCHASES = pd.DataFrame(
    {
        "client": ["1", "1", "2"],
        "date": ["2025-01-30", "2025-01-31", "2025-01-31"],
        "paid": [0, 3, 4],
    }
)
CONTRACTS = pd.DataFrame({"id": [1], "Start date": ["2024-01-01"], "End date": ["2025-01-01"]})
CAMPAIGN = pd.DataFrame({"id": [1], "Treated": [1], "converted": [0]})


@pytest.fixture
def own(tmp_path):
    def write(frame):
        frame.to_csv(tmp_path / "own.csv", index=False)
        return tmp_path / "own.csv"

    return write


@pytest.mark.parametrize(
    ("frame", "columns", "told"),
    [
        (
            CONTRACTS,
            None,
            "It looks like a table of contracts; lessons 4.1 and 4.2 take such a table.",
        ),
        (PURCHASES, {"start": "date"}, "It looks like a table of contracts"),
        (CAMPAIGN, None, "It looks like a campaign; lesson 4.2 takes such a table."),
        (PURCHASES, {"treatment": "paid", "outcome": "paid"}, "It looks like a campaign"),
        (PURCHASES.rename(columns={"client": "a"}), None, "name it: customer_id='…'"),
    ],
)
def test_it_says_which_lesson_takes_the_table(own, frame, columns, told):
    with pytest.raises(DataError) as refused:
        datasets.transactions(own(frame), columns)
    assert told in str(refused.value)
    assert ("It looks like" in told) == ("It looks like" in str(refused.value))


@pytest.mark.parametrize(("name", "kind"), [("telco", "contracts"), ("hillstrom", "campaign")])
def test_a_set_of_the_catalogue_says_it_too(name, kind):
    with pytest.raises(DataError, match=f"is no transaction log; .* It looks like a .*{kind}"):
        datasets.transactions(name)


def test_a_log_that_is_wrong_elsewhere_is_called_nothing_else(own):
    with pytest.raises(DataError, match="cannot be read") as refused:
        datasets.transactions(own(PURCHASES.assign(paid="?")))
    assert "looks like" not in str(refused.value)


def test_rules_of_cleaning_are_passed_on_by_name(own):
    path = own(PURCHASES)
    assert datasets.transactions(path)[1].rows_kept == 3
    assert datasets.transactions(path, rules={"zero": "set aside"})[1].rows_kept == 2
    with pytest.raises(DataError, match="no rule 'zeros' of cleaning; did you mean 'zero'"):
        datasets.transactions(path, rules={"zeros": "keep"})
    with pytest.raises(DataError, match="zero is 'drop'; it can be 'keep' or 'set aside'"):
        datasets.transactions(path, rules={"zero": "drop"})
