"""`make bench`: runs every bench, keeps its results in docs/performance/ and writes them into docs/performance.md.

`python -m tests.bench.page [NAME …]` runs the benches named, without one all of them; `render` alone runs none.
The page's own text stays as it is: only what stands between `<!-- NAME -->` and `<!-- end -->` is written.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.bench.results import FOLDER, ROOT

PAGE = ROOT / "docs" / "performance.md"
SHOWN = 10  # of the exponents
Figures = dict[str, Any]
LARGE = ["--purchases", "100000000", "--customers", "3750000", "--only", "rfm", "--runs", "1"]
# name → module and arguments
BENCHES: dict[str, list[str]] = {
    "scale": ["tests.bench.bench_scale"],
    "extract": ["tests.bench.bench_extract"],
    "segments": ["tests.bench.bench_segments"],
    "segments-large": ["tests.bench.bench_segments", *LARGE],
}
LABELS = {
    "scan": "bare scan",
    "rfm": "RFM",
    "polars": "polars",
    "polars-in-memory": "polars, in memory",
    "polars-sorted": "polars, sorted lines",
    "pandas": "pandas",
}
MEASURES = {"cpu_seconds": "CPU time", "peak_mb": "memory"}
RUNS = {
    "first": "first build",
    "again": "the same date again",
    "changed": "next day, 1 % changed",
    "unchanged": "next day, nothing changed",
}


def table(*rows: list[str]) -> str:
    """Markdown; the first row is the head."""
    head, *body = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([head, "|---" * len(rows[0]) + "|", *body])


def chart(title: str, unit: str, names: list[str], kind: str, *series: list[float]) -> str:
    """A mermaid chart."""
    shown = ", ".join(f'"{name}"' for name in names)
    lines = [f"    {kind} [{', '.join(f'{value:.4g}' for value in one)}]" for one in series]
    head = [
        f'    title "{title}"',
        f"    x-axis [{shown}]",
        f'    y-axis "{unit}" 0 --> {top(series)}',
    ]
    return "\n".join(["```mermaid", "xychart-beta", *head, *lines, "```"])


def top(series: tuple[list[float], ...]) -> str:
    """Where a chart's axis ends."""
    return f"{max(value for one in series for value in one) * 1.1:.2g}"


def segments(figures: Figures) -> str:
    """RFM beside the others."""
    costs = figures["costs"]
    rows = [
        [
            LABELS[name],
            f"{cost['cpu_seconds']:.2f}",
            f"{cost['wall_seconds']:.2f}",
            f"{cost['peak_mb']:,.0f}",
        ]
        for name, cost in costs.items()
    ]
    parts = [
        f"{figures['purchases']:,} purchases of {figures['customers']:,} customers.",
        table(["", "CPU-s", "wall s", "peak MB"], *rows),
    ]
    if len(costs) > 2:
        targets = [
            [
                f"{MEASURES[measure]}: RFM ÷ {LABELS[other]}",
                f"{ratio:.2f}",
                f"{most:g}",
            ]
            for measure, other, ratio, most in figures["ratios"]
        ]
        seconds = [cost["cpu_seconds"] for cost in costs.values()]
        names = [LABELS[name] for name in costs]
        parts += [
            table(["", "measured", "goal, at most"], *targets),
            chart("RFM: CPU-seconds", "CPU-seconds", names, "bar", seconds),
        ]
    return "\n\n".join(parts)


def scale(figures: Figures) -> str:
    """Runs by size; a customer's part of them, which stays level where cost grows as the customers do."""
    sizes = sorted(figures["costs"], key=int)
    rows = [
        [
            f"{int(size):,}",
            RUNS[name],
            *(f"{cost[key]:,.0f}" for key in ("cpu", "wall", "peak_mb")),
            ", ".join(f"{stage} {seconds:,.0f}" for stage, seconds in cost["stages"].items()),
        ]
        for size in sizes
        for name, cost in figures["costs"][size].items()
    ]
    shares = [[f"{int(size):,}", f"{share:.2f}"] for size, share in figures["shares"].items()]
    growth = [
        [f"{few:,} → {many:,}", f"`{name}`", f"{exponent:.2f}"]
        for few, many, name, exponent in sorted(figures["growth"], key=lambda one: -one[3])[:SHOWN]
    ]
    parts = [
        table(["customers", "run", "CPU-s", "wall s", "peak MB", "wall s by stage"], *rows),
        table(["customers", "a day with 1 % changed, in parts of the first build"], *shares),
    ]
    if growth:
        names = [f"{int(size):,}" for size in sizes]
        each = [
            [figures["costs"][size][run]["cpu"] / int(size) * 1000 for size in sizes]
            for run in ("first", "changed")
        ]
        parts += [
            f"Growth, the {SHOWN} largest exponents of stages and slow models (goal: at most 1.1):",
            table(["customers", "stage or model", "exponent"], *growth),
            "CPU-milliseconds a customer: the first build (above) and the next day with 1 % changed.",
            chart("A customer's cost", "CPU-milliseconds", names, "line", *each),
        ]
    return "\n\n".join(parts)


def extract(figures: Figures) -> str:
    """Records per CPU-second, beside dlt's."""
    results = {"lake": min(figures["lake"], key=lambda one: one["cpu_seconds"])}
    results |= {f"dlt, {name}": result for name, result in figures["dlt"].items()}
    rates = {name: one["records"] / one["cpu_seconds"] for name, one in results.items()}
    rows = [
        [name, f"{one['records']:,}", f"{rates[name]:,.0f}", f"{one['peak_mb']:,.0f}"]
        for name, one in results.items()
    ]
    parts = [table(["", "records", "records per CPU-second", "peak MB"], *rows)]
    if figures["dlt"]:
        parts.append(
            chart("Extraction", "records per CPU-second", list(rates), "bar", [*rates.values()])
        )
    return "\n\n".join(parts)


WRITERS = {"scale": scale, "extract": extract, "segments": segments, "segments-large": segments}


def written(name: str, figures: Figures) -> str:
    """A bench's part of the page."""
    versions = ", ".join(f"{package} {number}" for package, number in figures["versions"].items())
    measured = (
        f"`{figures['command']}`, {figures['day']}: {figures['cores']} cores ({figures['processor']}), "
        f"{figures['memory_gb']} GB, load average {figures['load_average']:g} before it; {versions}."
    )
    return f"{WRITERS[name](figures)}\n\n{measured}"


def render(page: str, folder: Path = FOLDER) -> str:
    """The page with the results that are in a folder.

    Args:
        page: its text as it was.
        folder: a file ``<bench>.json`` each; a bench without one keeps what the page says of it.
    """
    for name in BENCHES:
        file = folder / f"{name}.json"
        if file.exists():
            part = written(name, json.loads(file.read_text()))
            block = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
            page, found = block.subn(lambda match, part=part: f"{match[1]}{part}\n{match[2]}", page)
            if not found:
                raise ValueError(f"the page has no <!-- {name} --> … <!-- end -->")
    return page


def main() -> int:
    """Exit status 1 if a bench missed its target or failed; the page is written all the same."""
    names = sys.argv[1:] or list(BENCHES)
    missed = []
    for name in names if names != ["render"] else []:
        print(f"# {name}", flush=True)
        out = ["--out", str(FOLDER / f"{name}.json")]
        command = [sys.executable, "-m", *BENCHES[name], *out]
        if subprocess.run(command, cwd=ROOT).returncode:
            missed.append(name)
    PAGE.write_text(render(PAGE.read_text()))
    print(
        f"docs/performance.md is written{'; missed or failed: ' * bool(missed)}{', '.join(missed)}"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
