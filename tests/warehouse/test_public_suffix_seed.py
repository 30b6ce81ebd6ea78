"""The seed of public suffixes is what its locked package says."""

from publicsuffixlist import PublicSuffixList

from scripts.public_suffixes import SEED, public_suffixes


def test_the_seed_is_current() -> None:
    """Else: `make public-suffixes`."""
    assert SEED.read_text(encoding="utf-8") == public_suffixes()


def test_the_rules_read_as_the_package_reads_them() -> None:
    """A name is a public suffix if a rule is it, or a wildcard's parent is its own, and no exception is it."""
    rules: dict[str, set[str]] = {"exact": set(), "wildcard": set(), "exception": set()}
    for line in public_suffixes().splitlines()[1:]:
        suffix, kind = line.split(",")
        rules[kind].add(suffix)
    known = PublicSuffixList()
    names = {name for suffix in set.union(*rules.values()) for name in (suffix, f"label.{suffix}")}
    for name in names:
        is_suffix = (
            "." not in name
            or name in rules["exact"] | rules["wildcard"]
            or (name.partition(".")[2] in rules["wildcard"] and name not in rules["exception"])
        )
        assert is_suffix == (known.privatesuffix(name) is None), name
