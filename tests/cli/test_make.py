"""What is written after `make run` reaches the command as it was written."""

import shlex
import subprocess

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize("value", ["it's a folder", '{"staff_users": ["O\'Brien $HOME `id`"]}', ""])
@pytest.mark.parametrize("name, option", [("TENANT", "--tenant"), ("VARS", "--vars")])
def test_a_value_is_one_word(name, option, value):
    printed = subprocess.run(
        ["make", "--dry-run", "run", f"{name}={value}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    words = shlex.split(printed.splitlines()[-1])
    assert words[words.index(option) + 1] == value
