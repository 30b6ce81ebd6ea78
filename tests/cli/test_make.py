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
        ["make", "--dry-run", "--no-print-directory", target, f"{name}={value}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (command,) = (line for line in printed.splitlines() if " -m cli." in line)
    words = shlex.split(command)
    assert words[words.index(option) + 1] == value
