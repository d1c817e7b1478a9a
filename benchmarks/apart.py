"""One run in a process of its own: ``python -m benchmarks.apart FUNCTION WARM_UP FILE…``.

Calls a function of :mod:`benchmarks.summaries` with a small file, so that libraries are
imported and awake, and then with the file that counts. Prints the seconds of the second call
and the peak memory of the process in megabytes.
"""

import gc
import json
import resource
import sys
import time
from pathlib import Path


def main(function, warm_up, path, *more):
    """Run and print both figures, as JSON.

    Parameters
    ----------
    function : str
        Name of a function of :mod:`benchmarks.summaries`.
    warm_up, path : str
        Its first argument: in the call to warm up, and in the timed one.
    *more : str
        Its further arguments.
    """
    from benchmarks import summaries

    run = getattr(summaries, function)
    run(warm_up, *more)
    gc.collect()
    start = time.perf_counter()
    kept = run(path, *more)
    seconds = time.perf_counter() - start
    del kept
    print(json.dumps([seconds, peak_megabytes()]))


def peak_megabytes():
    """The most memory that this process has held at once, libraries and mapped files included.

    Examples
    --------
    >>> 10 < peak_megabytes() < 100_000
    True
    """
    status = Path("/proc/self/status")
    if status.exists():  # Linux, whose ru_maxrss begins with the memory of the parent
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    main(*sys.argv[1:])
