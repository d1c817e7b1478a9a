"""Lesson 4.2 as a report: on each kind of table the sections that it can answer, and no others."""

import numpy as np
import pandas as pd
import pytest

from crmlib import DataError, datasets
from crmlib.course import notebook


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("an analyst's folder")
    random = np.random.default_rng(4)
    start = pd.Timestamp("2022-01-10") + pd.to_timedelta(random.integers(0, 900, 800), "D")
    end = start + pd.to_timedelta(random.exponential(500, 800).astype(int), "D")
    contracts = pd.DataFrame({"Beginn": start, "Ende": end.where(end < "2024-12-01")})
    contracts.to_csv(folder / "abo.csv", index=False, sep=";")
    mailed = random.permutation(1200) < 600
    campaign = pd.DataFrame(
        {
            "client": [f"K{n:04}" for n in range(1200)],
            "age": random.integers(20, 70, 1200),
            "mailed": np.where(mailed, "yes", "no"),
        }
    )
    campaign["nothing"] = (random.random(1200) < 0.2).astype(int)
    young = mailed & (campaign["age"] < 40)
    campaign["much"] = (random.random(1200) < 0.1 + 0.5 * young).astype(int)
    campaign.to_csv(folder / "mail.csv", index=False)
    chosen = campaign["age"] + random.normal(0, 20, 1200) > 45  # the older, not a lot
    campaign.assign(mailed=np.where(chosen, "yes", "no")).to_csv(folder / "chosen.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def report(folder, command):
    """A function that writes a report of lesson 4.2 and gives its notebook."""
    pytest.importorskip("pypandoc")

    def report(out, *arguments):
        done = command(folder, "report", "4.2", "--out", out, *arguments)
        assert (done.returncode, done.stderr) == (0, "")
        return notebook.read(folder / out / "report.ipynb")

    return report


def told(book):
    texts = [cell["source"] for cell in book["cells"] if cell["cell_type"] == "markdown"]
    return "\n".join(texts)


def pictured(book):
    """What the figures say to somebody who does not see them."""
    outputs = [output for cell in book["cells"] for output in cell.get("outputs", [])]
    return "\n".join(
        output["data"]["text/plain"] for output in outputs if "image/png" in output.get("data", {})
    )


def shown(book):
    """What the cells gave, as plain text."""
    outputs = [output for cell in book["cells"] for output in cell.get("outputs", [])]
    return "\n".join(output["data"]["text/plain"] for output in outputs if "data" in output)


def sections(book):
    return [line for line in told(book).splitlines() if line.startswith("## ")][:-1]


def test_contracts(folder, report):
    book = report("one", "--data", "abo.csv", "--columns", "start=Beginn,end=Ende")
    assert sections(book) == ["## 1. Leaving with a goodbye"]
    assert "This table holds contracts" in told(book)
    assert [path.stem for path in (folder / "one").glob("*.csv")] == ["contract_risks"]
    assert "take neither" in told(book) and "Nobody is listed" in told(book)  # ends by chance alone
    assert not len(pd.read_parquet(folder / "one" / "contract_risks.parquet"))


def test_a_log(folder, report):
    book = report("two", "--data", "cdnow", "-p", "horizon=150")
    assert sections(book) == [
        "## 1. Leaving without a goodbye",
        "## 2. A score that is honest about time",
    ]
    listed = pd.read_parquet(folder / "two" / "risk_list.parquet")
    log = datasets.transactions("cdnow")[0]
    silent = log["time"].max() - log.groupby("customer_id")["time"].max()
    assert len(listed) == (silent < pd.Timedelta(days=150)).sum()  # those who are customers still
    assert listed["risk"].is_monotonic_decreasing and set(listed["ordered_by"]) == {"model"}
    assert listed["why"].str.startswith("Speaks for").sum() == 100
    assert "it ranks better than the one rule. Take the model." in told(book)


@pytest.mark.parametrize(("outcome", "nobody"), [("nothing", True), ("much", False)])
def test_a_campaign(folder, report, outcome, nobody):
    columns = f"treatment=mailed,outcome={outcome},customer_id=client,leave_out="
    columns += "much" if outcome == "nothing" else "nothing"
    given = ("--data", "mail.csv", "--columns", columns, "--show-names")
    book = report(outcome, *given)
    assert sections(book) == ["## 1. Does a contact change anything?", "## 2. Whom to contact"]
    listed = pd.read_parquet(folder / outcome / "contact_list.parquet")
    assert ("Contact nobody" in told(book)) == nobody == (len(listed) == 0)
    assert "Counted with 60 yuan for one more of the outcome" in told(book)
    if nobody:
        shown = pictured(book)
        assert "No list is shown to pay" in shown
    else:
        assert set(listed["group"]) == {"contact", "hold-out"}
        assert listed["customer_id"].str.match(r"K\d{4}$").all()


def test_telco_by_its_name(folder, report):
    """A table of one day, without dates: curve, hazard, a score judged by lot, a list."""
    here("telco")
    book = report("telco", "--data", "telco")
    assert "and the curve is too high" in told(book) and "blank in 11 rows" in told(book)
    assert "27 of 100 left" in told(book) and "so a lot decides" in shown(book)
    assert "The numbers may be used in a calculation." in shown(book)
    listed = pd.read_parquet(folder / "telco" / "contract_risks.parquet")
    assert len(listed) == 7043 - 1869 and listed["why"][:100].str.contains("odds ×").all()
    alone = report("alone", "--data", "telco", "--columns", "duration=tenure,left=Churn")
    assert "59 % are still there after 72 months" in pictured(alone)


def test_hillstrom_by_its_name(folder, report):
    here("hillstrom")
    given = ("-p", "value=10", "-p", "cost=0.1", "-p", "currency=$")
    book = report("hillstrom", "--data", "hillstrom", *given)
    assert "+4.5 points" in told(book) and "Contact the target group" in told(book)
    assert "Counted with $10 for one more of the outcome, $0.1 for a contact" in told(book)
    listed = pd.read_parquet(folder / "hillstrom" / "contact_list.parquet")
    assert set(listed["group"]) == {"contact", "hold-out"} and len(listed) > 10_000
    assert listed["uplift"].max() < 0.08  # as measured, not as forecast


def here(name):
    try:
        datasets.table(name)
    except DataError:
        pytest.skip(f"{name} is not here, and there is no network")


def test_customers_who_were_chosen_and_not_drawn(folder, report):
    columns = "treatment=mailed,outcome=much,customer_id=client,leave_out=nothing"
    book = report("chosen", "--data", "chosen.csv", "--columns", columns)
    assert "**No numbers follow.** These data cannot say what contact does" in told(book)
    assert "differed before the campaign, most in age" in told(book)
    assert not list((folder / "chosen").glob("contact_list.*"))


def test_a_log_that_is_too_short_says_so(folder, report):
    book = report("short", "--data", "cdnow", "-p", "horizon=300")
    assert "**No numbers follow.** This log cannot answer the question: it runs for" in told(book)
