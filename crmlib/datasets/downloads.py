"""Sets that do not ship: fetched once, checked, kept in one folder.

What is trusted. A file that is a copy of published bytes is compared with its sha256 every
time it is used. An Excel workbook is kept as Parquet, which reads a hundred times faster,
and the bytes of which depend on who wrote it: the workbook's archive is compared with its
sha256 before it is read, and of the Parquet file only the number of rows is checked later.
"""

import io
import os
import sys
import tempfile
import zipfile
from pathlib import Path

from crmlib.errors import DataError
from crmlib.text import gettext as _

VARIABLE = "CRMLIB_DATA"


def folder():
    """Where downloads are kept: what CRMLIB_DATA names, else the user's cache folder.

    Returns
    -------
    pathlib.Path

    Examples
    --------
    >>> folder().is_absolute()
    True
    """
    return _keeper().abspath


def fetch(dataset):
    """The file of a set that does not ship, downloaded if it is not here.

    A download shows a bar if the error stream is a terminal.

    Parameters
    ----------
    dataset : crmlib.datasets.Dataset

    Returns
    -------
    pathlib.Path

    Raises
    ------
    DataError
        If the file is altered or cannot be downloaded, or the folder cannot be written to.
    """
    import requests

    url = dataset.download["url"]
    keeper = _keeper({dataset.file: dataset.sha256 or None}, {dataset.file: url})
    was_here = dataset.path.exists()
    try:
        path = Path(keeper.fetch(dataset.file, downloader=_downloader(dataset)))
    except requests.RequestException as error:
        if error.response is not None:
            error.response.close()  # pooch leaves it open
        raise DataError(
            _(
                "The data set {name!r} could not be downloaded from {url} ({reason}); try again "
                "when it can be reached, or put a copy of {file} into {folder}."
            ).format(
                name=dataset.name,
                url=url,
                reason=_reason(error),
                file=dataset.path.name,
                folder=dataset.path.parent,
            )
        ) from None
    except OSError as error:
        raise DataError(
            _(
                "The folder {folder} for downloads cannot be used ({reason}); name another in the "
                "environment variable {variable}."
            ).format(
                folder=keeper.abspath,
                reason=os.strerror(error.errno) if error.errno else _("it cannot be written to"),
                variable=VARIABLE,
            )
        ) from None
    except ValueError:  # a checksum differs
        if was_here:
            raise _altered(dataset) from None
        raise DataError(
            _(
                "What {url} sends is not the data set {name!r} as it was published, and was not "
                "kept; put a copy of {file} as it was into {folder}."
            ).format(url=url, name=dataset.name, file=dataset.path.name, folder=dataset.path.parent)
        ) from None
    if not dataset.sha256 and _rows(path) != dataset.rows:
        raise _altered(dataset)
    return path


def _keeper(registry=None, urls=None):
    import pooch

    pooch.get_logger().setLevel("WARNING")  # the bar says what is going on
    cache = pooch.os_cache("crmlib")
    return pooch.create(
        cache, base_url="", env=VARIABLE, registry=registry, urls=urls, allow_updates=False
    )


def _downloader(dataset):
    """What pooch calls to download: it unpacks too, so that pooch checks what is kept."""
    import pooch

    bar = sys.stderr.isatty()
    members = dataset.download.get("members")
    if not members:
        return pooch.HTTPDownloader(progressbar=bar)

    def unpacked(url, output, _pooch):
        with tempfile.TemporaryDirectory() as scratch:
            archive = pooch.retrieve(
                url, dataset.download["sha256"], "archive", scratch, progressbar=bar
            )
            content = Path(archive).read_bytes()
        for member in members:
            with zipfile.ZipFile(io.BytesIO(content)) as box:
                content = box.read(member)
        if member.endswith(".xlsx"):
            _to_parquet(content, output, dataset.read)
        else:
            Path(output).write_bytes(content)

    return unpacked


def _to_parquet(workbook, output, read):
    import pandas as pd

    if sys.stderr.isatty():
        print(_("Reading the workbook, once; this takes some minutes."), file=sys.stderr)
    pd.read_excel(io.BytesIO(workbook), engine="openpyxl", **read).to_parquet(output, index=False)


def _rows(path):
    import pyarrow.parquet as pq
    from pyarrow import ArrowException

    try:
        return pq.read_metadata(path).num_rows
    except (ArrowException, OSError):
        return None


def _altered(dataset):
    return DataError(
        _(
            "The file {path} is not the data set {name!r} as it was published; delete it, and "
            "crmlib data fetch {name} downloads it again."
        ).format(path=dataset.path, name=dataset.name)
    )


def _reason(error):
    import requests

    if isinstance(error, requests.HTTPError):
        return f"{error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.Timeout):
        return _("no answer in time")
    return _("the connection failed")
