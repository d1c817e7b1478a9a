"""Tables as a notebook shows them: every number one that people can read."""

import re

import nbformat
import numpy as np
import pandas as pd
import pytest

from crmlib import frames, text


def cells(frame, **options):
    """The words of a table, row by row."""
    rows = re.findall("<tr.*?</tr>", frames.html(frame, **options), re.DOTALL)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


def column(values, **options):
    return [row[-1] for row in cells(pd.DataFrame({"x": values}), **options)[1:]]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([103226400.0, 97176001.22], ["103,226,400", "97,176,001"]),
        ([1.0, 67.0, 2357.0], ["1", "67", "2,357"]),
        ([0.704, 1.182, 0.66], ["0.704", "1.182", "0.660"]),
        ([0.1 + 0.2, 0.5], ["0.3", "0.5"]),
        ([12345.678, 0.25], ["12,345.7", "0.25"]),  # far apart: each has its own decimals
        ([97176001.22, 0.25, 2357], ["97,176,001", "0.25", "2,357"]),
        ([-24.96, -0.0, 39.32], ["−24.96", "0.00", "39.32"]),
        ([np.inf, -np.inf, np.nan, 0.5], ["∞", "−∞", "–", "0.5"]),
        ([1e-10, 0.5], ["1e-10", "0.5"]),
        ([2e15, 1.0], ["2e+15", "1"]),
        ([np.nan, np.nan], ["–", "–"]),
        ([0.0, 0.0], ["0", "0"]),
        ([12345, -3], ["12,345", "−3"]),
        (pd.array([1, None, 30000], dtype="Int64"), ["1", "–", "30,000"]),
        ([1.5, "<b>", None, -2000, True], ["1.5", "&lt;b&gt;", "–", "−2,000", "True"]),
        ([True, False], ["True", "False"]),
        (pd.to_datetime(["2023-01-07", None]), ["2023-01-07", "–"]),
    ],
)
def test_a_column_is_set_for_people(values, shown):
    assert column(values) == shown


def test_fewer_digits_where_they_are_enough():
    assert column([481.2, 490.4], digits=3) == ["481", "490"]
    assert column([481.2, 9.154, 1.0], digits=3) == ["481", "9.15", "1"]


def test_no_number_loses_what_matters():
    random = np.random.default_rng(1)
    for _round in range(200):
        values = random.choice([-1, 1], 5) * 10 ** random.uniform(-9, 16, 5)
        for told, value in zip(column(values, digits=3), values, strict=True):
            assert float(told.replace("−", "-").replace(",", "")) == pytest.approx(value, rel=0.01)


def test_years_and_ids_are_names():
    table = pd.DataFrame(
        {"year": [2023], "first_year": [1997], "customer_id": [17850], "n": [1997]}
    )
    assert cells(table)[1][1:] == ["2023", "1997", "17850", "1,997"]
    assert cells(pd.DataFrame({"gain_next_year": [1997.123456]}))[1][1:] == ["1,997.12"]


def test_a_series_is_a_table_of_one_column():
    shown = cells(pd.Series({"kept": 0.5, "lost": 12.0}))
    assert shown == [["", ""], ["kept", "0.5"], ["lost", "12.0"]]
    assert cells(pd.Series([1.0], name="value"))[0] == ["", "value"]


def test_a_long_table_shows_its_ends_and_says_how_long_it_is():
    table = pd.DataFrame({"n": range(5000), "x": np.linspace(0, 1, 5000)})
    shown = frames.html(table)
    assert shown.count("<tr") == 12 and "5000 rows × 2 columns" in shown
    assert [row[-1] for row in cells(table)[1:6]] == [
        "0.0000",
        "0.0002",
        "0.0004",
        "0.0006",
        "0.0008",
    ]


def test_a_sentence_in_a_table_is_not_cut():
    sentence = "She was silent for long. " * 5 + "That speaks for leaving."
    assert column([sentence]) == [sentence]


def test_headings_and_labels_are_in_the_language_in_use():
    text.use("zh")
    try:
        shown = frames.html(pd.DataFrame({"frequency": [1.0]}))
        assert "重复购买次数<br><code>frequency</code>" in shown
    finally:
        text.use("en")


CELLS = [
    "import numpy as np\nimport pandas as pd\nfrom crmlib import style\nstyle.use()",
    "pd.DataFrame({'gain': [1032264500.0, -0.25]})",
    "pd.Series({'gain': 12345.0})",
    "np.float64(-97176001.22)",
]


def test_a_notebook_shows_them_so(tmp_path):
    nbclient = pytest.importorskip("nbclient")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    where = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, kernel_name="python3", resources=where).execute()
    frame, series, number = [cell.outputs[0].data for cell in notebook.cells[1:]]
    assert "<td>1,032,264,500</td>" in frame["text/html"]
    assert "<td>−0.25</td>" in frame["text/html"]
    assert "<td>12,345</td>" in series["text/html"]
    assert number["text/plain"] == "−97,176,001"
