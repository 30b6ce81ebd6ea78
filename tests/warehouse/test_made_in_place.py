"""The materializations `table` and `view` on DuckDB: what is there is replaced whole, or stays."""

from tests.warehouse.small_project import Project


def test_what_is_there_is_replaced_whole_or_stays(tmp_path):
    project = Project(tmp_path, "macros/strategy/materializations.sql")
    assert project.run("table", "select 1 as a")
    assert project.thing() == ("BASE TABLE", [(1,)])
    assert project.run("table", "select 2 as a, 'x' as b")
    assert project.thing() == ("BASE TABLE", [(2, "x")])
    # nothing to read from; and one that fails while its rows are read
    assert not project.run("view", "select * from not_there")
    assert not project.run("table", "select cast(x as integer) as a from (values ('x')) as v (x)")
    assert project.thing() == ("BASE TABLE", [(2, "x")])
    assert project.run("view", "select 3 as a")
    assert project.thing() == ("VIEW", [(3,)])
    assert project.run("table", "select 4 as a")
    assert project.thing() == ("BASE TABLE", [(4,)])
