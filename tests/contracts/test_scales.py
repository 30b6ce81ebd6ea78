"""Scores: both ends of a scale land, what lies outside is held back and told."""

import pytest

from tests.contracts.landed import check, land, run_of

ANSWERED = {"responded_at": "2026-07-01T10:00:00+09:00"}


@pytest.mark.parametrize(
    ("entity", "column", "row", "ends", "outside", "rule"),
    [
        (
            "success__nps_response",
            "score",
            {"response_id": "1"} | ANSWERED,
            (0, 10),
            (-1, 11),
            "score_range",
        ),
        (
            "support__csat_response",
            "score",
            {"response_id": "1", "scale_max": "5"} | ANSWERED,
            (1, 5),
            (0, 6),
            "score_on_scale",
        ),
        (
            "success__activation_review",
            "csm_level",
            {"review_id": "1", "account_id": "A1", "review_date": "2026-07-01"},
            (0, 5),
            (-1, 6),
            "level_range",
        ),
    ],
)
def test_a_score_outside_its_scale_is_held_back(tmp_path, entity, column, row, ends, outside, rule):
    key = next(iter(row))
    scores = [*ends, *outside]
    lines = [row | {key: str(n), column: str(score)} for n, score in enumerate(scores)]
    (verdict,) = check(tmp_path, run_of("files", entity, [land(tmp_path, lines, "a.csv")]))
    assert [(held.row, held.rule) for held in verdict.quarantined] == [(2, rule), (3, rule)]
    assert {(found.key, found.rule) for found in verdict.findings} == {("2", rule), ("3", rule)}
