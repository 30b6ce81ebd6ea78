"""Texts in the two languages of this project."""

from pydantic import BaseModel, ConfigDict, Field


class Text(BaseModel):
    """One text in both languages; ``text["ja"]`` is the Japanese one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    en: str = Field(min_length=1)
    ja: str = Field(min_length=1)

    def __getitem__(self, language: str) -> str:
        return self.ja if language == "ja" else self.en
