import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crmlib import DataError, cli, datasets, text
from crmlib.cli import arguments, words
from crmlib.course import lessons, notebook, pool, running

CRMLIB = Path(sys.executable).with_name("crmlib")
GOOD = {"customers": 5, "share": 1 / 3}


def crmlib(*arguments, cwd=None):
    return subprocess.run(
        [CRMLIB, *arguments], cwd=cwd, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def course(make_course, tmp_path_factory):
    """A course of one lesson that passes, beside one that fails on the file ``bad.csv``."""
    refuse = (
        "from crmlib import DataError\n"
        "if dataset.endswith('bad.csv'):\n    raise DataError('Column Total is missing.')"
    )
    books = {
        "3.1": make_course.lesson("3.1", recorded=GOOD),
        "4.1": make_course.lesson("4.1", refuse, recorded={"customers": 6, "share": 1 / 3}),
    }
    return make_course(tmp_path_factory.mktemp("the course"), books)


def test_a_run_says_what_became_of_each_lesson_and_a_second_one_reuses_it(
    course, monkeypatch, capsys
):
    first = crmlib("run", "3.1", cwd=course)
    assert (first.returncode, first.stderr) == (0, "")
    line, index = first.stdout.splitlines()
    assert line.startswith("3.1 Tiny 3.1: passed in ")
    assert index == f"Index page: {course / 'build' / 'index.html'}"
    monkeypatch.chdir(course / "notebooks" / "3_value")
    monkeypatch.setattr(pool, "_start", None)  # no process is started
    second = told(capsys, "run", "value")
    assert second.err == ""
    assert "passed; reused, nothing changed since it ran in" in second.out


def test_moved_numbers_are_exit_code_1(course, tmp_path, command):
    done = command(course, "run", "4.1", "--out", tmp_path)
    assert done.returncode == 1
    assert "    customers: 6 → 5 (must be exact)" in done.stdout
    entries = json.loads((tmp_path / "results.json").read_text())["lessons"]
    assert entries["3.1"]["status"] == "not run"


def test_a_file_that_cannot_be_used_is_one_sentence_and_exit_code_2(course, tmp_path, command):
    (tmp_path / "bad.csv").write_text("1")
    relative = os.path.relpath(tmp_path / "bad.csv", course)
    done = command(course, "run", "4.1", "-p", f"dataset={relative}", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert done.stderr == "Column Total is missing.\n"
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("run 3.3", "There is no lesson '3.3'; did you mean '3.1'?"),
        (
            "run -p datset=cdnow",
            "None of the lessons 3.1, 4.1 has a parameter 'datset'; did you mean 'dataset'?",
        ),
        ("run -p dataset=cdnwo", "There is no data set or file 'cdnwo'; did you mean 'cdnow'?"),
        ("run -p dataset", "-p 'dataset' sets nothing; write -p name=value."),
        ("refresh 3.3", "There is no lesson '3.3'; did you mean '3.1'?"),
        ("data describe cdnwo", "There is no data set or file 'cdnwo'; did you mean 'cdnow'?"),
    ],
)
def test_a_misspelt_name_is_refused(course, monkeypatch, capsys, arguments, sentence):
    """One sentence, exit code 2, and nothing ran."""
    monkeypatch.chdir(course)
    monkeypatch.setattr(pool, "_start", None)
    with pytest.raises(SystemExit) as left:
        cli.main(arguments.split())
    assert left.value.code == 2
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", sentence + "\n")


def test_a_folder_that_cannot_be_written_to_is_one_sentence(course, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(course)
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemExit) as left:
        cli.main(["run", "3.1", "--out", str(tmp_path / "file" / "out")])
    assert left.value.code == 2
    assert capsys.readouterr().err.endswith("cannot be used: Not a directory.\n")


def test_refresh_prints_what_moved_and_what_was_written(make_course, tmp_path, command):
    books = {
        "3.1": make_course.lesson("3.1", recorded={"customers": 4, "share": 1 / 3}),
        "4.1": make_course.lesson("4.1", "1 / 0"),
    }
    course = make_course(tmp_path, books)
    done = command(course, "refresh")
    assert done.returncode == 1
    assert "    customers: 4 → 5 (must be exact)" in done.stdout
    assert "Written: " in done.stdout and "31_tiny.ipynb" in done.stdout
    assert "Left as it was: 4.1 Tiny 4.1: failed in cell [3]" in done.stdout


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a=1", 1),
        ("a=[0.1, 0.2]", [0.1, 0.2]),
        ("a=null", None),
        ("a=80,100,130", [80, 100, 130]),
        ("a=-0.5, 1e3", [-0.5, 1000.0]),
        ("a=weekly", "weekly"),
        ("a=1,b", "1,b"),
        ("a=2024-01-05", "2024-01-05"),
        ("a=b=c", "b=c"),
        ("a=", ""),
        ("dataset=1997", "1997"),
        ('columns={"time": "a,b=c"}', {"time": "a,b=c"}),
        ("columns=customer_id=Kunde, time=下单时间", {"customer_id": "Kunde", "time": "下单时间"}),
        ("columns=null", None),
        ("columns=time='Day of order'", {"time": "Day of order"}),  # as messages write it
        ("rules=negative=keep,zero=set aside", {"negative": "keep", "zero": "set aside"}),
    ],
)
def test_values_are_json_if_they_parse(text, value):
    assert arguments.parameter(text)[1] == value


@pytest.mark.parametrize("text", ["columns=Kunde", "columns=", "columns=time=", "columns=a=b,c"])
def test_columns_must_be_pairs(text):
    with pytest.raises(DataError, match="are no pairs; write them with = and commas"):
        arguments.parameter(text)


def told(capsys, *arguments, code=0):
    """What a command says, on both streams."""
    with pytest.raises(SystemExit) as left:
        cli.main(list(arguments))
    assert left.value.code == code
    return capsys.readouterr()


def test_data_sets_are_listed(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("CRMLIB_DATA", str(tmp_path))
    out = told(capsys, "data", "list").out
    assert [line.split()[0] for line in out.splitlines() if line[:1].islower()] == datasets.names()
    lines = [" ".join(line.split()) for line in out.splitlines()]
    first = lines.index("cdnow CDNOW sample: 2,357 customers of an online music shop")
    assert lines[first + 1].startswith("6,919 rows 166.1 kB none stated; cite the paper 3.2")
    on_demand = [name for name in datasets.names() if datasets.describe(name).download]
    assert out.count(" rows  on demand ") == len(on_demand)
    (tmp_path / "telco").mkdir()
    (tmp_path / "telco" / "Telco-Customer-Churn.csv").write_bytes(bytes(2000))
    assert "7,043 rows  2.0 kB " in told(capsys, "data", "list").out


def test_a_data_set_is_described(capsys):
    out = told(capsys, "data", "describe", "cdnow").out
    assert "6,919" in out and "customer_id" in out and "cite as" in out
    assert "lessons   3.2 Lifetime value; planned: 1.4," in out
    assert "cdnow_sample.csv" in out and "tables" not in out
    assert "truth_customers, " in told(capsys, "data", "describe", "shop").out


def test_a_data_set_that_is_not_here_is_described_too(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("CRMLIB_DATA", str(tmp_path))
    out = told(capsys, "data", "describe", "hillstrom").out
    assert "file      not here; get it with: crmlib data fetch hillstrom\n" in out
    assert "Surburban" in out


def test_data_sets_are_fetched(capsys):
    out = told(capsys, "data", "fetch", "cdnow", "sbg").out
    assert [Path(line.partition(": ")[2]).name for line in out.splitlines()] == [
        "cdnow_sample.csv",
        "survival.csv",
    ]


def test_nothing_is_fetched_if_one_name_is_misspelt(capsys, monkeypatch):
    monkeypatch.setattr(datasets, "fetch", None)
    refused = told(capsys, "data", "fetch", "telco", "hillstorm", code=2)
    assert refused.out == ""
    assert refused.err == "There is no data set or file 'hillstorm'; did you mean 'hillstrom'?\n"


def test_a_shop_is_made_and_can_be_read(capsys, tmp_path):
    out = told(capsys, "data", "make-shop", "--seed", "2", "--out", str(tmp_path / "mine")).out
    path = tmp_path / "mine" / "transactions.parquet"
    assert out.endswith(f"A lesson on it: crmlib run 3.2 -p dataset={path}\n")
    log, report = datasets.transactions(path)
    assert f"transactions: {report.rows_in:,} rows." in out


def test_a_shop_of_another_size_is_refused(capsys, tmp_path):
    refused = told(capsys, "data", "make-shop", "--size", "tiny", "--out", str(tmp_path), code=2)
    assert refused.err == "There is no size 'tiny'; a shop is small, medium, large.\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command",
    [
        "",
        "run",
        "refresh",
        "lab",
        "handout",
        "report",
        "parameters",
        "data",
        "data list",
        "data describe",
        "data fetch",
        "data make-shop",
        "data check",
        "language",
        "language status",
    ],
)
def test_help_is_there_for_every_command(command, capsys):
    assert "Usage: " in told(capsys, *command.split(), "--help").out


@pytest.fixture(autouse=True)
def english_again():
    yield
    text.use()


@pytest.fixture
def marked(monkeypatch):
    """Every word of Typer's that is known here bears a mark."""
    monkeypatch.setattr(words, "_", lambda message: re.sub(r"^\[| ", r"\g<0>¡", message, count=1))
    yield
    monkeypatch.undo()
    words.speak()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("report 3.2", "Missing ¡option '--data'."),
        ("report", "Missing ¡argument 'LESSON'."),
        ("run --nope", "No ¡such option: --nope"),
        ("run --ot here", "No ¡such option: --ot (Possible options: --out)"),
        ("rprt", "No ¡such command 'rprt'. Did you mean 'report'?"),
        ("zzz", "No ¡such command 'zzz'."),
        ("run --out", "Option ¡'--out' requires an argument."),
        ("data list now", "Got ¡unexpected extra argument(s) (now)"),
        ("report 3.2 --show-names=5", "Option ¡'--show-names' does not take a value."),
        ("data make-shop --seed x", "Invalid ¡value for '--seed':"),
    ],
)
def test_what_typer_says_is_said_in_the_language_in_use(capsys, marked, arguments, said):
    error = told(capsys, *arguments.split(), code=2).err
    assert said in " ".join(error.split())
    assert "Usage: " not in error or ("Usage: ¡" in error and "Try ¡'" in error)


def test_the_help_is_in_the_language_in_use(capsys, marked):
    out = told(capsys, "report", "--help").out
    for said in ("Usage: ¡", "Show ¡this message and exit.", "[¡required]", "[¡default: report]"):
        assert said in out


@pytest.mark.parametrize("width", ["60", "80", "100"])
def test_chinese_help_is_whole_and_keeps_its_punctuation(capsys, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", width)
    monkeypatch.setenv("TERMINAL_WIDTH", width)
    out = told(capsys, "--help", "--language", "zh").out
    assert "…" not in out
    lines = [line.strip("│ ") for line in out.splitlines()]
    assert not any(line[:1] in set("，。：；、）》”") for line in lines)
    assert not any(line[-1:] in set("（《“") for line in lines)
    told(capsys, "--help", "--language", "en")  # and lines break at spaces again


@pytest.mark.parametrize(
    "command", ["data list", "data describe cdnow", "data check none.csv", "language status"]
)
def test_a_language_may_be_asked_for_behind_any_command(capsys, command):
    with pytest.raises(SystemExit):
        cli.main([*command.split(), "--language", "zh"])
    said = "".join(capsys.readouterr())
    assert re.search("[\u4e00-\u9fff]", said)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["--language"], "After --language comes a code, such as zh.\n"),
        (["--language", "xx"], "There is no text in the language 'xx'; there is: en, zh_CN.\n"),
    ],
)
def test_a_language_that_is_none_is_refused(capsys, given, sentence):
    assert told(capsys, "data", "list", *given, code=2).err == sentence


def test_the_parameters_of_a_lesson_are_listed(capsys):
    lines = told(capsys, "parameters", "3.2").out.splitlines()
    assert lines[0] == "3.2 Lifetime value"
    assert [line.split() for line in lines if "margin" in line] == [
        "margin=0.3 contribution per unit of revenue (classroom number)".split()
    ]


def test_the_command_starts_light():
    heavy = {"pandas", "numpy", "matplotlib", "papermill", "nbformat", "jupyter_client", "IPython"}
    code = (
        "import sys\nfrom crmlib import cli\nfrom crmlib.course import progress, running\n"
        "cli.application()\nprint(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert heavy.isdisjoint(done.stdout.split())


@pytest.fixture
def slow(make_course, tmp_path):
    """A course whose first lesson is done at once and whose second says who it is and waits."""
    wait = f"import os, time\nprint(os.getpid(), file=open({str(tmp_path / 'kernel')!r}, 'w'))"
    books = {
        "3.1": make_course.lesson("3.1", recorded=GOOD),
        "3.2": make_course.lesson("3.2", wait, *["time.sleep(1)"] * 60, recorded=GOOD),
    }
    return make_course(tmp_path, books)


def interrupted(course, signum, group):
    """Start a run, interrupt it when one lesson is done and one is in the middle."""
    process = subprocess.Popen(
        [CRMLIB, "run"], cwd=course, start_new_session=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # A shell makes what it starts in the background deaf to Ctrl-C, and so the tests.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    stored = course / "build" / "results.json"
    until(lambda: (course / "kernel").exists() and '"passed"' in stored.read_text())
    (os.killpg if group else os.kill)(process.pid, signum)
    _out, error = process.communicate(timeout=30)
    kernel = int((course / "kernel").read_text())
    until(lambda: ended(kernel) and not processes_of(process.pid))
    return process.returncode, error


def until(condition, seconds=60):
    last = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < last, "waited in vain"
        time.sleep(0.1)


def ended(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def processes_of(session):
    """What still lives in a session: the run and its workers."""
    pids = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())
    return [pid for pid in pids if in_session(pid, session) and not ended(pid)]


def in_session(pid, session):
    try:
        return os.getsid(pid) == session
    except ProcessLookupError:
        return False


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes through /proc")
@pytest.mark.parametrize(
    ("signum", "group", "code"),
    [
        (signal.SIGINT, True, 130),  # Ctrl-C reaches everyone
        (signal.SIGINT, False, 130),
        (signal.SIGKILL, True, -9),
        (signal.SIGKILL, False, -9),
    ],
)
def test_an_interrupted_run_ends_all_and_leaves_nothing_half(slow, signum, group, code):
    returncode, error = interrupted(slow, signum, group)
    assert returncode == code
    assert "Traceback" not in error
    entries = json.loads((slow / "build" / "results.json").read_text())["lessons"]
    assert {number: entry["status"] for number, entry in entries.items()} == {
        "3.1": "passed", "3.2": "not run",
    }  # fmt: skip
    handouts = slow / "build" / "handouts"  # of a lesson that passed, each whole or not there
    files = [path for path in (slow / "build").rglob("*") if path.is_file()]
    names = [path.name for path in files if handouts not in path.parents]
    assert sorted(name for name in names if not name.endswith(".part")) == [
        "31_tiny.ipynb",
        "index.html",
        "results.json",
    ]
    course = lessons.read(slow)
    earlier = running._earlier(course, slow / "build")
    assert [earlier[lesson].status for lesson in course.lessons] == ["passed", "not run"]
    notebook.read(slow / "build" / "notebooks" / "3_value" / "31_tiny.ipynb")


# --- what a tester found ------------------------------------------------------------------

LOG = "client,date,sales\n1,2025-01-31,5\n,2025-01-31,6\n"


@pytest.fixture
def log(tmp_path, monkeypatch):
    (tmp_path / "orders.csv").write_text(LOG)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "orders.csv"


def test_rows_set_aside_are_never_written_over_the_file_they_come_from(capsys, log):
    sentence = "orders.csv is the file being checked; give another name.\n"
    check = ("data", "check", "orders.csv", "--aside")
    assert told(capsys, *check, "orders.csv", code=2).err == sentence
    assert log.read_text() == LOG
    assert told(capsys, *check, "aside.csv").out.endswith("\nWritten: aside.csv\n")
    assert "Written over what was there: aside.csv" in told(capsys, *check, "aside.csv").out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("run 3.2 -p margin=0.1 -p margin=0.2", "'margin' is set more than once in -p; set it"),
        ("data check orders.csv --columns time=a,time=b", "'time' is set more than once in col"),
        ("run --langage zh", "There is no option --langage; did you mean --language?"),
        ("3.2", "There is no command '3.2'; did you mean crmlib run 3.2?"),
        ("data check order.csv", "no data set or file 'order.csv'; did you mean 'orders.csv'?"),
        ("data check .", ". is a folder; name one file in it."),
        ("run 3.2 -p margin=0,25", "cannot take [0, 25] as margin; write 0.25, with a point."),
        ("run 3.2 -p margin=0,05", "cannot take '0,05' as margin; write 0.05, with a point."),
        ("report 3.2 --data orders.csv --rules zero=drop,zero=keep", "more than once in rules"),
    ],
)
def test_a_slip_is_understood(capsys, log, arguments, sentence):
    assert sentence in told(capsys, *arguments.split(), code=2).err


def test_a_terminal_that_knows_few_letters_is_no_reason_to_fail(log):
    log.with_name("käufe.csv").write_text(LOG.replace(",6", ",6€"), encoding="utf-8")
    done = subprocess.run(
        [CRMLIB, "data", "check", "käufe.csv"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"k?ufe.csv: 2 rows in = 1 kept")
