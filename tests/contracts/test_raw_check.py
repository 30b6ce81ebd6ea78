"""Landed runs: every row is kept or quarantined, and each thing that blocks, blocks."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expectations import raw_check
from expectations.contracts import Rule
from tests.contracts.landed import T1, T2, T3, account, check, land, lead, run_of, statuses


def order_line(**fields):
    line = {
        "order_line_id": "1",
        "order_id": "O1",
        "product_id": "P1",
        "quantity": "1",
        "amount_ex_tax": "100",
    }
    return line | fields


def test_a_word_for_none_is_missing_where_a_value_is_required_and_no_end_is_no_error(tmp_path):
    line = {"line_id": "1", "account_id": "A1", "product_id": "P1", "billing_period": "annual"}
    line |= {"start_date": "2026-04-01", "amount_total_ex_tax": "100"}
    lines = [
        line | {"end_date": "9999-12-31", "quantity": "-", "discount_rate": "N/A"},
        line | {"line_id": "2", "end_date": "無期限", "amount_total_ex_tax": "-"},
        line | {"line_id": "3", "end_date": "26/04/01"},
        line | {"line_id": "4", "end_date": "2020-01-01"},
    ]
    (verdict,) = check(
        tmp_path, run_of("files", "crm__subscription_line", [land(tmp_path, lines, "a.csv")])
    )
    assert [(row.row, row.rule) for row in verdict.quarantined] == [
        (1, "amount_total_ex_tax_missing"),
        (3, "ends_after_start"),
    ]
    assert [(found.key, found.rule, found.value) for found in verdict.findings] == [
        ("2", "amount_total_ex_tax_missing", ""),
        ("4", "ends_after_start", ""),
        ("3", "end_date_unreadable", "26/04/01"),
    ]


def test_sane_rows_pass(tmp_path):
    records = [account(), account(SystemModstamp=T2, NumberOfEmployees=20), account(Id="A2")]
    (verdict,) = check(tmp_path, run_of("salesforce", "Account", [land(tmp_path, records)]))
    assert not verdict.blocked and not verdict.quarantined and not verdict.reasons
    assert statuses(verdict) == {}
    assert {result.rule for result in verdict.results} >= {
        "columns_exist",
        "Id_missing",
        "corporate_number_shape",
    }
    assert {(r.run_id, r.layer, r.table_name) for r in verdict.results} == {
        ("run-1", "raw", "salesforce__account")
    }


def test_identical_repeats_are_fine(tmp_path):
    (verdict,) = check(
        tmp_path, run_of("salesforce", "Account", [land(tmp_path, [account(), account()])])
    )
    assert statuses(verdict) == {}


def test_unusable_rows_are_quarantined_with_the_first_rule_they_break(tmp_path):
    records = [
        account(),
        account(Id=None),
        account(Id="A3", SystemModstamp="yesterday"),
        account(Id="A4", Name=" ", AnnualRevenue="much"),
    ]
    (verdict,) = check(tmp_path, run_of("salesforce", "Account", [land(tmp_path, records)]))
    assert [(row.row, row.rule, row.rules_broken) for row in verdict.quarantined] == [
        (1, "Id_missing", 1),
        (2, "SystemModstamp_unreadable", 1),
        (3, "Name_missing", 2),
    ]
    assert not verdict.blocked
    assert statuses(verdict)["AnnualRevenue_unreadable"] == "quarantined"
    assert len([r for r in verdict.results if r.rule == "AnnualRevenue_unreadable"]) == 1


def test_an_unreadable_optional_cell_costs_the_cell_and_is_reported(tmp_path):
    """The row goes on; the report names up to twenty records, and no value that is a person's."""
    accounts = [account(Id=f"A{n:02}", NumberOfEmployees="0x1F") for n in range(22)]
    (verdict,) = check(tmp_path, run_of("salesforce", "Account", [land(tmp_path, accounts)]))
    assert not verdict.quarantined and not verdict.blocked
    assert statuses(verdict) == {"NumberOfEmployees_unreadable": "warned"}
    (found,) = [result for result in verdict.results if result.status == "warned"]
    assert (found.unexpected_count, found.severity) == (22, "warn")
    assert found.observed == ", ".join(f"A{n:02}: 0x1F" for n in range(20))
    assert "22 cells cannot be read and are null in the models: A00: 0x1F" in found.message

    person = {"Id": "C1", "LastName": "佐藤", "Birthdate": "4 May", "SystemModstamp": T1}
    (verdict,) = check(tmp_path, run_of("salesforce", "Contact", [land(tmp_path, [person])]))
    (found,) = [result for result in verdict.results if result.status == "warned"]
    assert found.observed == "C1" and "4 May" not in found.message


def test_the_place_of_a_cell_without_a_key_is_its_file_and_row(tmp_path):
    use = {"account_id": "A1", "use_date": "2026-03-01", "feature_code": "f", "uses": "3"}
    part = land(tmp_path, [use, use | {"duration_seconds": "soon"}], "a.csv")
    (verdict,) = check(tmp_path, run_of("files", "product__feature_use", [part]))
    (found,) = [result for result in verdict.results if result.status == "warned"]
    assert found.observed == "a.csv row 1: soon"


def test_tombstones_need_only_key_and_cursor(tmp_path):
    gone = {"Id": "A1", "SystemModstamp": T2, "IsDeleted": True, "_is_deleted": True}
    records = [account(), gone, gone | {"SystemModstamp": None}]
    (verdict,) = check(tmp_path, run_of("salesforce", "Account", [land(tmp_path, records)]))
    assert [(row.row, row.rule) for row in verdict.quarantined] == [(2, "SystemModstamp_missing")]


def test_unknown_code_and_odd_shape_only_warn(tmp_path):
    records = [
        {"id": 1, "generated_timestamp": 1772323200, "status": "open", "priority": "medium"},
        {"id": 2, "generated_timestamp": 1772323200, "status": "open", "priority": None},
    ]
    (verdict,) = check(tmp_path, run_of("zendesk", "tickets", [land(tmp_path, records)]))
    assert statuses(verdict) == {"priority_accepted": "warned"}
    (warning,) = [result for result in verdict.results if result.status == "warned"]
    assert (warning.unexpected_count, warning.observed) == (1, "medium")


def test_a_line_that_ends_the_day_before_it_starts_is_legal(tmp_path):
    line = {
        "Id": "I1",
        "OrderId": "O1",
        "Product2Id": "P1",
        "TotalPrice": -500,
        "ServiceDate": "2026-03-01",
        "EndDate": "2026-02-28",
        "ChargeType__c": "recurring",
        "SystemModstamp": T1,
    }
    (verdict,) = check(tmp_path, run_of("salesforce", "OrderItem", [land(tmp_path, [line])]))
    assert statuses(verdict) == {} and not verdict.quarantined


def test_missing_required_column_blocks_a_required_object(tmp_path):
    records = [{key: value for key, value in account().items() if key != "Name"}]
    (verdict,) = check(tmp_path, run_of("salesforce", "Account", [land(tmp_path, records)]))
    assert verdict.blocked and not verdict.fails_dag  # a finding: the last good state stays
    assert statuses(verdict) == {"columns_exist": "blocked"}
    assert "Missing: Name." in verdict.reasons[0]


def test_missing_required_column_holds_back_an_optional_object_with_a_warning(tmp_path):
    records = [{key: value for key, value in lead().items() if key != "SystemModstamp"}]
    (verdict,) = check(tmp_path, run_of("salesforce", "Lead", [land(tmp_path, records)]))
    assert verdict.blocked and not verdict.fails_dag and verdict.reasons
    assert statuses(verdict) == {"columns_exist": "warned"}


def test_one_version_with_two_contents_blocks(tmp_path):
    records = [account(), account(Name="別会社")]
    (verdict,) = check(tmp_path, run_of("salesforce", "Account", [land(tmp_path, records)]))
    assert verdict.blocked and statuses(verdict) == {"one_content_a_version": "blocked"}


def test_the_conflicting_rows_of_a_key_in_one_file_are_held_back_with_their_place(tmp_path):
    lines = [
        order_line(order_line_id="L1"),
        order_line(order_line_id="L3"),
        order_line(order_line_id="L2"),
        order_line(order_line_id="L2"),  # the same once more is harmless
        order_line(order_line_id="L3", quantity="2"),
        order_line(order_line_id="L4", quantity="1,000"),
        order_line(order_line_id="L4", quantity="1000"),
    ]
    drop = "crm__order_line/2026-03-31/lines.csv"
    before = land(
        tmp_path, [order_line(order_line_id="L3")], "crm__order_line/2026-03-30/x.csv", "one"
    )
    (verdict,) = check(
        tmp_path, run_of("files", "crm__order_line", [before, land(tmp_path, lines, drop, "two")])
    )
    assert not verdict.blocked
    held_back = {(row.rule, row.reason.partition("Found: ")[2]) for row in verdict.quarantined}
    assert held_back == {("one_content_a_key", f"rows 3 and 6 of {drop}, key L3")}
    assert len(verdict.quarantined) == 2
    assert {(f.place, f.key, f.value, f.holds_back) for f in verdict.findings} == {
        (drop, "L3", "rows 3 and 6", True)
    }


def test_two_contents_of_a_key_in_two_drops_are_two_versions(tmp_path):
    once = land(tmp_path, [order_line()], "crm__order_line/2026-03-30/a.csv", "one")
    again = land(tmp_path, [order_line(quantity="2")], "crm__order_line/2026-03-31/a.csv", "two")
    (verdict,) = check(tmp_path, run_of("files", "crm__order_line", [once, again]))
    assert statuses(verdict) == {} and not verdict.quarantined


def test_event_feeds_without_a_key_may_repeat_anything(tmp_path):
    use = {"account_id": "A1", "use_date": "2026-03-01", "feature_code": "f", "uses": "3"}
    parts = [land(tmp_path, [use, use, use | {"uses": "4"}], "a.csv")]
    (verdict,) = check(tmp_path, run_of("files", "product__feature_use", parts))
    assert statuses(verdict) == {} and not verdict.quarantined


def test_a_files_rows_are_held_to_the_types_and_rules_of_its_input_entity(tmp_path):
    lines = [
        order_line(),
        order_line(order_line_id="2", amount_ex_tax="1,000ドル"),
        order_line(order_line_id="3", quantity=""),
        order_line(order_line_id="4", tax_rate="10"),
    ]
    (verdict,) = check(
        tmp_path, run_of("files", "crm__order_line", [land(tmp_path, lines, "a.csv")])
    )
    assert [(row.row, row.rule) for row in verdict.quarantined] == [
        (1, "amount_ex_tax_unreadable"),
        (2, "quantity_missing"),
        (3, "tax_rate_range"),
    ]


def test_a_files_codes_are_its_own(tmp_path):
    """月額 lands: the models read it, and findings name what they do not know."""
    line = {"line_id": "1", "account_id": "A1", "product_id": "P1", "start_date": "2026-04-01"}
    lines = [
        line | {"amount_total_ex_tax": "100", "billing_period": "月額", "charge_type": "barter"},
        line | {"line_id": "2", "amount_total_ex_tax": "100", "billing_period": ""},
    ]
    (verdict,) = check(
        tmp_path, run_of("files", "crm__subscription_line", [land(tmp_path, lines, "a.csv")])
    )
    assert [(row.row, row.rule) for row in verdict.quarantined] == [(1, "billing_period_missing")]
    assert statuses(verdict) == {"billing_period_missing": "quarantined"}


def test_an_amount_that_no_sum_can_hold_is_held_back(tmp_path):
    """A telephone number among the quantities: every cell can be read, their product ends the build."""
    lines = [
        order_line(amount_ex_tax="9999999999999"),
        order_line(order_line_id="2", amount_ex_tax="10000000000000"),
        order_line(order_line_id="3", quantity="9012345678", list_price_ex_tax="1000000"),
    ]
    (verdict,) = check(
        tmp_path, run_of("files", "crm__order_line", [land(tmp_path, lines, "a.csv")])
    )
    assert [(row.row, row.rule) for row in verdict.quarantined] == [
        (1, "amount_fits"),
        (2, "amount_fits"),
    ]
    rate = {"Id": "I1", "OrderId": "O1", "Product2Id": "P1", "SystemModstamp": T1}
    rate |= {"TotalPrice": 2_000_000, "FxRateFixed__c": 9_999_999_999, "UnitPrice": None}
    (verdict,) = check(tmp_path, run_of("salesforce", "OrderItem", [land(tmp_path, [rate])]))
    assert [row.rule for row in verdict.quarantined] == ["amount_fits"]


def test_a_new_column_warns_only_when_every_run_lacked_it(tmp_path):
    before = land(tmp_path, [account()], name="sparse")
    part = land(tmp_path, [account(Segment__c="gold")], name="now")
    (first,) = check(tmp_path, run_of("salesforce", "Account", [part]))
    (later,) = check(tmp_path, run_of("salesforce", "Account", [part], [before]))
    (same,) = check(tmp_path, run_of("salesforce", "Account", [part], [part, before]))
    assert statuses(first) == statuses(same) == {}
    assert statuses(later) == {"no_new_columns": "warned"} and not later.blocked


def gone(**fields):
    return account(IsDeleted=True, _is_deleted=True, SystemModstamp=T2, **fields)


@pytest.mark.parametrize(
    "committed, run, blocked",
    [
        ([account()], [gone()], True),
        ([account(), account(Id="A2")], [gone()], False),
        ([account(), account(SystemModstamp=T3)], [gone()], False),
        ([gone()], [gone()], False),
        ([], [gone()], False),
        ([account()], [gone(), account(Id="A2")], False),
        ([account()], [gone(), account(Id="A2", SystemModstamp="soon")], True),
    ],
    ids=[
        "last one goes",
        "one remains",
        "older tombstone",
        "was empty",
        "never had any",
        "has live rows",
        "its live row is held back",
    ],
)
def test_a_current_state_that_becomes_empty_blocks(tmp_path, committed, run, blocked):
    previous = [land(tmp_path, committed, name="committed")] if committed else []
    part = land(tmp_path, run, name="run")
    (verdict,) = check(tmp_path, run_of("salesforce", "Account", [part], previous))
    assert ("current_state_not_empty" in statuses(verdict)) == verdict.blocked == blocked


def test_runs_are_judged_apart_and_in_order(tmp_path):
    good = run_of("salesforce", "Account", [land(tmp_path, [account()], name="good")])
    empty = run_of("salesforce", "Contact", [])
    bad = run_of(
        "salesforce", "Lead", [land(tmp_path, [lead(), lead(LastName="鈴木")], name="bad")]
    )
    verdicts = check(tmp_path, good, empty, bad)
    assert [(v.entry.object, v.blocked) for v in verdicts] == [
        ("Account", False),
        ("Contact", False),
        ("Lead", True),
    ]
    assert verdicts[1].results == []


def test_a_check_that_cannot_be_evaluated_is_an_error_and_fails_the_dag(tmp_path, monkeypatch):
    broken = Rule(
        "broken",
        "warn",
        "Broken. / 壊れた規則。",
        "select * from {object} where no_such_column = 1",
    )
    rules = raw_check.row_rules
    monkeypatch.setattr(
        raw_check, "row_rules", lambda contract, entry: [*rules(contract, entry), broken]
    )
    (verdict,) = check(tmp_path, run_of("salesforce", "Lead", [land(tmp_path, [lead()])]))
    assert statuses(verdict) == {"broken": "error"}
    assert verdict.blocked and verdict.fails_dag
    assert "no_such_column" in verdict.reasons[0]


text = st.one_of(
    st.none(), st.sampled_from(["", " ", "A1", "A2", T1, T2, "2026-02-30", "12", "1.5", "abc"])
)
row = st.fixed_dictionaries(
    dict.fromkeys(("Id", "Name", "SystemModstamp", "AnnualRevenue", "CreatedDate"), text),
    optional={"_is_deleted": st.booleans()},
)


def is_unusable(record: dict) -> bool:
    """The contract's row rules, written out again in Python for the values drawn above."""
    value = {name: (found or "").strip() for name, found in record.items() if name != "_is_deleted"}
    is_stamp = value["SystemModstamp"] in (T1, T2)
    if not value["Id"] or not is_stamp:
        return True
    if record.get("_is_deleted"):
        return False
    return not value["Name"] or value["AnnualRevenue"] not in ("", "12", "1.5")


def has_lost_cells(record: dict) -> bool:
    """A cell that nothing depends on cannot be read."""
    created = (record["CreatedDate"] or "").strip()
    return not record.get("_is_deleted") and created not in ("", T1, T2)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(row, min_size=1, max_size=30))
def test_rows_in_are_rows_kept_plus_rows_quarantined(records):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (verdict,) = check(folder, run_of("salesforce", "Account", [land(folder, records)]))
    quarantined = [held.row for held in verdict.quarantined]
    assert quarantined == [number for number, record in enumerate(records) if is_unusable(record)]
    refused = {
        rule: status
        for rule, status in statuses(verdict).items()
        if rule != "one_content_a_version"
    }
    lost = [r for r in records if not is_unusable(r) and has_lost_cells(r)]
    assert refused.pop("CreatedDate_unreadable", None) == ("warned" if lost else None)
    assert set(refused.values()) <= {"quarantined"}, "what remains passes every row rule"


def test_a_dropped_file_may_write_as_people_do(tmp_path):
    """Slashes in dates, thousands separators, はい: staging reads them, so the check lets them pass."""
    people = [
        order_line(quantity="1,000", amount_ex_tax="1,234,000", is_sale="はい"),
        order_line(order_line_id="2", quantity="12.0", is_sale="×"),
        order_line(order_line_id="3", is_sale="maybe", quantity="a dozen"),
        order_line(order_line_id="4", is_sale="maybe", amount_ex_tax="1,5"),
        order_line(order_line_id="5", is_sale="maybe", tax_rate="1000"),
    ]
    drop = "crm__order_line/2026-03-31/lines.csv"
    (verdict,) = check(
        tmp_path, run_of("files", "crm__order_line", [land(tmp_path, people, source_file=drop)])
    )
    assert [(row.row, row.rule) for row in verdict.quarantined] == [
        (2, "quantity_unreadable"),
        (3, "amount_ex_tax_unreadable"),
    ]
    lost = {"is_sale_unreadable": "warned", "tax_rate_unreadable": "warned"}
    assert lost.items() <= statuses(verdict).items()
