"""Scripted misbehaviour: the rules in force, and which request each of them spoils."""

from dataclasses import dataclass

REFUSALS = ("rate_limit", "server_error", "unauthorized")
BREAKAGES = ("reset", "html", "truncated")
KINDS = REFUSALS + BREAKAGES


@dataclass
class Fault:
    """One rule of a script, and how many requests it has seen.

    Attributes:
        retry_after: seconds the vendor asks to wait, where it says so at all.
    """

    vendor: str
    fault: str
    n: int | None = None
    every: int | None = None
    object: str | None = None
    times: int | None = None
    retry_after: int | None = None
    seen: int = 0

    def strikes(self, vendor: str, object_name: str | None) -> bool:
        """Count a data request; True if this rule spoils it."""
        if vendor != self.vendor or self.object not in (None, object_name):
            return False
        self.seen += 1
        if self.n is not None:
            return self.n <= self.seen < self.n + (self.times or 1)
        times_before = (self.seen - 1) // self.every
        return self.seen % self.every == 0 and (self.times is None or times_before < self.times)


class FaultScript:
    """The rules in force; of several that strike, the first in the script wins."""

    def __init__(self, faults: list[Fault] | None = None) -> None:
        self._faults = faults or []

    def next_for(self, vendor: str, object_name: str | None) -> Fault | None:
        """The fault of this data request, if any."""
        struck = [fault for fault in self._faults if fault.strikes(vendor, object_name)]
        return struck[0] if struck else None
