"""Two processes that run lessons, and what happens when one of them dies.

A pool of the standard library cannot tell how far a task is, loses every task when one
worker is killed, and leaves idle workers behind when the parent is. Here each worker
has a pipe of its own: what ends at one side is seen at the other.
"""

import multiprocessing
import multiprocessing.connection
import signal
import tempfile
from collections import deque
from contextlib import suppress

from crmlib.text import gettext as _

PROCESSES = 2


def work(jobs, watch):
    """Give jobs to worker processes; yield each lesson with its result as it is done.

    Workers are ended when the generator is closed, and a kernel ends by itself within a
    second of its worker. A worker that dies takes one lesson with it, not the others.

    Parameters
    ----------
    jobs : iterable of (Lesson, tuple)
        The tuple holds the arguments of :func:`crmlib.course.worker.execute`, but for
        the last.
    watch : object
        ``watch.cell(lesson, i, n)`` is called as cell i of n begins.

    Yields
    ------
    tuple of (Lesson, dict)
        The result is that of :func:`crmlib.course.worker.execute`.

    Examples
    --------
    >>> list(work([], watch=None))
    []
    """
    waiting, busy, processes = deque(jobs), {}, []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        try:
            while waiting or busy:
                while waiting and len(busy) < PROCESSES:
                    connection, process = _start(scratch)
                    processes.append(process)
                    busy[connection] = _hand(connection, waiting)
                for connection in multiprocessing.connection.wait(list(busy)):
                    lesson = busy[connection]
                    try:
                        kind, content = connection.recv()
                    except (EOFError, OSError):
                        del busy[connection]
                        yield lesson, _lost()
                        continue
                    if kind == "cell":
                        watch.cell(lesson, *content)
                        continue
                    yield lesson, content
                    if waiting:
                        busy[connection] = _hand(connection, waiting)
                    else:
                        del busy[connection]
                        connection.close()  # which tells the worker to leave
            for process in processes:
                process.join()
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.join()


def _start(scratch):
    context = multiprocessing.get_context("spawn")
    connection, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, scratch), daemon=True)
    # Ctrl-C is the parent's to answer: the worker inherits that it is ignored.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process.start()
    finally:
        signal.signal(signal.SIGINT, before)
    theirs.close()
    return connection, process


def _serve(connection, scratch):
    from crmlib.course import worker  # papermill and the kernel's libraries: only here

    worker.serve(connection, scratch)


def _hand(connection, waiting):
    lesson, job = waiting.popleft()
    with suppress(OSError):  # a worker that just died is noticed when its answer is awaited
        connection.send(job)
    return lesson


def _lost():
    failure = {"cell": None, "id": None, "line": "", "error": _("Ended")}
    failure["message"] = _("the process that ran the lesson was ended from outside")
    return {"seconds": None, "sha256": None, "results": None, "failure": failure}
