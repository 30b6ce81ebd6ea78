"""Fault scripts as they are written: which request of which vendor is answered wrongly, and how.

A script is a YAML (or JSON) list of rules::

    - {n: 3, vendor: salesforce, object: Account, fault: server_error, times: 2}
    - {every: 5, vendor: zendesk, fault: rate_limit, retry_after: 1}

``n`` answers the n-th data request wrongly and, with ``times``, those right after it; ``every``
answers each k-th wrongly, at most ``times`` times if given. Requests are counted per vendor, or per
vendor and object if the rule names one, from the moment the script is set; a retry is a request.
"""

from pathlib import Path
from typing import Any

import yaml

from runtime.errors import WarehouseError
from sandbox.faults import KINDS, Fault, FaultScript
from sandbox.vendors import vendor_classes

_KEYS = {"n", "every", "vendor", "object", "fault", "times", "retry_after"}


class FaultScriptError(WarehouseError):
    """A fault script cannot be used."""


def load_faults(path: Path) -> FaultScript:
    """Read a fault script; raises FaultScriptError naming the file and the key."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as problem:
        raise FaultScriptError(f"{path}: {problem.strerror}", "name a readable file") from problem
    return parse_faults(text, str(path))


def parse_faults(text: str, name: str) -> FaultScript:
    """Read a fault script from its text; ``name`` says in errors where it is from.

    Raises:
        FaultScriptError: it is no YAML list of rules, or a rule has a wrong key or value.
    """
    try:
        rules = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        detail = " ".join(str(problem).split())
        raise FaultScriptError(f"{name}: is no YAML ({detail})", "correct it") from problem
    if not isinstance(rules, list):
        raise FaultScriptError(f"{name}: is no list of rules", "start every rule with a dash")
    return FaultScript([_read_rule(rule, f"{name}: rule {i}") for i, rule in enumerate(rules, 1)])


def _read_rule(rule: Any, where: str) -> Fault:
    if not isinstance(rule, dict):
        raise FaultScriptError(f"{where}: is no mapping", "write it as {n: 1, vendor: ...}")
    for key in rule:
        if key not in _KEYS:
            raise FaultScriptError(
                f"{where}: {key}: unknown key", f"use {', '.join(sorted(_KEYS))}"
            )
    _require_one_of(rule, "vendor", tuple(vendor_classes()), where)
    own_kinds = vendor_classes()[rule["vendor"]].own_faults
    _require_one_of(rule, "fault", KINDS + own_kinds, where)
    if ("n" in rule) == ("every" in rule):
        raise FaultScriptError(f"{where}: n: give either n or every", "keep one of them")
    for key, least in (("n", 1), ("every", 1), ("times", 1), ("retry_after", 0)):
        value = rule.get(key, least)
        if type(value) is not int or value < least:
            problem = f"{where}: {key}: {value!r} is no whole number from {least} up"
            raise FaultScriptError(problem, "correct it")
    return Fault(**rule)


def _require_one_of(rule: dict[str, Any], key: str, allowed: tuple[str, ...], where: str) -> None:
    if rule.get(key) not in allowed:
        raise FaultScriptError(f"{where}: {key}: {rule.get(key)!r}", f"use {', '.join(allowed)}")
