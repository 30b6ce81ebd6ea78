"""Points in time as whole microseconds since 1970 UTC, so that vendors' units compare exactly."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000
MILLISECOND = 1_000
MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Microseconds since the epoch of an aware datetime."""
    return (moment - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """The aware UTC datetime of microseconds since the epoch."""
    return EPOCH + timedelta(microseconds=micros)


def parse_moment(text: str) -> datetime:
    """Read an ISO 8601 timestamp; raises ValueError if it is none or has no UTC offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no UTC offset (append Z)")
    try:
        return moment.astimezone(UTC)
    except OverflowError as problem:
        raise ValueError(f"{text!r} is out of range") from problem


def iso_millis(micros: int) -> str:
    """``2026-11-01T00:00:00.000Z``, the form HubSpot and Zendesk's JSON use."""
    return from_micros(micros).isoformat(timespec="milliseconds").replace("+00:00", "Z")
