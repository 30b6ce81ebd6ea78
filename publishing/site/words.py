"""The two languages of the site: texts, and how numbers and dates are written in each."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from runtime.value_types import Text

LANGUAGES = ("ja", "en")
NOTHING = "–"
WORDS = Path(__file__).with_name("words.yml")


def load_words() -> dict[str, Text]:
    """The words of the site's frame, by their key in words.yml."""
    written = yaml.load(WORDS.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {key: Text.model_validate(text) for key, text in written.items()}


def one_language(text: str | None, language: str) -> str:
    """The half of a text ``English / 日本語`` in one language; a text without halves as it is."""
    english, mark, japanese = (text or "").partition(" / ")
    if not mark or japanese.isascii():
        return text or ""
    return japanese if language == "ja" else english


def shown(value: Any, unit: str, language: str) -> str:
    """A value as it is read.

    Args:
        value: what a query returned; None is shown as a dash.
        unit: ``money``, ``rate``, ``count``, ``signed``, ``score``, ``days``, ``minutes``,
            ``date``, ``month`` or ``text``.
        language: ``ja`` or ``en``.
    """
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return {"ja": ("いいえ", "はい"), "en": ("no", "yes")}[language][value]
    match unit:
        case "rate":
            return f"{float(value):.1%}"
        case "money":
            return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
        case "month":
            return f"{value:%Y-%m}" if isinstance(value, date) else str(value)
        case "days":
            return f"{float(value):,.0f}{'日' if language == 'ja' else ' d'}"
        case "minutes":
            return _minutes(float(value), language)
        case "signed":
            return f"{value:+,}" if value else "0"
        case "score":
            return f"{float(value):,.2f}"
        case "count":
            return f"{float(value):,.0f}" if float(value) == int(value) else f"{float(value):,.1f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(value)


def _minutes(value: float, language: str) -> str:
    hours, minutes = divmod(round(value), 60)
    if not hours:
        return f"{minutes}分" if language == "ja" else f"{minutes} min"
    return f"{hours:,}時間{minutes:02}分" if language == "ja" else f"{hours:,} h {minutes:02} min"


def plain(value: Any) -> Any:
    """A value as JSON holds it: dates as text, decimals as numbers."""
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
