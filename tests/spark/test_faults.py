"""What a user is told when Spark cannot work, and what is left when it is killed."""

import json
import os
import signal
import subprocess
import time

import duckdb
import psutil
import pytest

from cli.spark_cluster import FILE
from pipeline.spark import session
from runtime.errors import StateError
from tests.conftest import ROOT, run_command
from tests.e2e.daily_run import begin_day, kill_day, run_day
from tests.e2e.tiny_tenant import DATES, write_tiny_tenant
from tests.spark.on_spark import ON_SPARK, needs_spark, takes_both_cores
from tests.spark.test_parity import differences


def test_an_engine_that_does_not_exist(tmp_path):
    """Its name is refused, and those that exist are named."""
    outcome = run_command(tmp_path, "cli.run", variables={"CSW_ENGINE": "oracle"})
    assert outcome.status == 1
    assert "CSW_ENGINE" in outcome.output and "'duckdb' or 'spark'" in outcome.output


def test_no_spark(monkeypatch):
    """Without the package the command that installs it is said."""
    monkeypatch.setattr(session.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(StateError, match="PySpark is not installed") as raised:
        session.home_of_spark()
    assert "make spark-install" in raised.value.hint


@needs_spark
def test_no_java(monkeypatch, tmp_path):
    """Without Java the command that installs it is said."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StateError, match="needs Java 17") as raised:
        session.home_of_spark()
    assert "make spark-install" in raised.value.hint


@needs_spark
def test_a_dead_master(tmp_path):
    """It is said before anything is read; Spark itself would try for minutes."""
    dead = {"CSW_ENGINE": "spark", "CSW_SPARK_MASTER": "spark://127.0.0.1:9"}
    outcome = run_command(tmp_path, "cli.run", variables=dead)
    assert outcome.status == 1
    assert "no Spark master answers at spark://127.0.0.1:9" in outcome.output
    assert "make spark-up" in outcome.output
    assert not (tmp_path / "lake").exists()


@needs_spark
@takes_both_cores
@pytest.mark.timeout(7200)
def test_a_build_killed_in_the_middle(tmp_path):
    """Nothing is published that was not audited, and the next run ends as if nothing had been."""
    tenant = write_tiny_tenant(tmp_path / "tenant")
    home = tmp_path / "spark"
    log = home / "logs" / "dbt.log"
    kill_day(home, tenant, DATES[0], lambda: _models_built(log) > 150, variables=ON_SPARK)
    assert not (home / "published" / "marts.duckdb").exists()
    outcome = run_day(home, tenant, DATES[0], site=False, variables=ON_SPARK)
    assert outcome.status == 0, outcome.output
    other = run_day(tmp_path / "duckdb", tenant, DATES[0], site=False)
    assert other.status == 0, other.output
    # the killed one was a build, too
    assert differences(tmp_path / "duckdb", home, left_out="_build_id") == {}


@needs_spark
@takes_both_cores
@pytest.mark.timeout(7200)
def test_a_worker_killed_in_the_middle(tmp_path):
    """The other worker does its work too; with none left, the run ends and says why."""
    tenant = write_tiny_tenant(tmp_path / "tenant")
    home = tmp_path / "spark"
    cluster = {"CSW_HOME": str(tmp_path / "cluster"), "CSW_SPARK_MEMORY": "2g"}
    assert _cluster("up", cluster) == 0
    try:
        noted = json.loads((tmp_path / "cluster" / FILE).read_text(encoding="utf-8"))
        master, workers = noted["master"], [noted["processes"][f"spark-worker-{i}"] for i in (1, 2)]
        on_cluster = ON_SPARK | cluster | {"CSW_HOME": str(home), "CSW_SPARK_MASTER": master}
        log, printed = home / "logs" / "dbt.log", home / "printed.txt"
        process = begin_day(home, tenant, DATES[0], printed, False, on_cluster)
        _wait(lambda: _models_built(log) > 100)
        _kill(workers[0]["pid"])
        process.join(3000)
        assert process.exitcode == 0, printed.read_text(encoding="utf-8")
        with duckdb.connect(str(home / "published" / "marts.duckdb"), read_only=True) as published:
            assert published.sql("select count(*) from core.dim_customer").fetchone()[0] > 0
        process = begin_day(home, tenant, DATES[1], printed, False, on_cluster)
        log.unlink()
        _wait(lambda: _models_built(log) > 20)
        _kill(workers[1]["pid"])
        process.join(600)
        assert process.exitcode == 1
        assert "has had no worker" in printed.read_text(encoding="utf-8")
    finally:
        _cluster("down", cluster)


def _cluster(action: str, variables: dict[str, str]) -> int:
    return subprocess.run(
        ["make", f"spark-{action}"], cwd=ROOT, env=os.environ | variables, check=False
    ).returncode


def _models_built(log) -> int:
    return log.read_text(encoding="utf-8").count("OK created") if log.exists() else 0


def _wait(moment) -> None:
    deadline = time.monotonic() + 900
    while not moment():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def _kill(pid: int) -> None:
    """A worker with its executors."""
    process = psutil.Process(pid)
    for one in [*process.children(recursive=True), process]:
        os.kill(one.pid, signal.SIGKILL)
