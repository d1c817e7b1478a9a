"""What a model may look at, and how it is laid out for a linear model."""

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from crmlib.errors import DataError
from crmlib.retention.tables import column, refuse
from crmlib.text import gettext as _
from crmlib.transactions.amounts import read_numbers
from crmlib.transactions.cells import NOTHING

MISSING = " missing"  # after a feature's name
RARE = 10  # rows below which a word shares its column with other rare words


def features(table, leave_out=()):
    """What a model may look at: numbers as numbers, the rest as words.

    A column of text that holds only numbers and blanks becomes numbers, its blanks
    missing. Dates, columns with one value, and columns with a different word in every row,
    such as a customer's name, teach a model nothing and are left out.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a customer.
    leave_out : sequence of str
        Columns that a model must not see, such as the outcome.

    Returns
    -------
    pandas.DataFrame
        Columns of floats and of words (str); missing values stay missing.

    Raises
    ------
    DataError
        If a column named is not there, a number is infinite, or no column is left.

    Examples
    --------
    >>> table = pd.DataFrame({"id": ["a", "b"], "paid": ["29.85", " "], "left": [0, 1]})
    >>> features(table, ["left"])["paid"].tolist()
    [29.85, nan]
    """
    left_out = {column(table, name).name for name in leave_out}
    found = {}
    for name in table.columns.difference(list(left_out), sort=False):
        values = column(table, name)
        if pd.api.types.is_datetime64_any_dtype(values.dtype):
            continue
        if not pd.api.types.is_numeric_dtype(values.dtype):  # True and False are numbers here
            words = values.astype("str").str.strip()
            words = words.mask(words.str.lower().isin(NOTHING))
            numbers, _notes = read_numbers(words, str(name), np.arange(len(words)))
            if np.isnan(numbers).sum() == words.isna().sum() < len(words):
                values = pd.Series(numbers, index=table.index)
            elif words.nunique() == len(words):
                continue
            else:
                values = words
        else:
            values = values.astype(float)
            infinite = np.isinf(values.to_numpy())
            refuse(infinite, name, values, _("a finite number, or nothing"))
        if values.nunique(dropna=False) > 1:
            found[str(name)] = values
    if not found:
        raise DataError(_("No column is left that differs from customer to customer."))
    return pd.DataFrame(found, index=table.index)


def design(table):
    """What turns features into the columns of a linear model, not fitted yet.

    Numbers are put on the scale of the inverse hyperbolic sine, which is linear near zero
    and logarithmic further out, so that a few large amounts do not rule the fit; then they
    are centred and scaled. A missing number becomes the median, and that it was missing a
    column of its own. Each word becomes a column of zeros and ones.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`features` gives it.

    Returns
    -------
    sklearn.compose.ColumnTransformer
        Two transformers: ``numbers`` and ``words``.

    Examples
    --------
    >>> table = pd.DataFrame({"tenure": 10 * [1.0, 70.0], "contract": 10 * ["month", "year"]})
    >>> design(table).fit_transform(table).shape
    (20, 3)
    """
    numeric = [name for name in table if pd.api.types.is_numeric_dtype(table[name].dtype)]
    scaled = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        FunctionTransformer(np.arcsinh),
        StandardScaler(),
    )
    coded = OneHotEncoder(
        handle_unknown="infrequent_if_exist", min_frequency=RARE, sparse_output=False
    )
    return ColumnTransformer(
        [
            ("numbers", scaled, numeric),
            ("words", coded, [name for name in table if name not in numeric]),
        ]
    )


def sources(fitted):
    """The feature that each column of a fitted design comes from.

    That a number was missing is a feature of its own, ``paid missing``.

    Parameters
    ----------
    fitted : sklearn.compose.ColumnTransformer
        A :func:`design`, fitted.

    Returns
    -------
    list of str

    Examples
    --------
    >>> table = pd.DataFrame({"tenure": 10 * [1.0, np.nan], "contract": 10 * ["month", "year"]})
    >>> sources(design(table).fit(table))
    ['tenure', 'tenure missing', 'contract', 'contract']
    """
    found = []
    for kind, transformer, names in fitted.transformers_:
        if kind == "numbers" and len(names):
            flagged = transformer[0].indicator_.features_
            found += [*names, *(names[place] + MISSING for place in flagged)]
        elif kind == "words" and len(names):
            found += [
                name
                for name, rare, words in zip(
                    names, transformer.infrequent_categories_, transformer.categories_
                )
                for _word in range(len(words) - max(0, 0 if rare is None else len(rare) - 1))
            ]
    return found
