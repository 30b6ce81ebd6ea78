"""A link that is empty costs no row: it is said, and the record goes on without."""

from collections import Counter

from expectations.contracts import contract_for
from ingestion.catalogue import load_catalogue
from tests.contracts.landed import T1, check, land, run_of


def test_an_empty_link_costs_no_row_and_is_said(tmp_path):
    """docs/domain/sources.md#ids: of the file, the database table and the vendor."""
    entries = [e for e in load_catalogue() if any(c.is_link for c in contract_for(e).columns)]
    feeds = [row_with_links(entry) for entry in entries]
    runs = []
    for entry, (sound, links) in zip(entries, feeds, strict=True):
        empty = [sound | {link: cell} for link in links for cell in (None, "-", " ")]
        empty = [row | {k: f"{row[k]}{n}" for k in entry.key} for n, row in enumerate(empty, 1)]
        file = "a.csv" if entry.source == "files" else None
        part = land(tmp_path, [sound, *empty], file, entry.table)
        runs.append(run_of(entry.source, entry.object, [part]))
    for verdict, (_, links) in zip(check(tmp_path, *runs), feeds, strict=True):
        assert not verdict.quarantined and not verdict.blocked, verdict.entry.table
        # a vendor's ids are no readings: a dash leads nowhere
        cells = 3 if verdict.entry.is_entity else 2
        found = [f for f in verdict.findings if f.rule.endswith("_missing")]
        assert Counter((f.rule, f.severity, f.holds_back) for f in found) == {
            (f"{link}_missing", "warn", False): cells for link in links
        }, verdict.entry.table


def test_a_link_that_has_lost_digits_is_said(tmp_path):
    """Also where a vendor keeps it among its properties."""
    runs = []
    for name, key in (("companies", "hs_salesforceaccountid"), ("contacts", "salesforcecontactid")):
        ids = ["2.02606E+13", "0015g00000Xyz12AAA", "", None]
        records = [
            {"id": n, "updatedAt": T1, "createdAt": T1, "properties": {key: given}}
            for n, given in enumerate(ids)
        ]
        runs.append(run_of("hubspot", name, [land(tmp_path, records, name=name)]))
    for verdict in check(tmp_path, *runs):
        assert not verdict.quarantined
        found = [f for f in verdict.findings if f.rule == "salesforce_id_whole"]
        assert [(f.key, f.severity, f.rows) for f in found] == [("0", "warn", 1)]


def test_a_missing_column_is_no_empty_link(tmp_path):
    order = {"order_id": "O1", "order_date": "2026-03-01"}
    (verdict,) = check(tmp_path, run_of("files", "crm__order", [land(tmp_path, [order])]))
    assert verdict.blocked and "Missing: account_id." in verdict.reasons[0]


def row_with_links(entry):
    """A sound row of a feed, with what it must have, and its links."""
    contract = contract_for(entry)
    accepted = {rule.column: rule.valid_values[0] for rule in contract.rules if rule.valid_values}
    row = {c.name: accepted.get(c.name, sample(c)) for c in contract.columns if c.required}
    return row, [column.name for column in contract.columns if column.is_link]


def sample(column):
    """A value that a column may have."""
    if column.reads_as == "epoch_milliseconds":
        return "1781000000000"
    by_type = {"integer": "1", "number": "100", "boolean": "true"}
    by_type |= {"date": "2026-03-01", "timestamp": T1}
    return column.example or by_type.get(column.logical_type, f"{column.name}-1")


def test_a_subscription_line_without_account_and_contract_is_kept(tmp_path):
    line = {"line_id": "1", "product_id": "P1", "billing_period": "annual", "account_id": ""}
    line |= {"start_date": "2026-04-01", "amount_total_ex_tax": "100"}
    part = land(tmp_path, [line], "a.csv")
    (verdict,) = check(tmp_path, run_of("files", "crm__subscription_line", [part]))
    assert not verdict.quarantined
    assert [(f.rule, f.severity, f.amount) for f in verdict.findings] == [
        ("account_or_contract_known", "warn", 100)
    ]
