"""The site's texts: documents in one language a page, the glossary, where tables come from."""

import re

import pytest

from publishing.lineage import Lineage, lineage_of, read_lineage, write_lineage
from publishing.site.documents import load_documents
from publishing.site.glossary import load_glossary
from publishing.site.words import LANGUAGES
from tests.docs.test_citations import problem

KANA = re.compile(r"[ぁ-んァ-ヶ]")


def test_documents_hold_no_markup_of_their_own():
    """Raw HTML in a document is shown, not run; every document has a title, and no mark of what is generated."""
    for document in (*load_documents("en"), *load_documents("ja")):
        assert "<script" not in document.html
        assert "&lt;!--" not in document.html
        assert document.title


def test_a_document_is_the_same_in_both_languages():
    """The same pages with the same anchors, so that the switch stays where the reader is."""
    english, japanese = load_documents("en"), load_documents("ja")
    assert len(english) > 25
    for original, translated in zip(english, japanese, strict=True):
        assert original.path == translated.path
        assert list(original.headings)[1:] == list(translated.headings)[1:]
        assert KANA.search(translated.title + translated.html)
        assert not KANA.search(original.title)


def test_links_of_documents_are_called_after_titles():
    pages = {document.path: document.html for document in load_documents("ja")}
    assert '<a href="../../documents/metrics/mrr.html">MRR' in pages["domain/revenue"]
    assert 'href="../../documents/domain/conventions.html#small-numbers"' in "".join(pages.values())
    assert not any(re.search(r">[\w/.]+\.md<", html) for html in pages.values())


def test_the_glossary_is_in_each_language_s_order():
    glossary = load_glossary()
    readings = [term.reading for term in glossary["ja"]]
    assert readings == sorted(readings)
    assert all(re.fullmatch(r"[ぁ-んー]+", reading) for reading in readings)
    words = [term.en.lower() for term in glossary["en"]]
    assert words == sorted(words)
    for language in LANGUAGES:
        names = [term[language] for term in glossary[language]]
        assert len(names) == len(set(names)) >= 45


@pytest.mark.parametrize("term", load_glossary()["en"], ids=lambda term: term.en)
def test_a_term_leads_to_a_heading_that_exists(term):
    assert problem(term.at) is None
    assert not KANA.search(term.says.en) and KANA.search(term.says.ja)


def test_lineage_stops_at_the_first_published_table(tmp_path):
    """mart ← fact ← (intermediate) ← dim ← raw: the mart is made from the fact, and the raw table lies behind it."""

    def node(name, schema, kind="model"):
        return {"name": name, "schema": schema, "resource_type": kind}

    nodes = {
        "mart": node("mart_x", "marts"),
        "fact": node("fct_x", "core"),
        "between": node("int_x", "intermediate"),
        "dim": node("dim_x", "core"),
        "kept": node("restricted_x", "restricted"),
        "seed": node("codes", "core", "seed"),
    }
    manifest = {
        "nodes": nodes,
        "sources": {
            "raw": {"name": "salesforce__account", "source_name": "raw"},
            "loads": {"name": "loads", "source_name": "ops"},
        },
        "exposures": {"page": {"name": "site_overview"}},
        "parent_map": {
            "mart": ["fact"],
            "fact": ["between", "seed"],
            "between": ["dim", "kept"],
            "dim": ["raw", "loads"],
            "kept": ["raw"],
            "page": ["mart"],
        },
    }
    assert lineage_of(manifest) == {
        "dim_x": Lineage([], ["salesforce__account"], ["fct_x"], []),
        "fct_x": Lineage(["dim_x"], ["salesforce__account"], ["mart_x"], []),
        "mart_x": Lineage(["fct_x"], ["salesforce__account"], [], ["overview"]),
    }
    file = tmp_path / "lineage.json"
    assert read_lineage(file) == {}
    write_lineage(file, manifest, 0o640)
    assert read_lineage(file) == lineage_of(manifest)
