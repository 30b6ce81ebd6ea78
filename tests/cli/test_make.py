"""What is written after a target of make reaches the command as it was written."""

import shlex
import subprocess

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize("value", ["it's a folder", '{"staff_users": ["O\'Brien $HOME `id`"]}', ""])
@pytest.mark.parametrize(
    "target, name, option",
    [("run", "TENANT", "--tenant"), ("run", "VARS", "--vars"), ("template", "OUT", "--out")],
)
def test_a_value_is_one_word(target, name, option, value):
    printed = subprocess.run(
        ["make", "--dry-run", target, f"{name}={value}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    words = shlex.split(printed.splitlines()[-1])
    assert words[words.index(option) + 1] == value
