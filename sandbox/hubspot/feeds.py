"""HubSpot's event feeds, newest first: e-mail events, the subscription timeline, form submissions."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.hubspot.errors import digest, error, invalid, whole
from sandbox.store import Snapshot, Version, Versions
from sandbox.tenant_lines import VersionRule
from sandbox.timestamps import MILLISECOND
from sandbox.vendor import JSON, Endpoint, Refusal, Vendor, opaque, read_opaque, twist_of

EVENTS = "/email/public/v1/events"
TIMELINE = "/email/public/v1/subscriptions/timeline"
FORMS = "/marketing/v3/forms"
SUBMISSIONS = "/form-integrations/v1/submissions/forms"
RULES = {
    "email_events": VersionRule(key=("id", "created"), cursor="created", tick=MILLISECOND),
    "subscription_changes": VersionRule(
        key=("recipient", "timestamp"), cursor="timestamp", tick=MILLISECOND
    ),
    "form_submissions": VersionRule(key=("conversionId",), cursor="submittedAt", tick=MILLISECOND),
}
EVENT_LIMITS = (10, 1_000)
SUBMISSION_LIMIT = 50
EVENT_FILTERS = {"eventType": "type", "recipient": "recipient", "campaignId": "emailCampaignId"}


class HubSpotFeeds:
    """The feeds of one portal."""

    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor
        self._grouped: Snapshot | None = None
        self._by_form: dict[str, Versions] = {}

    def endpoints(self) -> list[tuple[str, Endpoint]]:
        """Paths and what answers them."""
        return [
            (EVENTS, self.email_events),
            (TIMELINE, self.timeline),
            (FORMS, self.forms),
            (f"{SUBMISSIONS}/{{form}}", self.submissions),
        ]

    def name_of(self, path: str) -> str | None:
        """The feed that a path belongs to."""
        feeds = {EVENTS: "email_events", TIMELINE: "subscription_changes"}
        if path.startswith((FORMS, SUBMISSIONS)):
            return "form_submissions"
        return feeds.get(path)

    async def email_events(self, request: Request) -> Response:
        """E-mail events; both timestamps are inclusive milliseconds."""
        return self._page(request, "email_events", "events")

    async def timeline(self, request: Request) -> Response:
        """Changes of subscriptions, paged like the e-mail events."""
        return self._page(request, "subscription_changes", "timeline")

    async def forms(self, request: Request) -> Response:
        """The forms that submissions are of; none is archived."""
        if request.query_params.get("archived") == "true":
            return JSON({"results": []})
        found = sorted(self._submissions_by_form())
        named = [{"id": key, "name": key, "formType": "hubspot"} for key in found]
        return JSON({"results": [{**form, "archived": False} for form in named]})

    async def submissions(self, request: Request) -> Response:
        """A form's submissions."""
        params, form = request.query_params, request.path_params["form"]
        listed = self._submissions_by_form().get(form, ())
        limit = whole(params.get("limit", "20"), "limit", SUBMISSION_LIMIT)
        first = int(params.get("after") or 0)
        newest = max(len(listed) - first, 0)
        page = [version.record for version in reversed(listed[max(newest - limit, 0) : newest])]
        body: dict[str, Any] = {
            "results": [{k: v for k, v in r.items() if k != "formId"} for r in page]
        }
        if first + limit < len(listed):
            body["paging"] = {"next": {"after": str(first + limit)}}
        return JSON(body)

    def _submissions_by_form(self) -> dict[str, Versions]:
        """Kept, since every further page asks for it again."""
        snapshot = self._snapshot("form_submissions")
        if snapshot is not self._grouped:
            by_form = snapshot.versions.grouped(lambda v: str(v.record["formId"]))
            self._grouped, self._by_form = snapshot, by_form
        return self._by_form

    def _snapshot(self, name: str) -> Snapshot:
        return self._vendor.collection(name, RULES[name]).at(self._vendor.micros)

    def _page(self, request: Request, name: str, listed: str) -> Response:
        params, snapshot = request.query_params, self._snapshot(name)
        if twist_of(request) == "offset_expired" and "offset" in params:
            return error(400, "The offset has expired.", category="VALIDATION_ERROR")
        default, largest = EVENT_LIMITS
        limit = whole(params.get("limit", str(default)), "limit", largest)
        filters = {f: params[asked] for asked, f in EVENT_FILTERS.items() if asked in params}
        mark = digest({k: v for k, v in params.items() if k not in ("offset", "limit")})
        oldest = snapshot.first_at(_millis(params, "startTimestamp", 0))
        position = self._position(snapshot, params, mark)
        events: list[dict[str, Any]] = []
        last = None
        for last in reversed(snapshot.versions[oldest : max(position, 0)]):
            position -= 1
            event = last.record
            if all(str(event.get(field)) == value for field, value in filters.items()):
                events.append(event)
            if len(events) == limit:
                break
        offset = _offset(mark, last) if last else params.get("offset", "")
        return JSON({listed: events, "hasMore": position > oldest, "offset": offset})

    def _position(self, snapshot: Snapshot, params: Any, mark: str) -> int:
        if "offset" not in params:
            latest = _millis(params, "endTimestamp", self._vendor.micros // MILLISECOND)
            return snapshot.first_past(latest)
        try:
            given, cursor, key = read_opaque(params["offset"]).split(" ", 2)
            if given != mark:
                raise ValueError("offset of another query")
            return snapshot.first_past(int(cursor), key) - 1
        except ValueError as problem:
            raise Refusal(invalid("offset is not of this query")) from problem


def _offset(mark: str, last: Version) -> str:
    return opaque(f"{mark} {last.cursor} {last.key}")


def _millis(params: Any, name: str, default: int) -> int:
    text = params.get(name, str(default))
    if not text.lstrip("-").isdigit():
        raise Refusal(invalid(f"{name} must be in milliseconds"))
    return int(text) * MILLISECOND
