"""`qualify` for Spark, which has it from 4.2 on (docs/adr/0064-spark.md)."""

import re

_WORD = re.compile(
    r"'(?:[^'\\]|\\.|'')*'|`[^`]*`|--[^\n]*|/\*.*?\*/|[()]|\w+", re.DOTALL | re.IGNORECASE
)
# what may follow the condition in the same query
_AFTER = {"order", "limit", "union", "intersect", "except"}
KEPT = "is_kept_by_qualify"


def without_qualify(sql: str) -> str:
    """The same query with each `qualify` as a condition on a subquery.

    Args:
        sql: statements of Spark SQL that may use `qualify`.

    Returns:
        Spark SQL without it; the text as it was where there is none.
    """
    while True:
        words = [
            (found.start(), found.end(), found[0].lower())
            for found in _WORD.finditer(sql)
            if not found[0].startswith(("--", "/*", "'", "`"))
        ]
        at = next((i for i, word in enumerate(words) if word[2] == "qualify"), None)
        if at is None:
            return sql
        sql = _rewritten(sql, words, at)


def _rewritten(sql: str, words: list[tuple[int, int, str]], at: int) -> str:
    """The text with the query of the first `qualify` made anew."""
    select = _back(words, at, "select")
    after_select = select + 1
    distinct = ""
    if words[after_select][2] == "distinct":
        distinct, after_select = " distinct", after_select + 1
    source = _forward(words, after_select, {"from"})
    end = _forward(words, at + 1, _AFTER)
    end_of_query = words[end][0] if end < len(words) else len(sql)
    head = words[after_select - 1][1]
    items, rest = sql[head : words[source][0]].rstrip(), sql[words[source][0] : words[at][0]]
    condition = sql[words[at][1] : end_of_query].strip()
    made = (
        f"select{distinct} * except ({KEPT}) from (select{items}\n, ({condition}\n) as {KEPT}\n{rest.rstrip()}\n) "
        f"where {KEPT}\n"
    )
    return sql[: words[select][0]] + made + sql[end_of_query:]


def _back(words: list[tuple[int, int, str]], at: int, name: str) -> int:
    """The nearest word of that name before ``at`` in the same parentheses."""
    depth = 0
    for i in range(at - 1, -1, -1):
        word = words[i][2]
        depth += (word == ")") - (word == "(")
        if depth == 0 and word == name:
            return i
    raise ValueError(f"no {name} before qualify")


def _forward(words: list[tuple[int, int, str]], at: int, names: set[str]) -> int:
    """The next word of these names in the same parentheses, or the one that closes them, or the end."""
    depth = 0
    for i in range(at, len(words)):
        word = words[i][2]
        if depth == 0 and (word in names or word == ")"):
            return i
        depth += (word == "(") - (word == ")")
    return len(words)
