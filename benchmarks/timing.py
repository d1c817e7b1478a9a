"""Two ways of doing the same, timed in turn in one process."""

import gc
import statistics
import time


def compare(ours, peer, repeats=5):
    """Median seconds of two functions run in turn, after one run of each to warm up.

    Machines are shared and slow down for a while; runs in turn meet the same weather, so
    the ratio can be trusted where the seconds cannot.

    Parameters
    ----------
    ours, peer : callable without arguments
    repeats : int
        Timed runs of each.

    Returns
    -------
    dict
        ``ours_seconds``, ``peer_seconds`` (medians) and ``ratio``, peer over ours: above 1
        ours is faster.

    Examples
    --------
    >>> sorted(compare(lambda: None, lambda: None, repeats=1))
    ['ours_seconds', 'peer_seconds', 'ratio']
    """
    ours(), peer()
    seconds = {ours: [], peer: []}
    for _ in range(repeats):
        for run in (ours, peer):
            gc.collect()
            start = time.perf_counter()
            run()
            seconds[run].append(time.perf_counter() - start)
    ours_seconds, peer_seconds = (statistics.median(seconds[run]) for run in (ours, peer))
    return {
        "ours_seconds": ours_seconds,
        "peer_seconds": peer_seconds,
        "ratio": peer_seconds / ours_seconds,
    }
