"""Two ways of doing the same, timed in turn in one process."""

import gc
import statistics
import time


def compare(ours, peer, repeats=5):
    """Seconds of two functions run in turn, after one run of each to warm up.

    Machines are shared and slow down for a while. Two runs one after the other meet the
    same weather, so the median of their ratios can be trusted where the seconds cannot.

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
    pairs = [(_seconds(ours), _seconds(peer)) for _ in range(repeats)]
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
