"""What a bench has measured, kept as JSON with the machine and the versions."""

import json
import os
import platform
import re
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "performance"
PACKAGES = ("duckdb", "dbt-core", "dbt-duckdb", "apache-airflow", "pyarrow", "pandas", "polars")


def machine() -> dict[str, Any]:
    """Day, processor, cores, memory, load of the last minute, versions."""
    return {
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
        "processor": _found(r"model name\s*: (.+)", "/proc/cpuinfo"),
        "cores": os.cpu_count(),
        "memory_gb": round(int(_found(r"MemTotal:\s+(\d+)", "/proc/meminfo")) / 1e6),
        "load_average": round(os.getloadavg()[0], 2),
        "versions": {"Python": platform.python_version()} | _versions(),
    }


def _found(pattern: str, path: str) -> str:
    match = re.search(pattern, Path(path).read_text())
    return match[1] if match else "0"


def _versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def store(path: Path, figures: dict[str, Any]) -> None:
    """Write a bench's figures, with what :func:`machine` said before it began."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures, indent=1) + "\n")
