"""The register of builds, in the warehouse itself (ops.builds): what was built, from what, how it ended."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from pipeline.build_plan import BuildPlan
from runtime.duckdb_connection import connect
from runtime.errors import StateError


@dataclass(frozen=True)
class Build:
    """One line of the register.

    Attributes:
        load_id: newest load the build has seen.
        status: ``running``, ``built``, ``blocked`` (built, audit failed) or ``published``.
    """

    build_id: int
    as_of_date: date
    config_hash: str
    load_id: int
    status: str


class BuildRegister:
    """Reads and writes ops.builds of one warehouse file; for one step, in which nobody else writes it."""

    def __init__(self, warehouse: Path) -> None:
        self.warehouse = warehouse
        self._read: list[Build] | None = None

    def all(self) -> list[Build]:
        """Every build, oldest first; empty if there is no warehouse yet."""
        if self._read is None:
            self._read = self._builds()
        return self._read

    def _builds(self) -> list[Build]:
        if not self.warehouse.exists():
            return []
        with connect(self.warehouse, read_only=True) as connection:
            tables = {
                row[0]
                for row in connection.execute("select table_name from duckdb_tables()").fetchall()
            }
            if "builds" not in tables:
                return []
            try:
                rows = connection.execute(
                    "select build_id, as_of_date, config_hash, load_id, status from ops.builds order by build_id"
                ).fetchall()
            except duckdb.Error as error:
                raise StateError(
                    f"{self.warehouse}: the register of builds cannot be read: {str(error).splitlines()[0]}",
                    "`make rebuild` makes the warehouse again from the lake",
                ) from error
        return [Build(*row) for row in rows]

    def newest(self) -> Build | None:
        """The build whose state core and marts hold: the last one that dbt finished."""
        done = [build for build in self.all() if build.status != "running"]
        return done[-1] if done else None

    def base_of(self, config_hash: str) -> Build | None:
        """The build an incremental one may start from; None after an unfinished build or a changed configuration."""
        builds = self.all()
        if not builds or builds[-1].status == "running" or builds[-1].config_hash != config_hash:
            return None
        return builds[-1]

    def next_id(self) -> int:
        """Number of the next build."""
        return max((build.build_id for build in self.all()), default=0) + 1

    def max_load_id(self) -> int:
        """Newest load of the warehouse, 0 if none."""
        with connect(self.warehouse, read_only=True) as connection:
            return connection.execute("select coalesce(max(load_id), 0) from ops.loads").fetchone()[
                0
            ]

    def loads_ahead(self, since: Build) -> tuple[int, ...]:
        """Loads with something of a later day than that build's, which it left out."""
        with connect(self.warehouse, read_only=True) as connection:
            rows = connection.execute(
                "select load_id from staging.stg_ops__load_horizon where load_id <= ? and newest_day > ? order by 1",
                [since.load_id, since.as_of_date.strftime("%Y%m%d")],
            )
            return tuple(load_id for (load_id,) in rows.fetchall())

    def objects_of_loads(self, after: int, besides: tuple[int, ...]) -> set[tuple[str, str]]:
        """(source, object) of every load after one that brought rows, and of some besides."""
        with connect(self.warehouse, read_only=True) as connection:
            rows = connection.execute(
                "select distinct source, object from ops.loads "
                "where load_id > ? and rows_in > rows_quarantined or list_contains(?, load_id)",
                [after, list(besides)],
            )
            return set(rows.fetchall())

    def slices(self) -> dict[tuple[str, date], int]:
        """Rows of every slice that was published last, by mart and date; empty if none ever was."""
        if not self.warehouse.exists():
            return {}
        with connect(self.warehouse, read_only=True) as connection:
            if not connection.execute(
                "from duckdb_tables() where schema_name = 'ops' and table_name = 'slices'"
            ).fetchall():
                return {}
            rows = connection.execute("select mart, as_of_date, row_count from ops.slices")
            return {(mart, day): count for mart, day, count in rows.fetchall()}

    def keep_slices(self, slices: dict[tuple[str, date], int]) -> None:
        """Register the slices that were just published, in place of those before."""
        with connect(self.warehouse) as connection:
            connection.execute("begin")
            connection.execute(
                "create or replace table ops.slices (mart varchar, as_of_date date, row_count bigint)"
            )
            for (mart, day), count in slices.items():
                connection.execute("insert into ops.slices values (?, ?, ?)", [mart, day, count])
            connection.execute("commit")

    def start(self, plan: BuildPlan) -> None:
        """Register a build before dbt touches anything: if it dies, the next one is a full one."""
        self._read = None
        with connect(self.warehouse) as connection:
            connection.execute(
                """
                create table if not exists ops.builds (
                    build_id bigint primary key, as_of_date date, mode varchar, config_hash varchar,
                    load_id bigint, status varchar, started_at timestamptz, finished_at timestamptz
                )
                """
            )
            connection.execute(
                """
                insert or replace into ops.builds
                select ?, ?, ?, ?, (select coalesce(max(load_id), 0) from ops.loads), 'running', now(), null
                """,
                [plan.build_id, plan.as_of_date, plan.mode, plan.config_hash],
            )

    def finish(self, build_id: int, status: str) -> None:
        """Set how a build ended."""
        self._read = None
        with connect(self.warehouse) as connection:
            connection.execute(
                "update ops.builds set status = ?, finished_at = now() where build_id = ?",
                [status, build_id],
            )
