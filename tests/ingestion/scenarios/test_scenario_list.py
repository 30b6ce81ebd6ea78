"""README.md of this folder names a test that exists for every scenario."""

import re
from pathlib import Path

HERE = Path(__file__).parent
TESTS = HERE.parents[1]
ROWS = re.findall(r"^\| (\d+) \|.*\| (.*) \|$", (HERE / "README.md").read_text("utf-8"), re.M)


def test_every_scenario_has_its_tests():
    assert [int(number) for number, _ in ROWS] == list(range(1, 39))
    for number, tests in ROWS:
        path = ""
        named = re.findall(r"`([\w/]*(?:\.py)?)::(\w+)`", tests)
        assert named, number
        for file, name in named:
            path = file or path
            folder = TESTS if "/" in path else HERE
            assert f"def {name}(" in (folder / path).read_text("utf-8"), (number, path, name)
