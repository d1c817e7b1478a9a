"""``python -m benchmarks [--quick] [NAME…]``: one table of ratios."""

import argparse
import importlib

from rich.console import Console
from rich.table import Table

MODULES = ("customers", "models")


def main():
    """Run the benchmarks and print each ratio, peer over ours."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    listed = ", ".join(MODULES)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {listed}; default all")
    parser.add_argument("--quick", action="store_true", help="small sizes: does everything run?")
    options = parser.parse_args()
    unknown = set(options.names) - set(MODULES)
    if unknown:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {listed}")
    table = Table("task", "size", "crmlib s", "peer", "peer s", "peer / crmlib", "note")
    console = Console()
    with console.status("") as status:
        for name in options.names or MODULES:
            module = importlib.import_module(f"benchmarks.{name}")
            status.update(name)
            for row in module.rows(quick=options.quick):
                status.update(f"{name}: {row['task']}, {row['size']:,}, {row['peer']}")
                table.add_row(
                    row["task"],
                    f"{row['size']:,}",
                    f"{row['ours_seconds']:.3f}",
                    row["peer"],
                    f"{row['peer_seconds']:.3f}",
                    f"{row['ratio']:.2f}",
                    row["note"],
                )
    console.print(table)


if __name__ == "__main__":
    main()
