"""HubSpot's event feeds: e-mail events, subscription changes, form submissions; newest first."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ingestion.http import HttpError
from ingestion.sources.base import Positions
from ingestion.sources.hubspot.api import HubSpotApi, following
from runtime.records import Window

EVENT_PAGE = 1000
SUBMISSION_PAGE = 50
FORM_PAGE = 100
# Path, name of the list in the answer, and the field with the event's time in milliseconds.
FEEDS = {
    "email_events": ("/email/public/v1/events", "events", "created"),
    "subscription_changes": (
        "/email/public/v1/subscriptions/timeline",
        "timeline",
        "timestamp",
    ),
}
FORMS = "/marketing/v3/forms"
SUBMISSIONS = "/form-integrations/v1/submissions/forms"

Records = list[dict[str, Any]]


def read_feed(api: HubSpotApi, object_name: str, window: Window) -> Iterator[Records]:
    """Events of a window; an expired offset is resumed from the oldest one seen."""
    path, listed, time = FEEDS[object_name]
    first, end = _bounds(window)
    upper = oldest = end
    offset, positions = None, Positions("hubspot", object_name)
    while True:
        query = {"startTimestamp": first, "endTimestamp": upper, "limit": EVENT_PAGE}
        try:
            body = api.get(path, object_name, offset=offset, **query)
        except HttpError as error:
            if offset is None or error.status != 400 or upper == oldest + 1:
                raise
            upper, offset = oldest + 1, None
            continue
        events = [event for event in body[listed] if first <= event[time] < end]
        oldest = min([oldest, *(event[time] for event in events)])
        yield events
        if not body["hasMore"]:
            return
        _, offset = positions.go_to((upper, body["offset"]))


def read_submissions(api: HubSpotApi, object_name: str, window: Window) -> Iterator[Records]:
    """Submissions of every form, archived ones too, each with its ``formId``."""
    first, end = _bounds(window)
    for form in _forms(api, object_name):
        after, positions = None, Positions("hubspot", object_name)
        while True:
            query = {"limit": SUBMISSION_PAGE, "after": after}
            body = api.get(f"{SUBMISSIONS}/{form['id']}", object_name, **query)
            times = [submission["submittedAt"] for submission in body["results"]]
            yield [
                {"formId": form["id"], **submission}
                for submission in body["results"]
                if first <= submission["submittedAt"] < end
            ]
            if following(body) is None or min(times, default=first) < first:
                break
            after = positions.go_to(following(body))


def _forms(api: HubSpotApi, object_name: str) -> Iterator[dict[str, Any]]:
    for archived in ("false", "true"):
        after, positions = None, Positions("hubspot", object_name)
        while True:
            query = {"limit": FORM_PAGE, "archived": archived, "after": after}
            body = api.get(FORMS, object_name, **query)
            yield from body["results"]
            if following(body) is None:
                break
            after = positions.go_to(following(body))


def milliseconds(moment: datetime) -> int:
    """HubSpot's time of a moment."""
    return round(moment.timestamp() * 1000)


def _bounds(window: Window) -> tuple[int, int]:
    return milliseconds(window.start) if window.start else 0, milliseconds(window.end)
