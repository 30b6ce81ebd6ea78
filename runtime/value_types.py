"""What a value may be, declared: as pydantic checks it, and in words of both languages."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    WithJsonSchema,
    create_model,
    model_validator,
)


class Strict(BaseModel):
    """A model that takes nothing for something else."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Text(Strict):
    """One text in both languages."""

    en: str = Field(min_length=1)
    ja: str = Field(min_length=1)

    @property
    def both(self) -> str:
        """English / Japanese, once if they are the same."""
        return self.en if self.en == self.ja else f"{self.en} / {self.ja}"

    def __getitem__(self, language: str) -> str:
        """The text in ``ja`` or ``en``."""
        return self.ja if language == "ja" else self.en


class ValueType(Strict):
    """What a value may be.

    Attributes:
        type: ``digits`` is a whole number written as one or as text; ``object`` has ``fields``.
        nullable: null is a value too.
        min, max, above, below: bounds of a number, the first two included.
        choices: of a ``choice``.
        pattern: regular expression of a text.
        items: what each item of a list may be.
        length: number of items of a list.
        at_least: items of a list, or characters of a text.
        ascending: every item of a list is above the one before.
        unique: every item of a list stands once.
        fields: of an object, all required.
    """

    type: Literal["boolean", "integer", "number", "choice", "text", "digits", "list", "object"]
    nullable: bool = False
    min: int | float | None = None
    max: int | float | None = None
    above: int | float | None = None
    below: int | float | None = None
    choices: Annotated[list[str], Field(min_length=2)] | None = None
    pattern: str | None = None
    items: "ValueType | None" = None
    length: int | None = None
    at_least: int | None = None
    ascending: bool = False
    unique: bool = False
    fields: dict[str, "ValueType"] | None = None

    @model_validator(mode="after")
    def _has_its_parts(self) -> "ValueType":
        for kind, part in (("choice", "choices"), ("list", "items"), ("object", "fields")):
            if (self.type == kind) != (getattr(self, part) is not None):
                raise ValueError(f"{part} belong to type {kind}, and to no other")
        return self

    @property
    def in_schema(self) -> dict[str, Any]:
        """What a JSON Schema says of it beside the type."""
        return {}

    @property
    def annotation(self) -> Any:
        """The type as pydantic checks it."""
        kind = Annotated[self._bare(), Field(**self._bounds())]
        for rule in filter(None, (self.ascending and _ascending, self.unique and _once_each)):
            kind = Annotated[kind, AfterValidator(rule)]
        return kind | None if self.nullable else kind

    def _bare(self) -> Any:
        match self.type:
            case "choice":
                return Literal[tuple(self.choices)]
            case "digits":
                written = {"type": ["integer", "string"], "minimum": 0, "pattern": "^[0-9]+$"}
                return Annotated[Any, AfterValidator(_digits), WithJsonSchema(written)]
            case "list":
                return list[self.items.annotation]
            case "object":
                return model("Fields", self.fields)
        return {"boolean": bool, "integer": int, "number": float, "text": str}[self.type]

    def _bounds(self) -> dict[str, Any]:
        bounds = {
            "ge": self.min,
            "le": self.max,
            "gt": self.above,
            "lt": self.below,
            "pattern": self.pattern,
            "min_length": self.length or self.at_least,
            "max_length": self.length,
            "allow_inf_nan": False if self.type == "number" else None,
        }
        return {name: value for name, value in bounds.items() if value is not None}

    @property
    def range(self) -> Text:
        """What a value may be, in words."""
        en, ja = _KINDS.get(self.type, ("", ""))
        match self.type:
            case "choice":
                en = ja = " | ".join(self.choices)
            case "object":
                ranges = {name: field.range for name, field in self.fields.items()}
                en = "; ".join(f"{name}: {range.en}" for name, range in ranges.items())
                ja = "、".join(f"{name}: {range.ja}" for name, range in ranges.items())
            case "list":
                size = self._words(_SIZES)
                en = f"list{size[0]}, each a {self.items.range.en}"
                ja = f"{self.items.range.ja}のリスト{size[1]}"
            case "text":
                size = self._words(_LENGTHS)
                en, ja = f"{en}{size[0]}", f"{size[1]}{ja}"
            case "integer" | "number":
                bounds = self._words(_BOUNDS)
                en, ja = f"{en}{bounds[0]}", f"{bounds[1]}{'の' if bounds[1] else ''}{ja}"
        rules = self._words(_RULES)
        return Text(en=en + rules[0], ja=ja + rules[1])

    def _words(self, table: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
        """What is set of the table's attributes, in English and in Japanese."""
        values = {name: getattr(self, name) for name in table}
        told = [name for name, value in values.items() if value is not None and value is not False]
        en, ja = ([table[name][i].format(shown(values[name])) for name in told] for i in (0, 1))
        return "".join(en), "".join(ja)


_KINDS = {
    "boolean": ("true | false", "true | false"),
    "integer": ("whole number", "整数"),
    "number": ("number", "数値"),
    "text": ("text", "文字列"),
    "digits": ("whole number, also in quotes", "整数（引用符付きも可）"),
}
_BOUNDS = {
    "min": (" from {}", "{}以上"),
    "above": (" above {}", "{}超"),
    "max": (" up to {}", "{}以下"),
    "below": (" below {}", "{}未満"),
}
_SIZES = {"length": (" of {}", "、{}個"), "at_least": (" of at least {}", "、{}個以上")}
_LENGTHS = {"at_least": (" of at least {} characters", "{}文字以上の")}
_RULES = {
    "ascending": (", ascending", "、昇順"),
    "unique": (", no two alike", "、重複なし"),
    "nullable": (", or null", "、または null"),
}


def model(name: str, types: Mapping[str, ValueType]) -> type[BaseModel]:
    """A pydantic model with a required field of each type."""
    fields = {field: (kind.annotation, Field(**kind.in_schema)) for field, kind in types.items()}
    return create_model(name, __base__=Strict, **fields)


def shown(value: Any) -> str:
    """A value as one writes it in YAML, numbers in full."""
    match value:
        case float():
            text = format(Decimal(repr(value)), "f")
            return text if "." in text else f"{text}.0"
        case list():
            return f"[{', '.join(map(shown, value))}]"
        case dict():
            return f"{{{', '.join(f'{key}: {shown(item)}' for key, item in value.items())}}}"
    return json.dumps(value, ensure_ascii=False)


def _digits(value: Any) -> int | str:
    if isinstance(value, bool) or not re.fullmatch("[0-9]+", str(value)):
        raise ValueError("should be a whole number, also in quotes")
    return value


def _ascending(values: list[float]) -> list[float]:
    if sorted(set(values)) != values:
        raise ValueError("every value must be above the one before")
    return values


def _once_each(values: list[Any]) -> list[Any]:
    if len(set(values)) != len(values):
        raise ValueError("every value may stand once")
    return values
