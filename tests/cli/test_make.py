"""What is written after a target of make reaches the command as it was written."""

import re
import shlex
import subprocess

import pytest

from tests.conftest import ROOT
from tests.test_house_rules import files


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


NAMED = re.compile(  # a command between backticks, at a line's begin, after a state folder or in a list of commands
    r"(?:`|^ *|· |CSW_HOME=\S+ )make (?P<target>[a-z]+(?:-[a-z]+)*)(?P<given>(?: [A-Z]+=(?:'[^']*'|[^\s`'\"]*))*)",
    re.MULTILINE,
)
PLAIN = re.compile(r"^(?!CHANGELOG|tests/).*\.(md|py|yml|sql|toml|example)$|^\.ci/")


def named_commands():
    """File, target and variables of every command that a message or a document names."""
    for name in files():
        if PLAIN.search(name):
            text = (ROOT / name).read_text(encoding="utf-8")
            for found in NAMED.finditer(text):
                given = re.findall(r"([A-Z]+)=", re.sub(r"'[^']*'", "", found["given"]))
                yield name, found["target"], set(given)


def test_each_command_that_is_named_exists():
    """With the variables that are named with it."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    known = {
        target: set(re.findall(r"\b([A-Z]+)=", line))
        for target, line in re.findall(r"^([a-z-]+):.*?##(.*)$", makefile, re.MULTILINE)
    }
    named = list(named_commands())
    assert len(named) > 100
    assert [found for found in named if found[1] not in known] == []
    assert [found for found in named if found[2] - known[found[1]]] == []
