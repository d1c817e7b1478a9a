"""A session in one language: catalogues read as they stand, and what may not be shown."""

import subprocess
import sys

import numpy as np
import pytest

from crmlib import DataError, frames, text

ENTRIES = """
msgid ""
msgstr ""
"Language: zh_CN\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "week"
msgstr "周"

#, fuzzy
msgid "year"
msgstr "月"

msgid "{n} customer"
msgid_plural "{n} customers"
msgstr[0] "{n} 位客户"

msgctxt "column"
msgid "week"
msgstr "第几周"

msgctxt "column"
msgid "a <b>"
msgstr "甲<乙>"
"""


@pytest.fixture(autouse=True)
def english():
    yield
    text.use("en")


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A catalogue of four entries in place of the package's."""
    path = tmp_path / "zh_CN" / "LC_MESSAGES" / "crmlib.po"
    path.parent.mkdir(parents=True)
    path.write_text(ENTRIES, encoding="utf-8")
    monkeypatch.setattr(text, "LOCALE", tmp_path)
    return path


@pytest.mark.parametrize("name", ["zh", "zh_CN", "zh-CN", "ZH-cn"])
def test_a_language_has_several_spellings(small, name):
    text.use(name)
    assert text.language() == "zh_CN"
    assert text.gettext("week") == "周"
    text.use("en")
    assert (text.language(), text.gettext("week")) == ("en", "week")


@pytest.mark.parametrize("name", ["zh_TW", "z", "", "chinese", None])
def test_an_unknown_language_is_refused_and_the_old_one_stays(small, name):
    text.use("zh")
    with pytest.raises(DataError, match="en, zh_CN|'zh_CN'"):
        text.use(name)
    assert text.language() == "zh_CN"


def test_plurals_and_contexts(small):
    text.use("zh")
    assert text.ngettext("{n} customer", "{n} customers", 1) == "{n} 位客户"
    assert text.ngettext("{n} customer", "{n} customers", np.int64(2)) == "{n} 位客户"
    assert text.heading("week") == "第几周"
    assert text.heading("not translated") == "not translated"
    text.use("en")
    counts = (1, 1.0, np.int64(1), 0, 1.5, np.float64(2), float("nan"), float("inf"))
    assert [text.ngettext("one", "more", n) for n in counts] == ["one"] * 3 + ["more"] * 5


def test_what_is_out_of_date_is_not_shown(small):
    text.use("zh")
    assert text.gettext("year") == "year"
    small.write_text(ENTRIES.replace("#, fuzzy\n", ""), encoding="utf-8")
    text.use("zh")
    assert text.gettext("year") == "月"


def test_a_damaged_catalogue_is_one_sentence(small):
    small.write_bytes(ENTRIES.encode("gb18030"))
    with pytest.raises(DataError, match=r"crmlib\.po cannot be read"):
        text.use("zh")


def test_english_needs_no_babel():
    code = "import sys; from crmlib import text; text.use('en'); print('babel' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_headings_and_labels_of_a_table(small):
    table = "<thead><th>week</th></thead><tbody><th>week</th><td>a &lt;b&gt;</td><td>1</td></tbody>"
    assert frames.labelled(table) == table
    text.use("zh")
    assert frames.labelled(table) == (
        "<thead><th>第几周<br><code>week</code></th></thead>"
        "<tbody><th>第几周</th><td>甲&lt;乙&gt;</td><td>1</td></tbody>"
    )
