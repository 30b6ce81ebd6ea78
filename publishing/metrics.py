"""The metrics of the warehouse: one file each in ``metrics/``, what it means and where it stands."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from runtime.errors import ContractError
from runtime.settings import PROJECT_ROOT
from runtime.value_types import Text

FOLDER = PROJECT_ROOT / "metrics"

Column = Annotated[str, Field(pattern=r"^(core|marts)\.[a-z0-9_]+\.[a-z0-9_]+$")]
Address = Annotated[str, Field(pattern=r"^docs/[\w/.-]+\.md(#[\w-]+)?$")]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Synonyms(_Entry):
    """What else people call it."""

    en: list[str]
    ja: list[str]

    def __getitem__(self, language: str) -> list[str]:
        return self.ja if language == "ja" else self.en


class Rows(_Entry):
    """How a metric adds up from the rows of a table, for all of them as for any part of them.

    Attributes:
        table: ``schema.table`` of the published file.
        time: its column with the day or month a row counts in.
        aggregation: of ``value`` over rows.
        value: SQL of a row; a rate has ``numerator`` and ``denominator`` instead, both summed.
    """

    table: Annotated[str, Field(pattern=r"^(core|marts)\.[a-z0-9_]+$")]
    time: str
    aggregation: Literal["sum", "median"] = "sum"
    value: str | None = None
    numerator: str | None = None
    denominator: str | None = None


class Metric(_Entry):
    """One metric.

    Attributes:
        name: of its file, and of its rows in ``marts.mart_headline``.
        order: place among the metrics shown.
        label, short: its name, and one that fits a card or an axis.
        question: what it answers.
        column: ``schema.table.column`` of the published file whose contract describes it.
        numerator, denominator: columns of a rate whose fact has them.
        formula: in words.
        direction: whether a rise is good news.
        period: what its headline covers: the newest month that has ended, that month's end against a year
            before, or the business date.
        example: a worked example with its numbers.
        sql: over the published file, one row ``period, value, num, den``: the headline.
        rows: how it adds up from rows; None where only its figures in mart_headline are right.
        unit_tests: dbt unit tests that prove the formula.
        identities: singular dbt tests that its numbers must pass.
        decisions, meaning: addresses in the documents.
        differs: where another tool shows another number.
        page: where it is told at length.
    """

    name: str
    order: int
    label: Text
    short: Text
    synonyms: Synonyms
    question: Text
    column: Column
    numerator: Column | None = None
    denominator: Column | None = None
    formula: Text
    unit: Literal["money", "rate", "count", "business_minutes", "score"]
    direction: Literal["up_is_good", "down_is_good", "neutral"]
    period: Literal["newest_complete_month", "point_to_point", "as_of"]
    owner: str
    example: Text
    sql: str
    rows: Rows | None = None
    unit_tests: list[str] = Field(min_length=1)
    identities: list[str] = Field(min_length=1)
    decisions: list[Address]
    meaning: Address
    differs: Text | None = None
    page: Address


@cache
def load_metrics(folder: Path = FOLDER) -> dict[str, Metric]:
    """Every metric by its name, in the order in which they are shown.

    Raises:
        ContractError: a file is malformed; names the file and the key.
    """
    metrics = sorted((_read(path) for path in folder.glob("*.yml")), key=lambda each: each.order)
    return {metric.name: metric for metric in metrics}


def _read(path: Path) -> Metric:
    try:
        written = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        return Metric.model_validate({"name": path.stem, **written})
    except (yaml.YAMLError, TypeError) as error:
        raise ContractError(f"metrics/{path.name}: {error}", "correct the metric's file") from error
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"]))
        raise ContractError(
            f"metrics/{path.name}: {where}: {problem['msg']}", "correct the metric's file"
        ) from error
