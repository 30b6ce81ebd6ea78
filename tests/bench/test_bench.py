"""The benches' own sums, on a small slice: no time is asserted."""

from pathlib import Path

import pytest

from tests.bench import bench_segments, page
from tests.bench.results import machine, store
from tests.bench.segments_once import CONTENDERS

pytest.importorskip("polars", reason="polars is not installed: make bench-install")


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, float]]:
    """Each contender's cost of ten thousand purchases; :func:`compare` ends the test if their results differ."""
    folder = tmp_path_factory.mktemp("segments")
    bench_segments.make_world(folder, 10_000, 500)
    costs = bench_segments.compare(folder, list(CONTENDERS), runs=1)
    with bench_segments.warehouse(folder) as connection:
        found = connection.execute(
            "select population, count(distinct rfm_segment) from marts_build.marts.mart_rfm group by all"
        )
        populations = dict(found.fetchall())
    assert populations.keys() == {"scored", "lapsed", "no_purchase"}
    assert populations["scored"] > 5  # segments
    return costs


def test_rfm_polars_and_pandas_agree(costs: dict[str, dict[str, float]]) -> None:
    assert all(cost["cpu_seconds"] > 0 and cost["peak_mb"] > 10 for cost in costs.values())
    assert {(measure, other) for measure, other, *_ in bench_segments.ratios(costs)} == set(
        bench_segments.TARGETS
    )


def test_page_has_the_figures_and_keeps_its_own_text(
    costs: dict[str, dict[str, float]], tmp_path: Path
) -> None:
    ratios = bench_segments.ratios(costs)
    figures = {"purchases": 10_000, "customers": 500, "costs": costs, "ratios": ratios}
    store(tmp_path / "segments.json", machine() | figures | {"command": "make bench-segments"})
    before = "# A page\n\n<!-- scale -->\nas it was\n<!-- end -->\n\n<!-- segments -->\nold\n<!-- end -->\n\nend\n"
    after = page.render(before, tmp_path)
    assert after.startswith(
        "# A page\n\n<!-- scale -->\nas it was\n<!-- end -->\n\n<!-- segments -->\n10,000 "
    )
    assert after.endswith("\n<!-- end -->\n\nend\n")
    assert f"| polars | {costs['polars']['cpu_seconds']:.2f} |" in after
    assert f"{machine()['versions']['duckdb']}" in after
    assert "xychart-beta" in after
    assert "old" not in after


def test_page_is_what_its_results_say() -> None:
    text = page.PAGE.read_text()
    assert page.render(text) == text


def test_results_of_every_bench_are_written(tmp_path: Path) -> None:
    told = machine() | {"command": "make bench"}
    run = {"cpu": 60.0, "wall": 70.0, "peak_mb": 800.0, "stages": {"dbt": 30.0}}
    cost = {"first": run, "again": run, "changed": run, "unchanged": run}
    scale = {"costs": {"1000": cost, "10000": cost}, "shares": {"1000": 0.1}}
    store(tmp_path / "scale.json", told | scale | {"growth": [[1000, 10000, "dbt", 0.9]]})
    once = {"records": 1000, "cpu_seconds": 0.5, "peak_mb": 200.0}
    store(tmp_path / "extract.json", told | {"lake": [once], "dlt": {"parquet": once}})
    empty = "".join(f"<!-- {name} -->\n<!-- end -->\n" for name in page.BENCHES)
    text = page.render(empty, tmp_path)
    assert "| 1,000 → 10,000 | `dbt` | 0.90 |" in text
    assert "line [60, 6]" in text
    assert "| lake | 1,000 | 2,000 | 200 |" in text
