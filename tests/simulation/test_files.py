"""The shop as files: the same bytes, all sizes, and a dictionary that tells the truth."""

import io
import re
import tomllib
import zipfile

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from crmlib import DataError, simulation
from crmlib.simulation import files, parameters
from crmlib.simulation import shop as making

LIMIT = 3_000_000  # bytes of the small shop in all


@pytest.fixture(scope="module")
def remade(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    rows = simulation.make_shop(folder)
    return folder, rows


@pytest.fixture
def tiny_blocks(monkeypatch):
    """A large shop of three blocks, so small that it takes no time."""
    monkeypatch.setattr(making, "BLOCK", 400)
    monkeypatch.setitem(parameters.SIZES, "large", 1_000)


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def dictionary(small_shop):
    """Table -> (rows, columns), as the data dictionary has them."""
    text = (small_shop.folder / "README.md").read_text(encoding="utf-8")
    found = {}
    for part in re.split(r"^### ", text, flags=re.M)[1:]:
        head = re.match(r"`(\w+)` \(([\d,]+) rows\)", part)
        if head:
            columns = re.findall(r"^\| `(\w+)` \|", part, flags=re.M)
            found[head[1]] = int(head[2].replace(",", "")), columns
    return found


def test_the_shipped_shop_is_what_the_code_makes(remade, small_shop):
    folder, rows = remade
    assert sorted(rows) == small_shop.names()
    for name, count in rows.items():
        made, shipped = (pq.read_table(f / f"{name}.parquet") for f in (folder, small_shop.folder))
        assert made.equals(shipped), name
        assert len(made) == count
    truth = (folder / "truth.toml").read_text(encoding="utf-8")
    assert truth == (small_shop.folder / "truth.toml").read_text(encoding="utf-8")


def test_the_same_seed_makes_the_same_bytes(remade, tmp_path):
    folder, _rows = remade
    simulation.make_shop(tmp_path, seed=making.SEED)
    assert contents(tmp_path) == contents(folder)


def test_another_seed_makes_another_shop(remade, tmp_path):
    folder, _rows = remade
    simulation.make_shop(tmp_path, seed=making.SEED + 1)
    same = [name for name, data in contents(tmp_path).items() if data == contents(folder)[name]]
    assert same == ["campaigns.parquet", "products.parquet"]


def test_the_small_shop_is_small(small_shop):
    files = list(small_shop.folder.iterdir())
    assert sum(path.stat().st_size for path in files) < LIMIT
    known = {f"{name}.parquet" for name in small_shop.names()}
    others = {"README.md", "dataset.toml", "promises.md", "csv.zip", "truth.toml"}
    assert {path.name for path in files} == known | others


def test_csv_holds_what_parquet_holds(small_shop):
    with zipfile.ZipFile(small_shop.folder / "csv.zip") as box:
        assert sorted(box.namelist()) == [f"{name}.csv" for name in small_shop.names()]
        for name in small_shop.names():
            table = getattr(small_shop, name)
            data = box.read(f"{name}.csv")
            assert data.startswith(b"\xef\xbb\xbf")  # for spreadsheets
            text = dict.fromkeys(table.select_dtypes("str"), str)
            times = list(table.select_dtypes("datetime"))
            csv = pd.read_csv(io.BytesIO(data), dtype=text, parse_dates=times)
            csv[times] = csv[times].astype("datetime64[ms]")
            for column in table.columns[table.dtypes == "object"]:  # true, false, nothing
                csv[column] = csv[column].where(csv[column].notna(), None)
            pd.testing.assert_frame_equal(csv, table, check_dtype=False)


def test_a_shop_of_several_blocks_has_no_seams(tiny_blocks, tmp_path):
    calls = []
    rows = simulation.make_shop(tmp_path, "large", progress=lambda *done: calls.append(done))
    assert calls == [(0, 1_000), (400, 1_000), (800, 1_000), (1_000, 1_000)]
    assert rows["customers"] == 1_000
    for name, keys in {
        "customers": "customer_id",
        "contacts": "contact_id",
        "customer_records": "record_id",
        "leads": "lead_id",
    }.items():
        file = pq.ParquetFile(tmp_path / f"{name}.parquet")
        assert file.num_row_groups == 3
        assert file.read([keys])[keys].to_pandas().is_unique
    orders = pd.read_parquet(tmp_path / "transactions.parquet")
    assert (orders.groupby("order_id")["customer_id"].nunique() == 1).all()
    assert set(orders["customer_id"]) <= set(
        pd.read_parquet(tmp_path / "customers.parquet")["customer_id"]
    )
    assert not (tmp_path / "csv.zip").exists()


def test_blocks_differ(tiny_blocks, tmp_path):
    simulation.make_shop(tmp_path, "large")
    file = pq.ParquetFile(tmp_path / "truth_customers.parquet")
    first, second = (file.read_row_group(i, ["need"]).to_pandas() for i in (0, 1))
    assert not (first["need"] == second["need"]).any()


def test_what_was_there_stays_if_the_run_is_interrupted(tiny_blocks, tmp_path):
    simulation.make_shop(tmp_path, "large", seed=1)
    before = contents(tmp_path)

    def interrupt(done, total):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulation.make_shop(tmp_path, "large", seed=2, progress=interrupt)
    assert contents(tmp_path) == before


def test_a_larger_shop_leaves_no_csv_of_a_smaller_one(tiny_blocks, tmp_path):
    (tmp_path / "csv.zip").write_bytes(b"of another shop")
    simulation.make_shop(tmp_path, "large")
    assert not (tmp_path / "csv.zip").exists()


def test_a_folder_that_is_none_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match=r"^The shop cannot be written to .*file: File exists\.$"):
        simulation.make_shop(tmp_path / "file")


def test_truth_is_written_down(small_shop):
    assert small_shop.truth == {"made": {"size": "small", "seed": making.SEED}} | parameters.TRUTH


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": "huge"}, "There is no size 'huge'; a shop is small, medium, large."),
        ({"seed": -1}, "seed is -1; it must be a whole number from 0."),
        ({"seed": 0.5}, "seed is 0.5; it must be a whole number from 0."),
    ],
)
def test_what_cannot_be_made_is_refused(tmp_path, arguments, message):
    with pytest.raises(DataError) as refused:
        simulation.make_shop(tmp_path / "shop", **arguments)
    assert str(refused.value) == message
    assert not (tmp_path / "shop").exists()


def test_toml_survives_a_round_trip():
    sections = {"a": {"x": 1.5, "sure thing": [1, 2.0], "word": "yes"}, "b": {"y": -3}}
    assert tomllib.loads(files.toml(sections)) == sections


def test_the_dictionary_has_every_table_and_column(small_shop):
    expected = {
        name: (len(getattr(small_shop, name)), list(getattr(small_shop, name).columns))
        for name in small_shop.names()
    }
    assert dictionary(small_shop) == expected


def test_what_the_dictionary_says_is_never_missing_never_is(shop, small_shop):
    text = (small_shop.folder / "README.md").read_text(encoding="utf-8")
    wrong = []
    for part in re.split(r"^### ", text, flags=re.M)[1:]:
        head = re.match(r"`(\w+)` \(", part)
        for column in re.findall(r"^\| `(\w+)` \|.*\| never \|$", part, flags=re.M):
            if getattr(shop, head[1])[column].isna().any():
                wrong.append(f"{head[1]}.{column}")
    assert wrong == []


def test_the_dictionary_names_the_kinds_of_text(small_shop):
    """Every value of a text column with few different ones stands in the dictionary."""
    text = (small_shop.folder / "README.md").read_text(encoding="utf-8")
    lacking = []
    for name in small_shop.names():
        for column, values in getattr(small_shop, name).select_dtypes("str").items():
            kinds = values.dropna().unique()
            if len(kinds) <= 12 and not column.endswith("_id"):
                lacking += [f"{name}.{column}: {kind}" for kind in kinds if kind not in text]
    assert lacking == []


def test_types_are_plain(small_shop):
    for name in small_shop.names():
        schema = pq.read_schema(small_shop.folder / f"{name}.parquet")
        assert {str(kind) for kind in schema.types} <= {
            "string",
            "int64",
            "double",
            "bool",
            "timestamp[ms]",
        }, name
    ids = np.concatenate([small_shop.customers["customer_id"], small_shop.transactions["order_id"]])
    assert all(re.fullmatch(r"C\d{8}|O\d{9}", text) for text in np.unique(ids.astype(str)))
