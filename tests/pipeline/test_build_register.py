"""The register of builds: what the next build may start from."""

from datetime import date

import pytest

from ingestion.lake import Lake
from ingestion.load import load
from pipeline.build_register import BuildRegister
from tests.plans import plan_of

DAY = date(2026, 3, 31)


@pytest.fixture
def builds(tmp_path):
    warehouse = tmp_path / "warehouse.duckdb"
    load(warehouse, Lake(str(tmp_path / "lake")), {})
    return BuildRegister(warehouse)


def start(builds, config="a"):
    number = builds.next_id()
    builds.start(plan_of(builds.warehouse, build_id=number, variables={"config_hash": config}))
    return number


def test_a_register_without_a_warehouse_is_empty(tmp_path):
    builds = BuildRegister(tmp_path / "none.duckdb")
    assert (builds.all(), builds.newest(), builds.base_of("a"), builds.next_id()) == (
        [],
        None,
        None,
        1,
    )
    assert not (tmp_path / "none.duckdb").exists()


def test_a_register_before_the_first_build_is_empty(builds):
    assert (builds.all(), builds.max_load_id(), builds.next_id()) == ([], 0, 1)


@pytest.mark.parametrize("status", ["built", "blocked", "published"])
def test_a_finished_build_is_the_base_of_the_next(builds, status):
    """A blocked one too: what it built is there, only nobody may see it."""
    number = start(builds)
    builds.finish(number, status)
    base = builds.base_of("a")
    assert (base.build_id, base.status, base.as_of_date, base.load_id) == (number, status, DAY, 0)
    assert builds.newest() == base
    assert builds.next_id() == number + 1


def test_after_an_unfinished_build_there_is_no_base(builds):
    builds.finish(start(builds), "published")
    killed = start(builds)
    assert builds.base_of("a") is None
    assert builds.newest().build_id == killed - 1
    builds.finish(start(builds), "built")
    assert builds.base_of("a").build_id == killed + 1


def test_after_a_change_of_configuration_there_is_no_base(builds):
    """Nor when it is changed back: what stands was built with the other."""
    builds.finish(start(builds, "a"), "published")
    assert builds.base_of("b") is None
    builds.finish(start(builds, "b"), "published")
    assert builds.base_of("a") is None
    assert builds.base_of("b").build_id == 2


def test_a_build_started_again_keeps_its_line(builds):
    """An Airflow retry of the same plan."""
    number = start(builds)
    builds.start(plan_of(builds.warehouse, build_id=number))
    assert [entry.build_id for entry in builds.all()] == [number]
