"""The glossary: words in both languages with a sentence each."""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from publishing.site.words import LANGUAGES
from runtime.value_types import Text

FILE = Path(__file__).with_name("glossary.yml")


class Term(BaseModel):
    """A word.

    Attributes:
        en, ja: the word.
        reading: the Japanese one in hiragana.
        says: what it means, in a sentence.
        at: the document, or its heading, that says more.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    en: str
    ja: str
    reading: str
    says: Text
    at: str

    def __getitem__(self, language: str) -> str:
        """The word in ``ja`` or ``en``."""
        return self.ja if language == "ja" else self.en


def load_glossary() -> dict[str, list[Term]]:
    """The terms by language, in its order: the alphabet's, that of the readings.

    Raises:
        pydantic.ValidationError: a key of a term is unknown, missing or wrong.
    """
    written = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    terms = TypeAdapter(list[Term]).validate_python(written)
    keys = {"ja": lambda term: term.reading, "en": lambda term: term.en.lower()}
    return {language: sorted(terms, key=keys[language]) for language in LANGUAGES}
