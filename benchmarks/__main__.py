"""``python -m benchmarks [--quick] [--large] [--pymc PYTHON] [NAME…]``: one table of ratios."""

import argparse
import importlib

MODULES = ("customers", "models")
COLUMNS = "{:28} {:>11} {:>9} {:>9}  {:20} {:>9} {:>9} {:>8}  {}"
HEADING = ("task", "size", "crmlib s", "MB", "peer", "peer s", "MB", "ratio", "note")


def main(arguments=None):
    """Run the benchmarks and print each ratio, peer over ours, as soon as it is known.

    Parameters
    ----------
    arguments : list of str, optional
        By default those of the command line.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    listed = ", ".join(MODULES)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {listed}; default all")
    parser.add_argument("--quick", action="store_true", help="small sizes: does everything run?")
    parser.add_argument("--large", action="store_true", help="customers: logs of 10⁸ lines too")
    parser.add_argument(
        "--pymc", metavar="PYTHON", help="customers: an interpreter that has pymc-marketing"
    )
    options = parser.parse_args(arguments)
    unknown = set(options.names) - set(MODULES)
    if unknown:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {listed}")
    of_module = {"customers": {"large": options.large, "pymc": options.pymc}}
    print(COLUMNS.format(*HEADING), flush=True)
    for name in options.names or MODULES:
        module = importlib.import_module(f"benchmarks.{name}")
        for row in module.rows(quick=options.quick, **of_module.get(name, {})):
            print(line(row), flush=True)


def line(row):
    """One result as a line of the table.

    Examples
    --------
    >>> row = {"task": "summary", "size": 10**6, "peer": "pandas", "ours_seconds": 0.5,
    ...        "peer_seconds": 1.0, "ratio": 2.0, "note": ""}
    >>> line(row).split()
    ['summary', '1,000,000', '0.500', '–', 'pandas', '1.000', '–', '2.00']
    """
    ours, theirs = (
        f"{row[f'{whose}_megabytes']:,.0f}" if f"{whose}_megabytes" in row else "–"
        for whose in ("ours", "peer")
    )
    return COLUMNS.format(
        row["task"],
        f"{row['size']:,}",
        f"{row['ours_seconds']:.3f}",
        ours,
        row["peer"],
        f"{row['peer_seconds']:.3f}",
        theirs,
        f"{row['ratio']:.2f}",
        row["note"],
    )


if __name__ == "__main__":
    main()
