"""What the data item definition document calls databases, areas, ways of matching and of updating."""

from typing import NamedTuple

from runtime.sources import SOURCES

WAREHOUSE = "warehouse"


class Name(NamedTuple):
    """What something is called."""

    en: str
    ja: str


DATABASES = {spec.name: Name(spec.english, spec.japanese) for spec in SOURCES.values()} | {
    WAREHOUSE: Name("Customer success warehouse", "カスタマーサクセスDWH"),
}
AREAS = {
    "crm": Name("CRM", "CRM"),
    "sfa": Name("Sales (SFA)", "営業（SFA）"),
    "ma": Name("Marketing (MA)", "マーケティング（MA）"),
    "support": Name("Support", "サポート"),
    "success": Name("Success and use", "サクセス・利用"),
    "core": Name("Shared tables (core)", "共通テーブル（core）"),
    "marts": Name("Marts", "マート（marts）"),
    "ops": Name("Operations (ops)", "運用（ops）"),
}
METHODS = {"automatic": Name("automatic", "自動"), "manual": Name("manual", "手動")}
FREQUENCIES = {
    "daily": Name("daily", "日次"),
    "weekly": Name("weekly", "週次"),
    "monthly": Name("monthly", "月次"),
    "quarterly": Name("quarterly", "四半期"),
}
PERSONAL = {"direct": Name("direct", "直接"), "quasi": Name("quasi", "間接")}
SUBJECTS = {
    "account": Name("companies", "企業"),
    "contact": Name("contacts", "担当者"),
    "ticket_requester": Name("ticket requesters", "問合せ者"),
}
# ways of matching, as in seed match_method
WAYS = {
    "source_record": Name("its own record", "CRMのレコード自身"),
    "crm_link": Name("CRM id", "CRMのID"),
    "corporate_number": Name("corporate number", "法人番号"),
    "email": Name("e-mail address", "メールアドレス"),
    "domain": Name("domain", "ドメイン"),
}
