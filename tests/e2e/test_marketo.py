"""A company that mails with Marketo: its people are contacts or leads, its mail is contact with customers."""

import json
from typing import Any

import duckdb
import pytest

from tests.conftest import Run
from tests.e2e.daily_run import run_day
from tests.e2e.tiny_tenant import DATES, write_tiny_tenant

STAMP = "2026-06-20T03:00:00.000+0000"
# mail activities by Marketo's numbers, and a visit of a page
SENT, DELIVERED, HARD, UNSUBSCRIBED, OPENED, CLICKED, SOFT, VISITED = 6, 7, 8, 9, 10, 11, 27, 1
FILLED_IN, CHANGED, MERGED = 2, 13, 32


def account(number: int) -> str:
    return f"001{number:012d}AAA"


def lead(number: int, **values: Any) -> dict[str, Any]:
    made = {"createdAt": "2026-05-01T03:00:00Z", "updatedAt": "2026-06-20T03:00:00Z"}
    person = {"email": f"p{number}@m{number}.example", "lastName": f"人{number}"}
    return {"id": str(number), **made, **person, **values}


def activity(number: int, lead_id: int, kind: int, **attributes: Any) -> dict[str, Any]:
    return {
        "marketoGUID": f"g{number}",
        "activityDate": f"2026-06-2{number % 5}T03:00:00Z",
        "activityTypeId": kind,
        "leadId": lead_id,
        "campaignId": 7,
        "primaryAttributeValueId": 70,
        "attributes": {"Campaign Run ID": 1, **attributes},
    }


LEADS = [
    lead(1, sfdcContactId="003000000000001", sfdcAccountId=account(1)),
    lead(2, sfdcAccountId=account(2)),
    lead(3, leadSource="webinar", leadScore=12),
    lead(4, sfdcContactId="003000000000009AAA"),
    lead(5, isDeleted=True),
    # merged into 1, and into one that is not there
    lead(6, isDeleted=True, mergedInto=1),
    lead(7, isDeleted=True, mergedInto=8),
]
ACTIVITIES = [
    activity(1, 1, SENT),
    activity(2, 1, DELIVERED),
    activity(3, 1, OPENED),
    activity(4, 1, CLICKED, Link="https://a.example/"),
    activity(5, 2, CLICKED, **{"Is Bot Activity": True}),
    activity(6, 2, CLICKED, **{"Is Bot Activity": False}),
    activity(7, 2, CLICKED, **{"Campaign Run ID": 2}),
    activity(8, 3, CLICKED),
    activity(9, 3, SOFT),
    activity(10, 4, HARD),
    activity(11, 4, UNSUBSCRIBED),
    activity(12, 3, VISITED),
    activity(13, 6, CLICKED),
    activity(14, 6, FILLED_IN),
    activity(15, 1, MERGED, **{"Merge IDs": "[6]"}),
    activity(16, 8, MERGED, **{"Merge IDs": "[7]"}),
    activity(17, 1, CHANGED, **{"New Value": "false"}) | {"primaryAttributeValue": "Unsubscribed"},
]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("marketo")
    tenant = write_tiny_tenant(folder / "tenant")
    settings = json.loads((tenant / "tenant.yml").read_text())
    settings["systems"].append("marketo")
    (tenant / "tenant.yml").write_text(json.dumps(settings))
    contact = {"Id": "003000000000001AAA", "AccountId": account(1), "LastName": "人1"}
    contact |= {"SystemModstamp": STAMP, "CreatedDate": STAMP, "IsDeleted": False}
    for name, records in (
        ("salesforce/Contact", [contact]),
        ("marketo/leads", LEADS),
        ("marketo/activities", ACTIVITIES),
    ):
        path = tenant / f"{name}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(json.dumps(record) + "\n" for record in records))
    outcome = run_day(folder / "state", tenant, DATES[0], site=False)
    assert outcome.status in (0, 3), outcome.output
    return outcome


def test_a_click_is_contact_with_the_customer(run: Run) -> None:
    """A bot's is none, of a person that was merged it is the other's; customers without a click have 0, since Marketo is connected."""
    with run.marts() as marts:
        clicks = marts.execute(
            """
            select source_id, email_clicks_90d
            from marts.mart_customer_360
            join core.bridge_customer_identity using (customer_key)
            where id_type = 'account' and source_system = 'crm' and source_id in ($1, $2, $3)
            order by source_id
            """,
            [account(1), account(2), account(3)],
        ).fetchall()
    assert clicks == [(account(1), 2), (account(2), 2), (account(3), 0)]


def test_people_are_contacts_or_leads(run: Run) -> None:
    """By Marketo's links to Salesforce; a lead of Marketo's own is in the funnel, a dead link is a finding."""
    with run.marts() as marts:
        people = marts.execute(
            """
            select source_id, match_method, customer_key <> 'unknown'
            from core.bridge_customer_identity where source_system = 'marketo' order by source_id
            """
        ).fetchall()
        leads = marts.execute(
            "select lead_key, source, cast(lead_date as varchar) from core.fct_lead_funnel order by lead_key"
        ).fetchall()
        dead = marts.execute(
            "select column_name, keys from ops.finding where object = 'marketo__leads' and rule = 'link_to_nothing'"
        ).fetchall()
    assert people == [
        ("1", "crm_link", True),
        ("2", "source_record", True),
        ("6", "crm_link", True),
    ]
    assert leads == [("marketo:3", "webinar", "2026-05-01"), ("marketo:4", None, "2026-05-01")]
    assert dead == [("sfdcContactId", "marketo:4 → 003000000000009AAA")]


def test_mail_is_one_delivery_with_its_events(run: Run) -> None:
    """A delivery is what one run of a campaign sent to a lead; visits of pages are no mail."""
    with duckdb.connect(str(run.home / "warehouse.duckdb"), read_only=True) as warehouse:
        messages = warehouse.execute(
            "select delivery_id, contact_id, planned_at is not null from input.ma__message order by all"
        ).fetchall()
        events = dict(
            warehouse.execute(
                "select event_id, concat_ws(' ', type, bounce_class) from input.ma__email_event"
            ).fetchall()
        )
    assert messages == [
        ("marketo:1:70:7:1", "003000000000001AAA", True),
        ("marketo:2:70:7:1", "marketo:2", False),
        ("marketo:2:70:7:2", "marketo:2", False),
        ("marketo:3:70:7:1", None, False),
        ("marketo:4:70:7:1", None, False),
        ("marketo:6:70:7:1", "003000000000001AAA", False),
    ]
    kinds = ["sent", "delivered", "open", "click", "click", "click", "click", "click"]
    kinds += ["bounce soft", "bounce hard", "unsubscribe"]
    assert events == {f"g{number}": kind for number, kind in enumerate(kinds, 1)} | {"g13": "click"}


def test_forms_and_wishes_for_mail_are_their_persons(run: Run) -> None:
    """Also of one that was merged; a merge that ends at nobody is a finding."""
    with duckdb.connect(str(run.home / "warehouse.duckdb"), read_only=True) as warehouse:
        conversions = warehouse.execute(
            "select event_id, contact_id, cv_event, asset_id from input.ma__conversion order by all"
        ).fetchall()
        consents = warehouse.execute(
            "select event_id, subject_id, subject_type, action from input.ma__consent order by all"
        ).fetchall()
    with run.marts() as marts:
        (forms,) = marts.execute(
            "select count(*) from core.fct_interaction where interaction_type = 'form' and customer_key <> 'unknown'"
        ).fetchone()
        lost = marts.execute(
            "select column_name, keys from ops.finding where object = 'marketo__activities' and rule = 'link_to_nothing'"
        ).fetchall()
    assert conversions == [
        ("marketo:g12", None, "page_visit", "70"),
        ("marketo:g14", "003000000000001AAA", "form_submission", "70"),
    ]
    assert consents == [
        ("marketo:g11", "marketo:4", "prospect", "opt_out"),
        ("marketo:g17", "003000000000001AAA", "contact", "opt_in"),
    ]
    assert forms == 1
    assert lost == [("attributes", "marketo:7 → marketo:8")]
