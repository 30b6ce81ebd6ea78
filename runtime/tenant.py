"""tenant.yml: which company this is, its time zone, its reporting period and its connected systems."""

import codecs
from datetime import date
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from runtime.errors import TenantError
from runtime.sources import SOURCES

CALENDAR_START = date(2000, 1, 1)  # of dim_date


class KeysOnce(yaml.CSafeLoader):
    """YAML in which a key stands once: of two equal ones the first would be lost."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key!r} is written twice", node.start_mark
                )
        return super().construct_mapping(node, deep)


# What a name means where files come from, as browsers read it: Python's codecs of these names lack what Windows adds.
WINDOWS_ENCODINGS = {"shift_jis": "cp932", "windows-31j": "cp932", "iso8859-1": "cp1252"}


class FileFeed(BaseModel):
    """What is said of one entity's dropped files. / ある投入ファイルについて会社が決めること。"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Literal["full", "changes"] | None = Field(
        default=None,
        description="full: each drop is the whole, what it lacks is gone. changes: rows missing from a file say "
        "nothing. Left out: they say nothing either, but those that look lost are reported. / full＝毎回全件で、"
        "無い行は消える。changes＝差分で、無い行は何も意味しない。省略＝同じだが、失われたように見える行を報告する。",
    )
    max_lost_share: float = Field(
        default=0.5,
        ge=0,
        lt=1,
        description="A full drop that lacks more than this share of what the one before had is refused. / "
        "全件ファイルの減少がこの割合を超えたら取り込まない。",
    )
    encoding: str = Field(
        default="",
        description="Python's name of the encoding of its text files (cp1252, euc_jp …), which is then believed. / "
        "文字コード（Python の名前）。書けばそれを信じる。",
    )
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="The entity's column: its header in the files, where that is none the entity knows. / "
        "項目名: ファイルの見出し（標準の見出しと違う場合）。",
    )
    frequency: Literal["daily", "weekly", "monthly", "quarterly"] | None = Field(
        default=None,
        description="How often a drop is to come; left out: no day without one is late. / 投入の頻度。省略すれば遅延と"
        "みなさない。",
    )

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str) -> str:
        if not value:
            return value
        try:
            name = codecs.lookup(WINDOWS_ENCODINGS.get(value.lower(), value)).name
            # Codecs that escape, pack or turn letters round are encodings to Python too.
            is_known = name.startswith("utf") or 'a,"\n'.encode(name) == b'a,"\n'
        except (LookupError, ValueError):
            is_known = False
        if not is_known:
            raise ValueError(f"{value!r} is no encoding such as cp1252, mac_roman or euc_jp")
        return WINDOWS_ENCODINGS.get(name, name)


class Tenant(BaseModel):
    """One company: its time zone, currency, systems and definitions. / 1社の設定。"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(
        min_length=1,
        description="Identifies the tenant; a state folder belongs to one name. / テナントの名前。状態フォルダーは1つの"
        "名前のもの。",
    )
    timezone: str = Field(
        default="Asia/Tokyo",
        description="IANA zone; business dates are days in it. / タイムゾーン（IANA 名）。営業日はこの地域の日付。",
    )
    reporting_currency: str = Field(
        default="JPY",
        pattern=r"^[A-Z]{3}$",
        description="ISO 4217 code; amounts of the marts are in it. / 報告通貨（ISO 4217）。",
    )
    first_business_date: date = Field(description="Start of reporting. / 集計の開始日。")
    last_business_date: date | None = Field(
        default=None,
        description="Default date of a run and cap of any automatic one; left out for a live company. / 実行の既定の"
        "日付であり、自動実行の上限。稼働中の会社は省略する。",
    )
    systems: list[str] = Field(
        min_length=1,
        description="Connected sources; others are switched off. / 接続するシステム。書かないものは使わない。",
    )
    vars: dict[str, object] = Field(
        default_factory=dict,
        description="Definitions this company overrides. / この会社が変える定義（変数）。",
    )
    codes: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        description="Code list: the company's own code: what it means. / コード一覧: 自社のコード: その意味。",
    )
    files: dict[str, FileFeed] = Field(
        default_factory=dict,
        description="What is said of entities' dropped files, by the name of the folder. / 投入ファイルごとの設定"
        "（フォルダー名ごと）。",
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: "Asia" is a folder
            raise ValueError(f"{value!r} is no IANA time zone such as Asia/Tokyo") from error
        return value

    @field_validator("systems")
    @classmethod
    def _known_systems(cls, value: list[str]) -> list[str]:
        unknown = sorted(set(value) - SOURCES.keys())
        if unknown:
            raise ValueError(f"unknown {', '.join(unknown)}; known are {', '.join(SOURCES)}")
        return value

    @field_validator("first_business_date")
    @classmethod
    def _in_the_calendar(cls, value: date) -> date:
        if value < CALENDAR_START:
            raise ValueError(f"{value} lies before {CALENDAR_START}, the calendar's first day")
        return value

    @field_validator("codes", mode="before")
    @classmethod
    def _codes_are_texts(cls, value: object) -> object:
        for code_list, meanings in value.items() if isinstance(value, dict) else ():
            for code, meaning in meanings.items() if isinstance(meanings, dict) else ():
                if not (isinstance(code, str) and isinstance(meaning, str)):
                    raise ValueError(
                        f"{code_list}: {code!r}: {meaning!r} is no pair of texts; write it in quotes"
                    )
        return value

    @model_validator(mode="after")
    def _dates_in_order(self) -> "Tenant":
        if self.last_business_date and self.last_business_date < self.first_business_date:
            raise ValueError("last_business_date lies before first_business_date")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The tenant's time zone."""
        return ZoneInfo(self.timezone)


def load_tenant(folder: Path) -> Tenant:
    """Read ``folder/tenant.yml``.

    Raises:
        TenantError: no folder, no tenant.yml, not YAML, or a key is unknown, missing or wrong.
    """
    path = folder / "tenant.yml"
    if not folder.is_dir():
        what = "is a file, no folder" if folder.exists() else "does not exist"
        raise TenantError(
            f"the tenant folder {folder} {what}", "give TENANT= a folder with a tenant.yml"
        )
    if not path.is_file():
        raise TenantError(
            f"{folder} is no tenant folder: it has no tenant.yml",
            "give TENANT= a folder with a tenant.yml: docs/tenant.md, or `make demo TENANT=folder`",
        )
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=KeysOnce)
    except yaml.YAMLError as error:
        raise TenantError(f"{path} is no YAML: {error}", "mend the file") from error
    except UnicodeDecodeError as error:
        raise TenantError(
            f"{path} is not UTF-8 (byte {error.start})", "save it as UTF-8"
        ) from error
    except ValueError as error:  # YAML knows dates: 2026-06-31
        raise TenantError(f"{path} holds a date that does not exist: {error}", "mend it") from error
    if not isinstance(document, dict):
        raise TenantError(f"{path} holds no mapping of keys", "write name:, systems: … in it")
    try:
        return Tenant.model_validate(document)
    except ValidationError as error:
        problems = "; ".join(map(_what_is_wrong, error.errors()))
        raise TenantError(
            f"{path}: {problems}", "mend the file; docs/tenant.md tells its keys"
        ) from error


def _what_is_wrong(problem: Any) -> str:
    """One of pydantic's findings: which key, what is wrong with it."""
    key = ".".join(map(str, problem["loc"]))
    if problem["type"] == "extra_forbidden":
        model = Tenant if len(problem["loc"]) == 1 else FileFeed
        return f"{key} is no key of it; known are {', '.join(model.model_fields)}"
    if problem["type"] == "missing":
        return f"{key} is missing"
    message = problem["msg"].removeprefix("Value error, ")
    return f"{key}: {message}" if key else message
