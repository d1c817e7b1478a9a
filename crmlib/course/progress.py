"""What a person sees while lessons run: a bar on a terminal, a line a lesson anywhere."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from crmlib.text import gettext as _


class Watch:
    """Shows how far a run is; quiet but for one line a lesson when not on a terminal.

    Parameters
    ----------
    total : int
        How many lessons there are.
    console : rich.console.Console, optional

    Examples
    --------
    >>> with Watch(total=1) as watch:
    ...     pass
    """

    def __init__(self, total, console=None):
        console = console or Console(soft_wrap=True, highlight=False, markup=False, emoji=False)
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._all = self._bars.add_task(_("Course"), total=total, unit=_("lessons"))
        self._tasks = {}

    def __enter__(self):
        self._bars.start()
        return self

    def __exit__(self, *error):
        self._bars.stop()

    def cell(self, lesson, position, cells):
        """A cell begins: number ``position`` (from 0) of ``cells``."""
        if lesson not in self._tasks:
            name = f"{lesson.number} {lesson.title}"
            self._tasks[lesson] = self._bars.add_task(name, total=cells, unit=_("cells"))
        self._bars.update(self._tasks[lesson], completed=position)

    def finished(self, outcome):
        """A lesson is done, or was taken over from an earlier run."""
        task = self._tasks.pop(outcome.lesson, None)
        if task is not None:
            self._bars.remove_task(task)
        self._bars.advance(self._all)
        self._bars.console.print(sentence(outcome))
        for difference in outcome.differences:
            self._bars.console.print(f"    {difference}")


def sentence(outcome):
    """What became of a lesson, in one line.

    Parameters
    ----------
    outcome : crmlib.course.running.Outcome

    Returns
    -------
    str

    Examples
    --------
    >>> from crmlib.course import lessons, running
    >>> lesson = lessons.read().lessons[0]
    >>> sentence(running.Outcome(lesson, "passed", "run", seconds=7.25))
    '3.2 Lifetime value: passed in 7.2 s'
    """
    failure = outcome.failure or {}
    if outcome.refused_input:
        state = _("cannot use the data or settings it was given")
    elif failure.get("line"):
        state = _("failed in cell [{cell}], which begins `{line}`: {error}: {message}")
    elif failure:
        state = _("failed: {error}: {message}")
    elif outcome.status == "moved":
        state = _("ran in {seconds:.1f} s, but its numbers moved")
    elif outcome.origin == "reused":
        state = _("passed; reused, nothing changed since it ran in {seconds:.1f} s")
    else:
        state = _("passed in {seconds:.1f} s")
    first = failure.get("message", "").partition("\n")[0]
    lesson = outcome.lesson
    state = state.format(seconds=outcome.seconds, **{**failure, "message": first})
    return _("{number} {title}: {state}").format(
        number=lesson.number, title=lesson.title, state=state
    )
