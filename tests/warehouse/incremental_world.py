"""What the incremental tests begin with: records of every kind, so that what changes has something to change."""

from tests.warehouse.incremental_records import OBJECTS

_WORLD = {
    "salesforce__account": """
        Id|Name
        a1|甲社
        a2|乙社
        a3|丙社""",
    "salesforce__contract": """
        Id|AccountId|PreviousContractId__c
        k1|a1|
        k2|a2|k1
        k3|a3|k2""",
    "salesforce__product2": """
        Id|Family|ChargeType__c
        p1|f1|one_time
        p2|f1|recurring
        p3|f1|recurring""",
    "salesforce__order": """
        Id|AccountId|ContractId|EffectiveDate|Status
        o1|a1|k1|2026-02-10|Activated
        o2|a2|k2|2026-02-10|Activated""",
    "salesforce__order_item": """
        Id|OrderId|Product2Id|Quantity|TotalPrice|ServiceDate|EndDate|CurrencyIsoCode
        l1|o2|p1|1|1000|2026-01-10||
        l2|o1|p2|1|1000|2026-01-10|2026-03-02|
        l3|o2|p3|1|1000|2026-03-04||
        l7|o2|p3|1|1000|2026-02-04||USD
        l8|o2|p1|1|1000|2026-02-04||USD""",
    "crm__order": """
        order_id|account_id|order_date
        o3|a3|2026-02-20""",
    "crm__order_line": """
        order_line_id|order_id|product_id|quantity|amount_ex_tax
        l1|o3|p1|1|500
        l4|o3|p1|1|500""",
    "zendesk__organizations": """
        id|external_id|name
        g1|a1|丁社""",
    "zendesk__users": """
        id|role
        u1|agent
        u2|end-user""",
    "zendesk__tickets": """
        id|external_id|organization_id|requester_id|status|created_at
        t1|x1|g1|u2|open|2026-02-20T06:00:00+00:00
        t2|x2|g1|u2|open|2026-02-20T06:00:00+00:00""",
    "zendesk__ticket_events": """
        id|ticket_id|updater_id|child_events
        e1|t1|u1|[{"event_type": "Comment", "comment_public": true}]
        e2|t2|u2|[{"event_type": "Comment", "comment_public": true}]""",
    "zendesk__satisfaction_ratings": """
        id|ticket_id|score
        5|t2|good""",
    "zendesk__survey_responses": """
        id|subjects|answers
        01A|[{"zrn": "zen:ticket:t1"}]|[{"rating": 2, "updated_at": "2026-02-28T05:00:00Z"}]""",
    "salesforce__case": """
        Id|CaseNumber|AccountId|Status|IsClosed|ClosedDate|CreatedDate
        b1|x9|a1|New|false||2026-02-20T06:00:00+00:00
        b2|x8|a2|Closed|true|2026-02-22T06:00:00+00:00|2026-02-20T06:00:00+00:00""",
    "salesforce__task": """
        Id|AccountId|IsClosed|CompletedDateTime
        y1|a1|true|2026-02-21T06:00:00+00:00""",
    "support__call_log": """
        call_id|account_id|direction|ring_at|result
        q1|a1|着信|2026-02-21T06:00:00+00:00|応答""",
    "support__csat_response": """
        response_id|ticket_external_id|score|responded_at
        r1|x1|5|2026-02-28T06:00:00+00:00""",
    "process__content_item": """
        item_id|account_id|process_id|created_at
        i1|a1|content_production|2026-02-20T06:00:00+00:00
        i2|a2|content_production|2026-02-20T06:00:00+00:00
        i3|a3|training|2026-02-20T06:00:00+00:00""",
    "process__stage_event": """
        item_id|stage_code|event|achieved_at
        i1|planning|achieved|2026-02-22T06:00:00+00:00
        i2|planning|achieved|2026-02-22T06:00:00+00:00
        i3|planning|achieved|2026-02-22T06:00:00+00:00""",
    "product__feature_use": """
        account_id|use_date|user_id|feature_code|uses
        a1|2026-02-14|n1|f|1
        a2|2026-02-15|n1|f|1
        a3|2026-02-16|n1|f|1""",
    "product__license": """
        license_id|account_id|valid_from|valid_to|purchased
        v1|a1|2026-02-01||9""",
    "product__user": """
        user_id|account_id|department
        n1|a1|営業""",
    "product__object_count": """
        account_id|count_date|object_code|record_count
        a1|2026-02-15|story|10""",
    "product__login_event": """
        account_id|occurred_at|user_id
        a1|2026-02-18T06:00:00+00:00|n1""",
}


def _rows(table: str) -> list[dict[str, str | None]]:
    names, *lines = [line.strip().split("|") for line in table.strip().splitlines()]
    return [dict(zip(names, (cell or None for cell in line), strict=True)) for line in lines]


# In the form that the days have.
WORLD = [
    (name, [(row, -9, False) for row in _rows(table)])
    if name in OBJECTS
    else (name, (-5, "x"), _rows(table))
    for name, table in _WORLD.items()
]
