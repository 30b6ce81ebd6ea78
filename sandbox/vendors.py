"""The vendors that the sandbox stands for."""

from pkgutil import resolve_name

from runtime.sources import SOURCES
from sandbox.vendor import Vendor


def vendor_classes() -> dict[str, type[Vendor]]:
    """Class of each vendor's API by the name of its source, for the sources of the registry that have one."""
    return {spec.name: resolve_name(spec.sandbox) for spec in SOURCES.values() if spec.sandbox}
