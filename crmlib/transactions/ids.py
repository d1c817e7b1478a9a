"""Ids that a spreadsheet or a data frame made numbers of: 12345.0."""

from dataclasses import replace

from crmlib.text import gettext as _


def whole_ids(cells):
    """Ids without the .0 that a program put behind them, if all of them have it.

    A column of whole numbers with gaps is often written as 12345.0. If only some ids end
    so, they stay as they are and a note says so: 12345.0 and 12345 would be two customers.

    Parameters
    ----------
    cells : Cells

    Returns
    -------
    cells : Cells
    notes : list of str

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from crmlib.transactions.cells import Cells
    >>> ids = Cells.of(pd.Series(["12345.0", "7.0", ""]), "client", np.array([2, 3, 4]))
    >>> whole_ids(ids)[0].words.tolist()
    ['12345', '7', nan]
    """
    known = cells.words.notna()
    pointed = cells.words.str.fullmatch(r"\d+\.0").where(known, False).astype(bool)
    if not pointed.any():
        return cells, []
    word, row = cells.first(pointed)
    if not pointed[known].all():
        note = _(
            "In column {name!r} some ids end in .0, such as {word!r} in row {row}, and others do "
            "not; whoever is written in both ways counts as two customers."
        )
        return cells, [note.format(name=cells.name, word=word, row=row)]
    note = _(
        "In column {name!r} each id ends in .0, such as {word!r} in row {row}; it was cut off."
    )
    words = cells.words.str.removesuffix(".0")
    return replace(cells, words=words), [note.format(name=cells.name, word=word, row=row)]
