"""What a company may define otherwise: ``definitions/<subject>.yml``, one entry a dbt var, in English and Japanese.

From these files come the vars of dbt_project.yml, the check of tenant.yml, its JSON Schema, docs/decisions and the
site's page of definitions.
"""

import json
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, StringConstraints, ValidationError

from runtime.errors import TenantError
from runtime.settings import PROJECT_ROOT, Settings
from runtime.value_types import Strict, Text, ValueType, shown

FOLDER = PROJECT_ROOT / "definitions"
Number = Annotated[str, StringConstraints(pattern=r"^D\d+$")]


class Definition(ValueType):
    """A var: what it may be and what it is unless a company says otherwise, and why.

    Attributes:
        name: of the dbt var.
        subject: its file in ``definitions/``, its page in ``docs/decisions/``.
        domain: page and heading in ``docs/domain/`` of what it is about.
        unit: what a value is counted in.
        question: what it decides.
        answer: what the default says, and what other values do.
        differs: where other tools show another number, if they do.
        disputed: its number among the disputed points of docs/decisions/README.md, if it is one.
    """

    name: str
    subject: str
    domain: str
    default: Any
    unit: Text | None = None
    question: Text
    answer: Text
    why: Text
    rejected: Text
    example: Text
    differs: Text | None = None
    disputed: Number | None = None

    @property
    def range(self) -> Text:
        """What a value may be and what it is counted in, in words."""
        range_, unit = super().range, self.unit
        return (
            Text(en=f"{range_.en} ({unit.en})", ja=f"{range_.ja}（{unit.ja}）") if unit else range_
        )

    @property
    def in_schema(self) -> dict[str, Any]:
        """What a JSON Schema says of it beside the type: question, answer and default."""
        told = Text(
            en=f"{self.question.en} {self.answer.en}", ja=f"{self.question.ja}{self.answer.ja}"
        )
        return {"description": told.both, "json_schema_extra": {"default": self.default}}

    @property
    def entry(self) -> str:
        """Where docs/decisions tells of it, from the project's root."""
        return f"docs/decisions/{self.subject}.md#{self.name}"

    def shown(self, value: Any) -> str:
        """A value of it as one writes it in tenant.yml: the default, or what a company has set."""
        return value if self.type == "choice" else shown(value)


class Point(Strict):
    """A disputed point without a var.

    Attributes:
        number: ``D2``.
        state: ``fixed``: the choice is built in or every column is delivered; ``planned``: nothing is built yet.
        entry: page and heading that tell of it, from the project's root.
    """

    number: Number
    state: Literal["fixed", "planned"]
    entry: str
    question: Text
    choices: Text
    chosen: Text


class Subject(Strict):
    """One file: what is decided about a subject.

    Attributes:
        name: of the file.
    """

    name: str
    title: Text
    definitions: dict[str, Definition] = Field(default_factory=dict)
    points: dict[str, Point] = Field(default_factory=dict)


@cache
def load_subjects(folder: Path = FOLDER) -> tuple[Subject, ...]:
    """Every subject with its definitions, in the order of the files' names.

    Raises:
        TenantError: a file is no YAML, or says what no definition can be.
    """
    return tuple(map(_subject, sorted(folder.glob("*.yml"))))


@cache
def load_definitions(folder: Path = FOLDER) -> tuple[Definition, ...]:
    """Every var a company may set, subject by subject.

    Raises:
        TenantError: a file is no YAML, or says what no definition can be.
    """
    return tuple(
        entry for subject in load_subjects(folder) for entry in subject.definitions.values()
    )


def defaults() -> dict[str, Any]:
    """Var → its value unless a company says otherwise."""
    return {definition.name: definition.default for definition in load_definitions()}


def values(settings: Settings, overrides: dict[str, Any]) -> dict[str, Any]:
    """Var → its value in this run: VARS, else ``overrides`` (tenant.yml), else its default.

    Raises:
        TenantError: VARS is no JSON object.
    """
    return defaults() | overrides | given_variables(settings)


def given_variables(settings: Settings) -> dict[str, Any]:
    """What VARS sets for this run.

    Raises:
        TenantError: it is no JSON object.
    """
    try:
        given = json.loads(settings.dbt_vars or "{}")
    except json.JSONDecodeError as error:
        raise TenantError(
            f"VARS is not JSON: {error}", """write VARS='{"rfm_bins": 5}'"""
        ) from error
    if not isinstance(given, dict):
        raise TenantError("VARS is no JSON object", """write VARS='{"rfm_bins": 5}'""")
    return given


def _subject(path: Path) -> Subject:
    try:
        written = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        written["name"] = path.stem
        for name, entry in written.get("definitions", {}).items():
            entry |= {"name": name, "subject": path.stem}
        for number, point in written.get("points", {}).items():
            point["number"] = number
        return Subject.model_validate(written)
    except (yaml.YAMLError, TypeError, AttributeError) as error:
        problem = str(error)
    except ValidationError as error:
        problem = "; ".join(
            f"{'.'.join(map(str, found['loc']))}: {found['msg']}" for found in error.errors()
        )
    raise TenantError(
        f"{path}: {problem}", "mend it; docs/decisions/README.md#one-entry-a-var tells the keys"
    )
