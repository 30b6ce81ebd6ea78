"""People of the vendor: customer success managers and sales, as users of Salesforce."""

from datetime import datetime

from demo.writer import Ledger, salesforce_id

FIRST_CSM, FIRST_SALES = 500, 600
CSMS = ("佐藤 美咲", "鈴木 健太", "高橋 彩", "田中 翔", "伊藤 真由", "渡辺 陽介")
SALES = ("山本 大輔", "中村 由佳", "小林 誠", "加藤 恵", "吉田 直樹")


def csm_of(number: int) -> str:
    """User id of the customer success manager of a customer."""
    return salesforce_id("005", FIRST_CSM + number % len(CSMS))


def seller_of(number: int) -> str:
    """User id of who sells to a customer."""
    return salesforce_id("005", FIRST_SALES + number % len(SALES))


def write_users(ledger: Ledger) -> None:
    """Record the users, all of whom were there before the first customer."""
    teams = (
        (FIRST_CSM, CSMS, "カスタマーサクセスマネージャー", "カスタマーサクセス部"),
        (FIRST_SALES, SALES, "営業担当", "営業部"),
    )
    hired = datetime(2022, 9, 1, 10, 0)
    for first, people, title, department in teams:
        for place, name in enumerate(people):
            fields = {
                "Username": f"user{first + place}@vendor.example.jp",
                "Name": name,
                "Email": f"user{first + place}@vendor.example.jp",
                "Title": title,
                "Department": department,
                "UserType": "Standard",
                "IsActive": True,
                "EmployeeNumber": f"E{first + place}",
            }
            ledger.salesforce("User", salesforce_id("005", first + place), [(hired, fields)])
