"""Every lesson of the course: in the frame, committed executed and clean, giving its numbers.

A rule takes a lesson and its notebook and yields what is wrong, cell by cell. Each rule
is shown to go red on a notebook that breaks it.
"""

import ast
import copy
import re
from base64 import b64encode

import nbformat
import pytest

from crmlib.course import lessons, notebook, results, running

COURSE = lessons.read()
METADATA = {"tags", "jupyter", "nbgrader", "deletable", "editable", "slideshow"}
MACHINE = r"/(home|root|Users|tmp|var|work|opt|usr)/|[A-Z]:\\\\?Users"
MOMENT = r"\bat 0x[0-9a-f]{6,}|\bT_[0-9a-f]{5,}\b|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-"
FILE = r"^(/|\./|\.\./|~)|\.(csv|parquet|xlsx|json|ipynb|png|txt)$"
CLOCK = r"\b(now|today|utcnow)\(|\btime\.(time|perf_counter|monotonic)\("
WIDGET = r"^(interactive|interactive_output|\w*(Slider|Box|Dropdown|Output|Button|Text))\("


def codes(book):
    return [cell for cell in book["cells"] if cell["cell_type"] == "code"]


def outputs(book):
    return [(cell, output) for cell in codes(book) for output in cell["outputs"]]


def texts(output):
    """Every text of an output, whatever its kind."""
    data = [value for mime, value in output.get("data", {}).items() if "image/" not in mime]
    return [text for text in (output.get("text"), *data) if isinstance(text, str)]


def literals(cell):
    """The strings in the code of a cell."""
    for node in ast.walk(ast.parse(cell["source"])):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def kernel_and_language_are_plain(lesson, book):
    if book["metadata"] != notebook.METADATA:
        yield f"metadata of the notebook: {sorted(book['metadata'])}"


def cells_carry_tags_and_no_traces(lesson, book):
    for cell in book["cells"]:
        if set(cell["metadata"]) - METADATA:
            yield f"{cell['id']}: {sorted(cell['metadata'])}"


def every_code_cell_was_run_in_order(lesson, book):
    counts = [cell["execution_count"] for cell in codes(book)]
    if counts != list(range(1, len(counts) + 1)):
        yield f"execution counts {counts}"


def nothing_failed_or_warned(lesson, book):
    for cell, output in outputs(book):
        if output["output_type"] == "error" or output.get("name") == "stderr":
            yield f"{cell['id']}: {output.get('ename') or output['text']}"


def no_live_widgets(lesson, book):
    for cell, output in outputs(book):
        if notebook.WIDGET in output.get("data", {}):
            yield f"{cell['id']}: a widget view"


def every_widget_has_a_still(lesson, book):
    for cell, output in outputs(book):
        data = output.get("data", {})
        if re.match(WIDGET, data.get("text/plain", "")) and "image/png" not in data:
            yield f"{cell['id']}: {data['text/plain']}"


def outputs_know_no_machine_and_no_moment(lesson, book):
    for cell, output in outputs(book):
        for text in texts(output):
            for trace in (re.search(MACHINE, text), re.search(MOMENT, text)):
                if trace:
                    yield f"{cell['id']}: {trace[0]}"


def every_picture_has_alt_text(lesson, book):
    for cell, output in outputs(book):
        for mime in output.get("data", {}):
            metadata = output.get("metadata", {})
            alt = metadata.get(mime, {}).get("alt") or metadata.get("alt")
            if mime.startswith("image/") and not alt:
                yield f"{cell['id']}: {mime}"


def it_opens_with_title_and_question(lesson, book):
    first = book["cells"][0]
    if first["cell_type"] != "markdown" or not first["source"].startswith("# "):
        yield "the first cell is no title"
    for text in (lesson.number, lesson.title, lesson.question):
        if text not in first["source"]:
            yield f"the first cell does not say {text!r}"


def the_parameters_are_those_of_the_course(lesson, book):
    if len(notebook.tagged(book, notebook.PARAMETERS)) != 1:
        yield "there must be one cell tagged parameters"
    defaults = notebook.parameters(book)
    if not {"dataset", "columns", "language"} <= set(defaults):
        yield f"parameters {sorted(defaults)}"
    if defaults.get("dataset") != lesson.dataset:
        yield f"dataset {defaults.get('dataset')!r} is not {lesson.dataset!r} of course.toml"


def its_last_cell_records_its_results(lesson, book):
    if notebook.tagged(book, results.TAG) != book["cells"][-1:]:
        yield "the last cell, and no other, is tagged results"
    record = results.read(book)
    if not record or not record.values:
        yield "nothing is recorded"
    elif (record.lesson, record.dataset) != (lesson.number, lesson.dataset):
        yield f"recorded for lesson {record.lesson} on {record.dataset}"


def code_is_plain_and_installs_nothing(lesson, book):
    for cell in codes(book):
        try:
            ast.parse(cell["source"])
        except SyntaxError as error:
            yield f"{cell['id']}: {error}"
        if re.search(r"\b(pip|conda|uv)\b.*\binstall\b", cell["source"]):
            yield f"{cell['id']}: installs"


def code_names_no_files(lesson, book):
    for cell in codes(book):
        for text in literals(cell):
            if re.search(FILE, text):
                yield f"{cell['id']}: {text!r}"


def code_holds_no_prose(lesson, book):
    for cell in codes(book):
        for text in literals(cell):
            if len(text.split()) > 4 and not re.search("[<>=]", text):  # a label, a query
                yield f"{cell['id']}: {text!r}"
        if any(isinstance(node, ast.JoinedStr) for node in ast.walk(ast.parse(cell["source"]))):
            yield f"{cell['id']}: an f-string"


def code_asks_no_clock(lesson, book):
    for cell in codes(book):
        if re.search(CLOCK, cell["source"]):
            yield f"{cell['id']}: {cell['source']!r}"


def code_defines_no_long_functions(lesson, book):
    for cell in codes(book):
        for node in ast.walk(ast.parse(cell["source"])):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno > 6:
                yield f"{cell['id']}: {node.name}"


RULES = [
    kernel_and_language_are_plain,
    cells_carry_tags_and_no_traces,
    every_code_cell_was_run_in_order,
    nothing_failed_or_warned,
    no_live_widgets,
    every_widget_has_a_still,
    outputs_know_no_machine_and_no_moment,
    every_picture_has_alt_text,
    it_opens_with_title_and_question,
    the_parameters_are_those_of_the_course,
    its_last_cell_records_its_results,
    code_is_plain_and_installs_nothing,
    code_names_no_files,
    code_holds_no_prose,
    code_asks_no_clock,
    code_defines_no_long_functions,
]
EVERY_LESSON = pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.number)
EVERY_RULE = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)


@EVERY_LESSON
@EVERY_RULE
def test_the_committed_lesson_keeps_the_rule(lesson, rule):
    assert list(rule(lesson, notebook.read(lesson.path))) == []


@EVERY_LESSON
def test_the_committed_lesson_is_a_valid_notebook(lesson):
    book = nbformat.read(lesson.path, as_version=4)
    nbformat.validate(book)
    assert lesson.path.read_text(encoding="utf-8") == nbformat.writes(book) + "\n"


class Silent:
    def cell(self, lesson, position, cells): ...

    def finished(self, outcome): ...


@EVERY_LESSON
def test_the_picture_beside_the_lesson_is_its_own(lesson):
    [cell] = notebook.tagged(notebook.read(lesson.path), "picture")
    pictures = [output["data"].get("image/png") for output in cell["outputs"]]
    assert b64encode(lesson.path.with_suffix(".png").read_bytes()).decode() in [
        picture.replace("\n", "") for picture in pictures if picture
    ]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """Every lesson, run as ``make run`` runs it."""
    out = tmp_path_factory.mktemp("build")
    begun = processor_seconds()
    done = running.run(COURSE, COURSE.find(), out, Silent(), reuse=False)
    SPENT["run"] = processor_seconds() - begun
    return {outcome.lesson: (outcome, out) for outcome in done}


SPENT = {}
SECONDS = 15  # of one processor, that a lesson may take


def processor_seconds():
    """What the processes that were started, and have ended, took of a processor."""
    resource = pytest.importorskip("resource")
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def test_lessons_run_in_time(outcomes):
    assert 1 < SPENT["run"] < SECONDS * len(outcomes), SPENT


@EVERY_LESSON
def test_the_lesson_runs_and_gives_its_numbers(outcomes, lesson):
    outcome, _out = outcomes[lesson]
    assert outcome.failure is None
    assert list(map(str, outcome.differences)) == []
    assert outcome.status == "passed"


@EVERY_LESSON
def test_a_check_without_an_answer_says_so(outcomes, lesson):
    _outcome, out = outcomes[lesson]
    checks = notebook.tagged(notebook.read(out / "notebooks" / lesson.file), "check")
    shown = [output["data"]["text/markdown"] for cell in checks for output in cell["outputs"]]
    assert len(shown) == len(checks) > 0
    assert all("No answer yet" in told for told in shown)


@EVERY_LESSON
@EVERY_RULE
def test_the_lesson_just_run_keeps_the_rule(outcomes, lesson, rule):
    outcome, out = outcomes[lesson]
    assert list(rule(lesson, notebook.read(out / "notebooks" / lesson.file))) == []


# The rules themselves: green on a lesson that keeps them, red on one that does not.


@pytest.fixture(scope="module")
def tiny(make_course, tmp_path_factory):
    """A clean lesson of one picture, and its entry in the course."""
    book = make_course.lesson("3.1", "figure", recorded={"customers": 5})
    book.cells[3].outputs = shown(image_png="aGk=", text_plain="A line.")
    book.cells[3].outputs[0].metadata = {"image/png": {"alt": "A line."}}
    for count, cell in enumerate(book.cells[1:], start=1):
        cell.execution_count = count
    notebook.clean(book)
    [lesson] = lessons.read(make_course(tmp_path_factory.mktemp("tiny"), {"3.1": book})).lessons
    title = book.cells[0]
    title.source = f"# {lesson.number} {lesson.title}\n\n{lesson.question}"
    return lesson, book


@EVERY_RULE
def test_a_clean_lesson_keeps_the_rule(tiny, rule):
    assert list(rule(*tiny)) == []


def change(where, key, value):
    """A function that sets one entry of a notebook: ``where`` leads to its place."""

    def apply(book):
        place = book
        for step in where:
            place = place[step]
        place[key] = value

    return apply


def stream(name, text):
    return [nbformat.v4.new_output("stream", name=name, text=text)]


def shown(**data):
    return [
        nbformat.v4.new_output("display_data", {k.replace("_", "/"): v for k, v in data.items()})
    ]


def source(text):
    return change(["cells", 3], "source", text)


def output(value):
    return change(["cells", 3], "outputs", value)


BROKEN = [
    (kernel_and_language_are_plain, change(["metadata"], "papermill", {"duration": 7.1})),
    (kernel_and_language_are_plain, change(["metadata"], "widgets", {"state": {}})),
    (kernel_and_language_are_plain, change(["metadata", "kernelspec"], "name", "my-env")),
    (kernel_and_language_are_plain, change(["metadata", "language_info"], "version", "3.11.7")),
    (cells_carry_tags_and_no_traces, change(["cells", 3, "metadata"], "papermill", {})),
    (cells_carry_tags_and_no_traces, change(["cells", 0, "metadata"], "execution", {})),
    (every_code_cell_was_run_in_order, change(["cells", 3], "execution_count", None)),
    (every_code_cell_was_run_in_order, change(["cells", 3], "execution_count", 9)),
    (nothing_failed_or_warned, output(stream("stderr", "FutureWarning: soon"))),
    (nothing_failed_or_warned, output([nbformat.v4.new_output("error", ename="KeyError")])),
    (no_live_widgets, output([nbformat.v4.new_output("display_data", {notebook.WIDGET: {}})])),
    (every_widget_has_a_still, output(shown(text_plain="interactive(children=(FloatSlider(…"))),
    (every_widget_has_a_still, output(shown(text_plain="IntSlider(value=0)"))),
    (outputs_know_no_machine_and_no_moment, output(stream("stdout", "/home/ann/orders.csv"))),
    (outputs_know_no_machine_and_no_moment, output(shown(text_plain="<Model at 0x7f31c04d5a90>"))),
    (outputs_know_no_machine_and_no_moment, output(shown(text_html='<table id="T_3fa9c">'))),
    (every_picture_has_alt_text, output(shown(image_png="aGk="))),
    (every_picture_has_alt_text, change(["cells", 3, "outputs", 0], "metadata", {})),
    (it_opens_with_title_and_question, change(["cells", 0], "source", "# 3.1 Tiny 3.1")),
    (it_opens_with_title_and_question, change(["cells", 0], "cell_type", "raw")),
    (the_parameters_are_those_of_the_course, change(["cells", 1, "metadata"], "tags", [])),
    (the_parameters_are_those_of_the_course, change(["cells", 1], "source", "dataset = 'cdnow'")),
    (
        the_parameters_are_those_of_the_course,
        change(["cells", 1], "source", "dataset = 'sbg'\ncolumns = None\nlanguage = 'en'"),
    ),
    (its_last_cell_records_its_results, change(["cells", 3, "metadata"], "tags", ["results"])),
    (its_last_cell_records_its_results, change(["cells", -1, "metadata"], "tags", [])),
    (its_last_cell_records_its_results, change(["cells", -1], "outputs", [])),
    (
        its_last_cell_records_its_results,
        change(["cells", -1, "outputs", 0, "data", results.MIME], "dataset", "mine"),
    ),
    (code_is_plain_and_installs_nothing, source("!pip install pandas")),
    (code_is_plain_and_installs_nothing, source("%timeit 1")),
    (code_is_plain_and_installs_nothing, source("os.system('pip install pandas')")),
    (code_names_no_files, source("pd.read_csv('orders.csv')")),
    (code_names_no_files, source("open('../data')")),
    (code_holds_no_prose, source("print('This is the result of it:')")),
    (code_holds_no_prose, source("print(f'It is {x} in the end')")),
    (code_asks_no_clock, source("pd.Timestamp.now()")),
    (code_asks_no_clock, source("time.time()")),
    (code_defines_no_long_functions, source("def f():\n" + "    x = 1\n" * 7)),
]


@pytest.mark.parametrize(("rule", "breaks"), BROKEN, ids=lambda value: value.__name__)
def test_a_lesson_that_breaks_the_rule_is_seen(tiny, rule, breaks):
    lesson, book = tiny
    broken = copy.deepcopy(book)
    breaks(broken)
    assert list(rule(lesson, broken))


def test_every_rule_is_broken_once():
    assert {rule for rule, _breaks in BROKEN} == set(RULES)
