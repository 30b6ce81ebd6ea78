"""The demo tenant: equal bytes from equal seeds, a sound history, and the story it tells."""

import hashlib
import json
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from demo import SEED, World, generate, names, times
from demo.crm import WRONG_CHECK_DIGIT
from demo.customers import LATE_ACCOUNT, make_population
from demo.production import CODES
from demo.writer import XLSX_DROP, salesforce_id
from ingestion.sources.files.csv_xlsx import Told, read_records
from runtime.records import ExpectedColumns

CUSTOMERS = 60
END = datetime(2026, 10, 31, 15)  # 24:00 of the last business date, in UTC
CURSORS = {
    "salesforce": ("Id", "SystemModstamp"),
    "hubspot": ("id", "updatedAt"),
    "zendesk": ("id", "updated_at"),
    "email_events": ("id", "created"),
    "tickets": ("id", "generated_timestamp"),
    "ticket_events": ("id", "timestamp"),
    "CaseHistory": ("Id", "CreatedDate"),
}
REQUIRED = {
    "product__feature_use": {"account_id", "use_date", "feature_code", "uses"},
    "product__license": {"license_id", "account_id", "valid_from", "purchased"},
    "product__object_count": {"account_id", "count_date", "object_code", "record_count"},
    "process__content_item": {"item_id", "account_id", "process_id"},
    "process__stage_event": {"item_id", "stage_code", "event", "achieved_at"},
    "success__nps_response": {"response_id"},
    "support__call_log": {"call_id", "direction", "ring_at", "result"},
    "support__chat_session": {"session_id", "is_bot", "started_at"},
    "support__faq_view": {"faq_id", "occurred_at"},
    "support__csat_response": {"response_id", "score", "scale_max", "responded_at"},
    "success__churn_interview": {"interview_id", "account_id", "churn_date"},
    "success__activation_review": {"review_id", "account_id", "review_date", "csm_level"},
    "success__onboarding_task": {"task_id", "account_id", "task_code"},
    "success__cs_activity": {"activity_id", "account_id", "occurred_at"},
    "success__advocacy_event": {"event_id", "account_id", "type", "occurred_at"},
    "success__success_plan": {"plan_id", "account_id"},
    "success__success_plan_step": {"step_id", "plan_id", "step_no"},
    "success__training_enrolment": {"enrolment_id", "account_id", "course_code", "enrolled_at"},
    "success__community_member": {"member_id", "account_id", "joined_at"},
    "success__community_event": {"attendance_id", "account_id", "event_code", "held_at"},
    "success__community_post": {"post_id", "posted_at", "is_question"},
    "success__adoption_initiative": {"initiative_id", "account_id", "driver", "started_on"},
    "success__fit_assessment": {"assessment_id", "account_id", "assessed_on", "is_fit"},
    "success__playbook_action": {"action_id", "account_id", "action_code", "advised_at"},
}
REFERENCES = [
    ("salesforce/Account", "ParentId", "salesforce/Account"),
    ("salesforce/Account", "MasterRecordId", "salesforce/Account"),
    ("salesforce/Contact", "AccountId", "salesforce/Account"),
    ("salesforce/Contract", "AccountId", "salesforce/Account"),
    ("salesforce/Contract", "PreviousContractId__c", "salesforce/Contract"),
    ("salesforce/Order", "AccountId", "salesforce/Account"),
    ("salesforce/Order", "ContractId", "salesforce/Contract"),
    ("salesforce/Order", "BillToContactId", "salesforce/Contact"),
    ("salesforce/OrderItem", "OrderId", "salesforce/Order"),
    ("salesforce/OrderItem", "Product2Id", "salesforce/Product2"),
    ("salesforce/Opportunity", "AccountId", "salesforce/Account"),
    ("salesforce/Opportunity", "ContractId", "salesforce/Contract"),
    ("salesforce/Lead", "ConvertedAccountId", "salesforce/Account"),
    ("salesforce/Lead", "ConvertedContactId", "salesforce/Contact"),
    ("salesforce/Lead", "ConvertedOpportunityId", "salesforce/Opportunity"),
    ("salesforce/Case", "AccountId", "salesforce/Account"),
    ("salesforce/Case", "ContactId", "salesforce/Contact"),
    ("salesforce/Case", "OwnerId", "salesforce/User"),
    ("salesforce/CaseHistory", "CaseId", "salesforce/Case"),
    ("zendesk/organizations", "external_id", "salesforce/Account"),
    ("zendesk/users", "external_id", "salesforce/Contact"),
    ("zendesk/users", "organization_id", "zendesk/organizations"),
    ("zendesk/tickets", "organization_id", "zendesk/organizations"),
    ("zendesk/tickets", "requester_id", "zendesk/users"),
    ("zendesk/tickets", "assignee_id", "zendesk/users"),
    ("zendesk/tickets", "merged_into", "zendesk/tickets"),
    ("zendesk/ticket_events", "ticket_id", "zendesk/tickets"),
    ("zendesk/calls", "ticket_id", "zendesk/tickets"),
    ("zendesk/calls", "agent_id", "zendesk/users"),
    ("zendesk/calls", "customer_id", "zendesk/users"),
]


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "tenant"
    generate(folder, World(customers=CUSTOMERS))
    return folder


@pytest.fixture(scope="module")
def versions(tenant: Path) -> dict[str, list[dict]]:
    """Every line of every object, under ``system/object``."""
    return {
        f"{path.parent.name}/{path.stem}": [
            json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()
        ]
        for path in tenant.glob("*/*.jsonl")
    }


@pytest.fixture(scope="module")
def ids(versions: dict[str, list[dict]]) -> dict[str, set]:
    return {
        name: {str(record.get("Id", record.get("id"))) for record in records}
        for name, records in versions.items()
    }


@pytest.fixture(scope="module")
def dropped(tenant: Path) -> dict[str, list[tuple[date, dict]]]:
    """Rows of every entity with the date of their file, read as the connector reads them."""
    rows: dict[str, list[tuple[date, dict]]] = defaultdict(list)
    for path in sorted((tenant / "files").glob("*/*/*")):
        day, entity = date.fromisoformat(path.parent.name), path.parent.parent.name
        for chunk in read_records(path, ExpectedColumns(sorted(REQUIRED[entity])), Told()):
            rows[entity] += [(day, row) for row in chunk]
    return rows


def test_equal_seeds_give_equal_bytes(tmp_path: Path) -> None:
    digests = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        generate(tmp_path / name, World(seed, 12))
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        parts = [(path.relative_to(tmp_path / name), path.read_bytes()) for path in files]
        digests.append(hashlib.sha256(repr(parts).encode()).hexdigest())
    assert digests[0] == digests[1] != digests[2]


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(FileExistsError):
        generate(tmp_path, World(customers=12))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_tenant_yml(tenant: Path) -> None:
    settings = yaml.safe_load((tenant / "tenant.yml").read_text(encoding="utf-8"))
    assert settings == {
        "name": "demo",
        "timezone": "Asia/Tokyo",
        "reporting_currency": "JPY",
        "first_business_date": date(2024, 11, 1),
        "last_business_date": date(2026, 10, 31),
        "systems": ["salesforce", "hubspot", "zendesk", "files"],
        "files": {
            "success__onboarding_task": {"mode": "changes"},
            "success__playbook_action": {"mode": "changes"},
            "success__success_plan": {"mode": "changes"},
            "success__success_plan_step": {"mode": "changes"},
            "success__training_enrolment": {"mode": "changes"},
        },
        "vars": {
            "zendesk_category_field": 36000001,
            "first_response_target_minutes": 120,
            "resolution_target_minutes": 1080,
            "ews_records_per_licence": 20,
            "ews_feature_codes": {
                "collaboration": ["draft_review", "member_invite"],
                "report_view": ["report_view"],
                "platform_use": ["editor", "distribution", "media_library"],
            },
        },
    }


def test_versions_have_one_content_a_cursor_and_lie_before_the_end(versions: dict) -> None:
    for name, records in versions.items():
        system, kind = name.split("/")
        key, cursor = CURSORS.get(kind, CURSORS[system])
        seen = {(record[key], record[cursor]) for record in records}
        assert len(seen) == len(records), name
        assert max(_moment(record[cursor]) for record in records) < END, name


def test_status_of_a_ticket_follows_its_events(versions: dict) -> None:
    last = {record["id"]: record["status"] for record in versions["zendesk/tickets"]}
    told = {}
    for event in versions["zendesk/ticket_events"]:
        for child in event["child_events"]:
            if "status" in child:
                assert child["previous_value"] == told.get(event["ticket_id"])
                told[event["ticket_id"]] = child["status"]
    assert told == last
    assert {"closed", "solved"} <= set(last.values())


@pytest.mark.parametrize(("name", "field", "target"), REFERENCES)
def test_references_resolve(versions: dict, ids: dict, name: str, field: str, target: str) -> None:
    values = {str(record[field]) for record in versions[name] if record.get(field) is not None}
    assert values
    assert values <= ids[target]


def test_references_of_files_and_mails_resolve(versions: dict, ids: dict, dropped: dict) -> None:
    rows = {entity: [row for _, row in pairs] for entity, pairs in dropped.items()}
    tickets = {f"T-{int(number):06d}" for number in ids["zendesk/tickets"]}
    for entity in REQUIRED:
        if "account_id" in rows[entity][0]:
            assert {row["account_id"] for row in rows[entity]} - {None} <= ids["salesforce/Account"]
    plans = {row["plan_id"] for row in rows["success__success_plan"]}
    assert {row["plan_id"] for row in rows["success__success_plan_step"]} <= plans
    items = {row["item_id"] for row in rows["process__content_item"]}
    assert {row["item_id"] for row in rows["process__stage_event"]} <= items
    for row in rows["support__csat_response"]:
        assert (row["ticket_external_id"] or next(iter(tickets))) in tickets
        assert row["ticket_id"] is None or row["ticket_id"] in ids["zendesk/tickets"]
    contacts = [record["properties"] for record in versions["hubspot/contacts"]]
    linked = {c["salesforcecontactid"] for c in contacts} - {None}
    assert linked <= ids["salesforce/Contact"]
    recipients = {event["recipient"] for event in versions["hubspot/email_events"]}
    assert recipients <= {contact["email"] for contact in contacts}


def test_one_order_is_older_than_its_account(versions: dict) -> None:
    opened = {}
    for record in versions["salesforce/Account"]:
        opened.setdefault(record["Id"], record["CreatedDate"])
    early = {
        record["AccountId"]
        for record in versions["salesforce/Order"]
        if record["CreatedDate"] < opened[record["AccountId"]]
    }
    buyers, _ = make_population(SEED, CUSTOMERS)
    assert early == {buyers[LATE_ACCOUNT].account_id}


def test_only_one_corporate_number_has_a_wrong_check_digit(versions: dict) -> None:
    accounts = {record["Id"]: record for record in versions["salesforce/Account"]}
    wrong = {
        key
        for key, record in accounts.items()
        if (number := record["CorporateNumber__c"])
        and int(number[0]) != names.check_digit(number[1:])
    }
    buyers, _ = make_population(SEED, CUSTOMERS)
    assert wrong == {buyers[WRONG_CHECK_DIGIT].account_id}
    assert any(record["CorporateNumber__c"] is None for record in accounts.values())


@pytest.mark.parametrize("number", ["7123456789012", "4011001098993", "7000012050002"])
def test_check_digit(number: str) -> None:
    assert names.check_digit(number[1:]) == int(number[0])


def test_amounts_are_whole_yen(versions: dict) -> None:
    amounts = [record["TotalPrice"] for record in versions["salesforce/OrderItem"]]
    assert all(type(amount) is int and amount >= 0 for amount in amounts)


def test_some_lines_end_the_day_before_they_start(versions: dict) -> None:
    gaps = {
        (date.fromisoformat(line["EndDate"]) - date.fromisoformat(line["ServiceDate"])).days
        for line in versions["salesforce/OrderItem"]
        if line["EndDate"]
    }
    assert min(gaps) == -1


def test_files_hold_only_what_has_happened(dropped: dict) -> None:
    times_of = {
        "process__stage_event": "achieved_at",
        "product__feature_use": "use_date",
        "product__license": "valid_from",
        "product__object_count": "count_date",
    }
    for entity, field in times_of.items():
        assert all(row[field][:10] <= day.isoformat() for day, row in dropped[entity])
    assert {row["stage_code"] for _, row in dropped["process__stage_event"]} == set(CODES)
    states = {row["event"] for _, row in dropped["process__stage_event"]}
    assert states == {"achieved", "reverted"}
    again = [row["item_id"] for _, row in dropped["process__content_item"]]
    assert len(again) > len(set(again))


def test_files_come_in_the_encodings_companies_use(tenant: Path) -> None:
    entity, day = XLSX_DROP
    book = tenant / "files" / entity / day.isoformat() / f"{entity}.xlsx"
    first = next(iter(read_records(book, ExpectedColumns(["item_id"]), Told())))[0]
    assert first["created_at"].startswith("2025-0")
    raw = [path.read_bytes() for path in (tenant / "files").rglob("*.csv")]
    assert sum(content.startswith(b"\xef\xbb\xbf") for content in raw) == 1
    assert sum(not _is_utf8(content) for content in raw) == 1


def test_two_companies_share_a_name(versions: dict) -> None:
    places = defaultdict(set)
    for record in versions["salesforce/Account"]:
        places[record["Name"]].add(record["BillingCity"])
    assert [len(where) for where in places.values() if len(where) > 1] == [2]


@given(st.integers(0, 62**5 - 1))
def test_salesforce_ids_are_18_characters_of_their_kind(number: int) -> None:
    made = salesforce_id("006", number)
    assert len(made) == 18
    assert made.startswith("006")
    assert made != salesforce_id("006", (number + 1) % 62**5)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(-30, 30))
def test_months_are_added_within_the_month(day: date, months: int) -> None:
    moved = times.add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == min(day.day, times.month_end(moved).day)


def _moment(value: str | int) -> datetime:
    if isinstance(value, str):
        return datetime.fromisoformat(value[:19])
    seconds = value / 1000 if value > 10**11 else value
    return datetime(1970, 1, 1) + timedelta(seconds=seconds)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
