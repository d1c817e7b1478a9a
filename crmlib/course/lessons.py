"""The list of lessons, and finding one in it.

``notebooks/course.toml`` is the one list: order, titles, minutes, data sets. Every
other part of the course asks here. An entry without a file is a lesson still to be
written; it becomes a lesson when it is given one.
"""

import datetime
import tomllib
from dataclasses import dataclass
from pathlib import Path

from crmlib import text
from crmlib.errors import DataError
from crmlib.text import gettext as _
from crmlib.text import hint

LIST = Path("notebooks", "course.toml")


@dataclass(frozen=True)
class Chapter:
    """One chapter.

    Attributes
    ----------
    folder : str
        Its folder under ``notebooks/``, such as ``3_value``.
    title : str
    """

    folder: str
    title: str

    @property
    def number(self):
        """The figure before the underscore of the folder."""
        return self.folder.partition("_")[0]

    @property
    def name(self):
        """The word after the underscore of the folder."""
        return self.folder.partition("_")[2]


@dataclass(frozen=True)
class Lesson:
    """One lesson.

    Attributes
    ----------
    number : str
        Its address in the course, such as ``3.2``.
    path : pathlib.Path
        The notebook.
    chapter : Chapter
    title, question : str
        What it is called, and what it answers.
    minutes : int
        Time to read it.
    dataset : str
        The data set it runs on unless told otherwise.
    coverage : tuple of int
        The rows of the curriculum it owns.
    """

    number: str
    path: Path
    chapter: Chapter
    title: str
    question: str
    minutes: int
    dataset: str
    coverage: tuple

    @property
    def file(self):
        """Folder and name of the notebook under ``notebooks/``."""
        return f"{self.chapter.folder}/{self.path.name}"


@dataclass(frozen=True)
class Planned:
    """A lesson still to be written.

    Attributes
    ----------
    number : str
        The address it will have.
    question : str
        What it will answer.
    chapter : Chapter
    """

    number: str
    question: str
    chapter: Chapter


@dataclass(frozen=True)
class Course:
    """The course.

    Attributes
    ----------
    root : pathlib.Path
        The folder that holds ``notebooks/``.
    title, subtitle : str
    chapters : tuple of Chapter
    lessons : tuple of Lesson
        In teaching order.
    planned : tuple of Planned
        In teaching order.
    released : datetime.date
        The day of this version, printed on handouts.
    """

    root: Path
    title: str
    subtitle: str
    chapters: tuple
    lessons: tuple
    planned: tuple
    released: datetime.date

    def find(self, names=()):
        """The lessons that some names stand for, in teaching order.

        Parameters
        ----------
        names : sequence of str
            Lesson numbers (``3.2``), notebook names with or without folder and ending
            (``32_lifetime_value``), or chapters (``3``, ``value``, ``3_value``). None
            at all means every lesson.

        Returns
        -------
        list of Lesson

        Raises
        ------
        DataError
            If a name stands for nothing, and then the message offers the nearest one,
            or for a lesson still to be written.

        Examples
        --------
        >>> [lesson.title for lesson in read().find(["3.2"])]
        ['Lifetime value']
        """
        wanted = [number for name in names for number in self._numbers(name)]
        return [lesson for lesson in self.lessons if not names or lesson.number in wanted]

    def _numbers(self, name):
        known = {}
        for lesson in self.lessons:
            chapter = lesson.chapter
            for key in (lesson.number, lesson.path.stem):
                known.setdefault(key, []).append(lesson.number)
            for key in (chapter.number, chapter.name, chapter.folder):
                known.setdefault(key, []).append(lesson.number)
        key = Path(name).name.removesuffix(".ipynb")
        if key in [planned.number for planned in self.planned]:
            raise DataError(_("Lesson {number} is still to be written.").format(number=key))
        if key not in known:
            raise DataError(
                _("There is no lesson {name!r}; {hint}").format(name=name, hint=hint(key, known))
            )
        return known[key]


def find_root(start=None):
    """The folder of the course: the nearest one upwards, else the one this package lies in.

    Parameters
    ----------
    start : path, optional
        Where to begin; the current folder if not given.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    DataError
        If there is no course upwards of ``start`` nor beside the package.

    Examples
    --------
    >>> (find_root() / LIST).is_file()
    True
    """
    start = Path(start or Path.cwd()).resolve()
    checkout = Path(__file__).resolve().parents[2]
    for folder in (start, *start.parents, checkout):
        if (folder / LIST).is_file():
            return folder
    raise DataError(
        _("There is no course in {folder} or above it: {file} is missing.").format(
            folder=start, file=LIST.as_posix()
        )
    )


def read(root=None):
    """The course as its list describes it.

    Parameters
    ----------
    root : path, optional
        The folder that holds ``notebooks/``; :func:`find_root` if not given.

    Returns
    -------
    Course

    Raises
    ------
    DataError
        If the list cannot be read, an entry lacks something or has something unknown,
        two lessons share a number or a file, or a notebook is missing.

    Examples
    --------
    >>> read().find(["value"])[0].dataset
    'cdnow'
    """
    root = Path(root) if root else find_root()
    file = root / LIST
    try:
        listed = _translated(root, tomllib.loads(file.read_text(encoding="utf-8")))
        chapters = tuple(Chapter(**entry) for entry in listed["chapters"])
        folders = {chapter.folder: chapter for chapter in chapters}
        written = [entry for entry in listed["lessons"] if "file" in entry]
        lessons = tuple(_lesson(root, folders, entry) for entry in written)
        unwritten = [entry for entry in listed["lessons"] if "file" not in entry]
        planned = tuple(_planned(chapters, entry) for entry in unwritten)
        told = [listed[key] for key in ("title", "subtitle")]
        course = Course(root, *told, chapters, lessons, planned, listed["released"])
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            _("The list of lessons {file} cannot be used: {reason}.").format(
                file=file, reason=f"{type(error).__name__}: {error}"
            )
        ) from error
    claimed = {
        "number": [entry["number"] for entry in listed["lessons"]],
        "file": [entry["file"] for entry in written],
        "coverage": [row for lesson in lessons for row in lesson.coverage],
    }
    for what, values in claimed.items():
        for value in values:
            if values.count(value) > 1:
                raise DataError(
                    _("Two lessons in {file} have the {what} {value!r}.").format(
                        file=file, what=what, value=value
                    )
                )
    return course


def _translated(root, listed):
    """The list with its titles and questions in the language in use."""
    told = text.catalogue(root / LIST.parent / "locale", "course", text.language()).gettext
    for entry in (listed, *listed["chapters"], *listed["lessons"]):
        for what in ("title", "subtitle", "question"):
            if isinstance(entry.get(what), str):
                entry[what] = told(entry[what])
    return listed


def _lesson(root, folders, entry):
    folder, slash, name = entry["file"].partition("/")
    lesson = Lesson(
        path=root / LIST.parent / folder / name,
        chapter=folders[folder],
        coverage=tuple(entry["coverage"]),
        **{key: value for key, value in entry.items() if key not in ("file", "coverage")},
    )
    if not lesson.path.is_file():
        raise DataError(
            _("Lesson {number} is listed, but its notebook {file} is missing.").format(
                number=lesson.number, file=lesson.path
            )
        )
    return lesson


def _planned(chapters, entry):
    numbers = {chapter.number: chapter for chapter in chapters}
    return Planned(chapter=numbers[entry["number"].partition(".")[0]], **entry)
