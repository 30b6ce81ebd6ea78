"""Changes of cases, calls and activities that a touched model could overlook, one a day in this order."""

from typing import Any

from tests.warehouse.incremental_records import version

SUPPORT_CHANGES: dict[str, tuple[Any, ...]] = {
    "a case was closed": version(
        "salesforce__case",
        Id="b1",
        AccountId="a1",
        Status="Erledigt",
        IsClosed="true",
        ClosedDate="2026-03-01T06:00:00+00:00",
        CreatedDate="2026-02-20T06:00:00+00:00",
    ),
    "its history comes late": version(
        "salesforce__case_history",
        offset=-3,
        Id="h1",
        CaseId="b1",
        Field="Status",
        OldValue="New",
        NewValue="Erledigt",
    ),
    "an answer names a case by its number": (
        "support__csat_response",
        (0, "case"),
        [
            {
                "response_id": "r9",
                "ticket_external_id": "x8",
                "score": "1",
                "responded_at": "2026-03-01",
            }
        ],
    ),
    "an older ticket has that number too": version(
        "zendesk__tickets",
        id="t8",
        external_id="x8",
        organization_id="g1",
        requester_id="u2",
        status="open",
        created_at="2026-02-19T06:00:00+00:00",
    ),
    "a case is deleted": version("salesforce__case", is_deleted=True, Id="b2"),
    "a call was another account's": (
        "support__call_log",
        (0, "x"),
        [
            {
                "call_id": "q1",
                "account_id": "a3",
                "direction": "着信",
                "ring_at": "2026-02-21T06:00:00+00:00",
                "result": "放棄",
            }
        ],
    ),
    "a task is deleted": version("salesforce__task", is_deleted=True, Id="y1"),
}
