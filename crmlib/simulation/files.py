"""From arrays to files: ids and types, Parquet a block at a time, CSV, the truth.

The same tables make the same bytes: one row group a block, fixed writer options, fixed
dates in the archive.
"""

import contextlib
import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

# Column -> what it numbers, first letter of the id, its width in digits, the table that
# counts it (None: the same numbers in every block).
IDS = {
    "customer_id": ("customer", "C", 8, "customers"),
    "joined_customer_id": ("customer", "C", 8, None),
    "order_id": ("order", "O", 9, "transactions"),
    "account_order_id": ("account order", "B", 8, "account_orders"),
    "record_id": ("record", "R", 8, "customer_records"),
    "contact_id": ("contact", "M", 9, "contacts"),
    "ticket_id": ("ticket", "Q", 8, "tickets"),
    "lead_id": ("lead", "L", 8, "leads"),
    "referral_id": ("referral", "F", 8, "referrals"),
    "product_id": ("product", "P", 3, None),
    "store_id": ("store", "T", 3, None),
    "campaign_id": ("campaign", "K", 1, None),
    "staff_id": ("staff", "S", 3, None),
    "seller_id": ("staff", "S", 3, None),
    "agent_id": ("staff", "S", 3, None),
    "respondent_id": ("respondent", "N", 4, None),
    "call_id": ("call", "A", 5, None),
}
CSV_FILE = "csv.zip"
TRUTH_FILE = "truth.toml"
_PARQUET = {"compression": "zstd", "compression_level": 3, "store_schema": False, "version": "2.6"}


class Writer:
    """Writes tables block by block into a folder; used in a ``with`` statement.

    Files come into the folder together, when all are complete: a run that was interrupted
    leaves there what was there before.

    Parameters
    ----------
    folder : path
        Made if it does not exist.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with Writer(folder) as writer:
    ...         writer.write({"customers": {"customer_id": np.arange(2), "age": [30, 40]}})
    ...     pq.read_table(Path(folder, "customers.parquet"))["customer_id"].to_pylist()
    ['C00000001', 'C00000002']
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.rows = {}
        self._open = contextlib.ExitStack()
        self._files = {}
        self._before = dict.fromkeys((entity for entity, *_ in IDS.values()), 0)

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self._aside = Path(self._open.enter_context(tempfile.TemporaryDirectory(dir=self.folder)))
        return self

    def __exit__(self, kind, error, trace):
        with self._open:
            for file in self._files.values():
                file.close()
            if kind is None:
                (self.folder / CSV_FILE).unlink(missing_ok=True)  # of an earlier, small shop
                for path in sorted(self._aside.iterdir()):
                    os.replace(path, self.folder / path.name)

    def write(self, tables):
        """Append one block of tables; ids in it count from 0.

        Parameters
        ----------
        tables : dict of str to dict of columns
        """
        for name, columns in tables.items():
            table = self._typed(columns)
            if name not in self._files:
                path = self._aside / f"{name}.parquet"
                self._files[name] = pq.ParquetWriter(path, table.schema, **_PARQUET)
            self._files[name].write_table(table, row_group_size=max(len(table), 1))
            self.rows[name] = self.rows.get(name, 0) + len(table)
        for column, (entity, _letter, _width, counted_in) in IDS.items():
            if counted_in in tables:
                self._before[entity] += int(tables[counted_in][column].max(initial=-1)) + 1

    def csv(self):
        """Every table once more, as CSV in one archive; after the last :meth:`write`."""
        for file in self._files.values():
            file.close()
        with zipfile.ZipFile(
            self._aside / CSV_FILE, "w", zipfile.ZIP_DEFLATED, compresslevel=9
        ) as box:
            for name in sorted(self._files):
                member = zipfile.ZipInfo(f"{name}.csv", date_time=(2025, 1, 1, 0, 0, 0))
                member.compress_type = zipfile.ZIP_DEFLATED
                member.create_system = 3
                box.writestr(member, _csv(pq.read_table(self._aside / f"{name}.parquet")))

    def text(self, name, content):
        """A text file beside the tables.

        Parameters
        ----------
        name, content : str
        """
        (self._aside / name).write_text(content, encoding="utf-8", newline="\n")

    def _typed(self, columns):
        arrays = {}
        for name, values in columns.items():
            if name in IDS:
                entity, letter, width, _table = IDS[name]
                arrays[name] = _ids(np.asarray(values), self._before[entity], letter, width)
            else:
                arrays[name] = _plain(values)
        return pa.table(arrays)


def toml(sections):
    """Sections of numbers, strings and lists as TOML.

    Parameters
    ----------
    sections : dict of str to dict

    Returns
    -------
    str

    Examples
    --------
    >>> print(toml({"spend": {"p": 2.0, "sure thing": [0.4, 0.4]}}))
    [spend]
    p = 2.0
    "sure thing" = [0.4, 0.4]
    <BLANKLINE>
    """
    parts = []
    for section, values in sections.items():
        lines = [f"[{section}]"]
        for name, value in values.items():
            key = name if name.isidentifier() and name.isascii() else f'"{name}"'
            lines.append(f"{key} = {value!r}".replace("'", '"'))
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _ids(numbers, before, letter, width):
    """Numbers from 0 as ids from 1; negative ones are missing."""
    present = pa.array(numbers + before + 1, mask=numbers < 0)
    return pc.binary_join_element_wise(
        letter, pc.utf8_lpad(present.cast(pa.string()), width, "0"), ""
    )


def _plain(values):
    """A column of text, numbers, booleans or times to the millisecond."""
    array = values if isinstance(values, pa.Array) else pa.array(values, from_pandas=True)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_large_string(array.type):
        return array.cast(pa.string())
    if pa.types.is_timestamp(array.type) or pa.types.is_date(array.type):
        return array.cast(pa.timestamp("ms"))
    return array


def _csv(table):
    """UTF-8 with the mark that spreadsheets look for; days as days, seconds where there are."""
    for place, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            kind = pa.date32() if field.name.endswith(("_on", "_date")) else pa.timestamp("s")
            table = table.set_column(place, field.name, table[place].cast(kind))
    text = pa.BufferOutputStream()
    pa.csv.write_csv(table, text, pa.csv.WriteOptions(quoting_style="needed"))
    return b"\xef\xbb\xbf" + text.getvalue().to_pybytes()
