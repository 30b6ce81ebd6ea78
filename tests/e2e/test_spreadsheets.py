"""A company with nothing but spreadsheets: `make template`, filled in by hand, one run, the right MRR."""

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl

from cli.template import TEMPLATES, write_templates
from runtime.findings import FindingStore
from tests.e2e.daily_run import run_day

DAY = "2026-06-30"
ROWS = {
    "crm__account": [
        {"取引先ID": "001", "取引先名": "株式会社青空商事", "都道府県コード": "13"},
        {"取引先ID": "002", "取引先名": "みどり食品株式会社", "業種": "食品製造業"},
        {"取引先ID": "003", "取引先名": "有限会社南風", "担当CSM": "佐藤"},
    ],
    "crm__product": [
        {
            "商品ID": "P1",
            "商品名": "スタンダード",
            "商品ファミリー": "本体",
            "継続課金商品": "はい",
        },
        {"商品ID": "P2", "商品名": "初期設定", "商品ファミリー": "支援", "継続課金商品": "いいえ"},
    ],
    "crm__contract": [
        {"契約ID": "K1", "取引先ID": "001", "契約開始日": date(2026, 1, 1), "自動更新": "はい"},
        {"契約ID": "K2", "取引先ID": "002", "契約開始日": date(2026, 4, 1)},
        {"契約ID": "K3", "取引先ID": "003", "契約開始日": date(2025, 10, 1)},
    ],
}
# contract, product, amount, what it covers, charge, start, end
LINES = [
    ("K1", "P1", 100_000, "monthly", None, date(2026, 1, 1), None),  # MRR 100,000
    ("K2", "P1", 1_200_000, "annual", "recurring", date(2026, 4, 1), date(2027, 3, 31)),  # 100,000
    ("K2", "P2", 50_000, "one_time", "one_time", date(2026, 4, 1), None),  # paid once: 0
    ("K3", "P1", 70_000, "月額", None, date(2025, 10, 1), date(2026, 5, 31)),  # ended: 0
    ("K3", "P1", 250_000, "四半期", None, date(2026, 6, 1), None),  # 250,000 / 3 = 83,333
]
LINE_HEADERS = (
    "契約ID",
    "商品ID",
    "金額(税抜)",
    "金額の対象期間",
    "課金種別",
    "利用開始日",
    "利用終了日",
)
ROWS["crm__subscription_line"] = [
    {"明細ID": f"L{number}"} | dict(zip(LINE_HEADERS, line, strict=True))
    for number, line in enumerate(LINES, 1)
]


def fill(template: Path, rows: list[dict]) -> None:
    """Write rows below a template's header, by its Japanese names."""
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    columns = {cell.value.replace("（", "(").replace("）", ")"): cell.column for cell in sheet[1]}
    for number, row in enumerate(rows, 2):
        for header, value in row.items():
            sheet.cell(number, columns[header], value)
    book.save(template)


def test_filled_templates_give_the_right_mrr_in_the_first_run(tmp_path):
    company = tmp_path / "aozora"
    write_templates(company)
    for entity, rows in ROWS.items():
        place = company / "files" / entity / DAY / f"{entity}.xlsx"
        place.parent.mkdir(parents=True)
        shutil.copy(company / TEMPLATES / place.name, place)
        fill(place, rows)

    run = run_day(tmp_path / "home", company, DAY, site=False)

    assert run.status == 0, run.output
    with run.marts() as marts:
        mrr = marts.execute(
            "select line_id, mrr from core.fct_subscription_month where month = '2026-06-01' order by 1"
        ).fetchall()
    assert mrr == [("L1", Decimal(100_000)), ("L2", Decimal(100_000)), ("L5", Decimal(83_333))]
    assert FindingStore(run.home / "findings").open() == []
