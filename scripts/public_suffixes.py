"""Write the seed of public suffixes from the public suffix list in the package `publicsuffixlist`."""

import csv
import io
from importlib.resources import files
from pathlib import Path

SEED = Path(__file__).parents[1] / "dbt_project" / "seeds" / "public_suffix.csv"


def public_suffixes() -> str:
    """The seed's text: rules of two labels and more, in their own script and as they go over the wire.

    A name of one label is a suffix by the list's own default, so no rule of one is needed. ``*.ck`` is
    the suffix ``ck`` of type wildcard (any label before it is part of the suffix), ``!www.ck`` the
    exception ``www.ck``.
    """
    listed = files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text("utf-8")
    rows = set()
    for line in listed.splitlines():
        if not line or line.startswith("//"):
            continue
        rule = line.split()[0].lower()
        kind = "exact"
        if rule.startswith("*."):
            rule, kind = rule[2:], "wildcard"
        elif rule.startswith("!"):
            rule, kind = rule[1:], "exception"
        if kind == "wildcard" or "." in rule:
            rows |= {(rule, kind), (rule.encode("idna").decode("ascii"), kind)}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["suffix", "rule_type"])
    writer.writerows(sorted(rows))
    return text.getvalue()


if __name__ == "__main__":
    SEED.write_text(public_suffixes(), encoding="utf-8")
