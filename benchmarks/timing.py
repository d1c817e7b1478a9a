"""Two ways of doing the same, timed in turn: in this process, or each in one of its own.

Machines are shared and slow down for a while. Two runs one after the other meet the same
weather, so the median of their ratios can be trusted where the seconds cannot.
"""

import gc
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]


def compare(ours, peer, repeats=5):
    """Seconds of two functions run in turn, after one run of each to warm up.

    Parameters
    ----------
    ours, peer : callable without arguments
    repeats : int
        Timed pairs of runs.

    Returns
    -------
    dict
        ``ours_seconds``, ``peer_seconds`` and ``ratio``, peer over ours within a pair (above
        1 ours is faster); medians, each its own.

    Examples
    --------
    >>> sorted(compare(lambda: None, lambda: None, repeats=1))
    ['ours_seconds', 'peer_seconds', 'ratio']
    """
    ours(), peer()
    return _medians([(_seconds(ours), _seconds(peer)) for _ in range(repeats)])


def compare_apart(ours, peer, repeats=5):
    """Seconds and peak memory of two functions, each run in a new process, in turn.

    Parameters
    ----------
    ours, peer : callable without arguments
        Each returns what :func:`apart` does.
    repeats : int
        Timed pairs of runs.

    Returns
    -------
    dict
        As of :func:`compare`, and ``ours_megabytes``, ``peer_megabytes``: the highest peaks.

    Examples
    --------
    >>> compare_apart(lambda: (2.0, 100.0), lambda: (3.0, 400.0), repeats=1)["ratio"]
    1.5
    """
    pairs = [(ours(), peer()) for _ in range(repeats)]
    return {
        **_medians([(mine[0], theirs[0]) for mine, theirs in pairs]),
        "ours_megabytes": max(mine[1] for mine, _ in pairs),
        "peer_megabytes": max(theirs[1] for _, theirs in pairs),
    }


def apart(function, *files, python=sys.executable):
    """Run a function of :mod:`benchmarks.summaries` in a new process.

    Parameters
    ----------
    function : str
    *files : path or str
        One to warm up with, the one that counts, and further arguments.
    python : path or str
        The interpreter, if not this one.

    Returns
    -------
    seconds : float
        Without the start of the process, its imports and the run to warm up.
    megabytes : float
        Its peak memory.

    Raises
    ------
    RuntimeError
        If the process fails or is killed.
    """
    command = [python, "-m", "benchmarks.apart", function, *files]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"return code {done.returncode}"])[-1]
        raise RuntimeError(f"{function} did not finish: {last}")
    seconds, megabytes = json.loads(done.stdout.splitlines()[-1])
    return seconds, megabytes


def _medians(pairs):
    return {
        "ours_seconds": statistics.median(mine for mine, _ in pairs),
        "peer_seconds": statistics.median(theirs for _, theirs in pairs),
        "ratio": statistics.median(theirs / mine for mine, theirs in pairs),
    }


def _seconds(run):
    gc.collect()
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
