"""Random companies that carry a defect of every kind, each at a customer of its own.

A defect says what the right numbers are and by which names a finding would point at it: a run has to give
the one or the other.
"""

from collections.abc import Callable
from pathlib import Path

from tests.e2e.defect_company import DAY, DROP, Company
from tests.e2e.expected import Expected, customer, mrr, purchases, tickets
from tests.e2e.feed_defects import late_feed, odd_vendor_cell
from tests.e2e.link_defects import (
    line_without_order,
    order_without_account,
    subscription_without_account,
    use_without_account,
)

Defect = Callable[[Company], Expected]


def shifted_cell(company: Company) -> Expected:
    """A cell of another column stands in an optional one."""
    cell = company.random.choice(["09012345678", "999999999999", "1e30", "0x1F", "本社"])
    account = company.account(employee_count=cell)
    company.line(account)
    return Expected("shifted cell", {mrr(account): 100_000}, [account])


def odd_date(company: Company) -> Expected:
    """A date that no business can mean."""
    day = company.random.choice(["26/04/01", "0026-04-01", "202-04-01", "12026-04-01", "8/4/1"])
    account = company.account()
    line = company.line(account, start_date=day)
    return Expected("odd date", {mrr(account): 100_000}, [line])


def for_ever(company: Company) -> Expected:
    """An end that means there is none."""
    day = company.random.choice(["9999-12-31", "2999-12-31", "9999/12/31", "-", "なし"])
    account = company.account()
    line = company.line(account, end_date=day)
    return Expected("for ever", {mrr(account): 100_000}, [line])


def ends_before_it_starts(company: Company) -> Expected:
    """A span of less than nothing."""
    account = company.account()
    line = company.line(account, start_date="2026-04-01", end_date="2024-03-31")
    return Expected("negative span", {mrr(account): "never"}, [line])


def decimal_comma(company: Company) -> Expected:
    """A file whose decimal sign is the comma."""
    account = company.account()
    name = "abos.csv"
    company.formats[f"crm__subscription_line/{DROP}/{name}"] = ("utf-8", ";")
    lines = [
        company.line(account, name, amount_total_ex_tax=amount) for amount in ("249,90", "1.180,00")
    ]
    return Expected("decimal comma", {mrr(account): 1430}, [name, *lines])


def notation(company: Company) -> Expected:
    """An amount as people in Japan write it."""
    amount = company.random.choice(
        ["100,000円", "１００，０００", "￥100,000-", "¥100,000", " 100,000 ", "十万円"]
    )
    account = company.account()
    line = company.line(account, amount_total_ex_tax=amount)
    return Expected("notation", {mrr(account): 100_000}, [line])


def era(company: Company) -> Expected:
    """A date of the Japanese calendar."""
    day = company.random.choice(
        ["令和8年4月1日", "R8.4.1", "2026年4月1日", "2026.4.1", "平成38年4月1日"]
    )
    account = company.account()
    line = company.line(account, start_date=day)
    return Expected("era", {mrr(account): 100_000}, [line])


def placeholder_number(company: Company) -> Expected:
    """Two companies without a corporate number, which the form demands."""
    number = company.random.choice(["9999999999999", "1111111111111", "9000000000000"])
    one, other = (
        company.account(corporate_number=number, name=name)
        for name in (f"みなと商会{company.accounts}", f"Harbor Lights {company.accounts}")
    )
    company.line(one)
    company.line(other, amount_total_ex_tax="70000")
    return Expected("placeholder number", {mrr(one): 100_000, mrr(other): 70_000}, [])


def orphan_line(company: Company) -> Expected:
    """A line whose order never came."""
    order = f"O-never-came-{len(company.all('crm__order_line'))}"
    line = company.order_line(order, 5_000)
    kept = f"select count(*) from core.fct_order_line where order_id = '{order}'"
    return Expected("orphan line", {kept: 1}, [line])


def cancelled_order(company: Company) -> Expected:
    """A status in the company's own words."""
    word = company.random.choice(["キャンセル", "取消", "取消済", "Cancelled", "キャンセル済み"])
    account = company.account()
    line = company.order(account, 30_000, "2026-06-01", word)
    return Expected("cancelled order", {purchases(account): 0}, [line, word])


def unknown_status(company: Company) -> Expected:
    """A status that nobody has told the meaning of: what it counts as is said."""
    account = company.account()
    word = "保留B"
    line = company.order(account, 30_000, "2026-06-01", word)
    return Expected("unknown status", {purchases(account): "never"}, [line, word, word.lower()])


def unknown_period(company: Company) -> Expected:
    """An amount of a unit that nobody knows."""
    account = company.account()
    line = company.line(account, billing_period=company.random.choice(["隔週", "per seat", "?"]))
    return Expected("unknown period", {mrr(account): "never"}, [line])


def doubled_row(company: Company) -> Expected:
    """One line twice in a file, with two amounts."""
    account = company.account()
    first = company.line(account)
    company.line(account, line_id=first, amount_total_ex_tax="120000")
    return Expected("doubled row", {mrr(account): "never"}, [first])


def misnamed_folder(company: Company) -> Expected:
    """A file in a folder that is not quite a drop date."""
    folder = company.random.choice(
        ["20260629", "2026-06-29_再送", "2026-06-28/6月分", "2026.06.29", "6月29日", "new"]
    )
    account = company.account()
    company.line(account, f"{folder}/resend.csv")
    return Expected("misnamed folder", {mrr(account): 100_000}, [folder, "resend.csv"])


def misnamed_entity(company: Company) -> Expected:
    """A folder that is almost an entity's."""
    entity = company.random.choice(["crm__subscription_lines", "CRM__Account", "crm_order"])
    company.row(entity, "rows.csv", id="1", name="x")
    return Expected("misnamed entity", {"select 1": "never"}, [entity, entity.lower()])


def other_encoding(company: Company) -> Expected:
    """Names in an encoding that is not the country's."""
    encoding, name = company.random.choice(
        [
            ("cp1252", "Bäckerei Schröder GmbH"),
            ("euc_jp", "株式会社みなと横浜"),
            ("mac_roman", "Café Zoë SARL"),
            ("utf-16", "株式会社北のパン"),
        ]
    )
    file = f"accounts_{encoding}.csv"
    company.formats[f"crm__account/{DROP}/{file}"] = (encoding, ",")
    account = company.account(file, name=name)
    shown = f"select customer_name from core.dim_customer where customer_key = {customer(account)}"
    return Expected("other encoding", {shown: name}, [file])


def no_table(company: Company) -> Expected:
    """A file that is no table at all."""
    name, content = company.random.choice(
        [
            ("契約一覧.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)),
            ("empty.csv", b""),
            ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4),
            ("page.csv", b"<html><body><table><tr><td>1</td></tr></table></body></html>"),
        ]
    )
    company.bytes[f"crm__subscription_line/{DROP}/{name}"] = content
    return Expected("no table", {"select 1": "never"}, [name])


def foreign_currency(company: Company) -> Expected:
    """An amount in a currency without a rate."""
    account = company.account()
    line = company.line(account, currency="USD", amount_total_ex_tax="2000")
    return Expected("foreign currency", {mrr(account): "never"}, [line, "USD"])


def ids_of_two_files(company: Company) -> Expected:
    """A subscription line and an order line have the same id, as running numbers do."""
    account = company.account()
    line = company.line(account)
    company.order(account, 5_000, "2026-05-15", order_line_id=line)
    return Expected("ids of two files", {mrr(account): 100_000, purchases(account): 5_000})


def same_day_swap(company: Company) -> Expected:
    """The end of a line is the day on which the next one begins."""
    account = company.account()
    company.line(account, start_date="2026-01-31", end_date="2026-04-30")
    company.line(account, start_date="2026-04-30", amount_total_ex_tax="150000")
    return Expected("same-day swap", {mrr(account, "2026-04-01"): 150_000}, [])


def free_sample(company: Company) -> Expected:
    """What is sent for nothing is no purchase."""
    account = company.account()
    company.order(account, 100_000, "2026-01-15")
    company.order(account, 0, "2026-06-20")
    frequency = (
        f"select frequency from marts.mart_rfm where customer_key = {customer(account)} "
        f"and as_of_date = date '{DAY}'"
    )
    return Expected("free sample", {frequency: 1, purchases(account): 100_000}, [])


def wrapped_id(company: Company) -> Expected:
    """The id of an account as another tool writes it."""
    account = company.account()
    company.line(account)
    short = account[:15]
    written = company.random.choice([short, f"'{account}", f'="{account}"', f" {account} "])
    company.row(
        "product__feature_use",
        "uses.csv",
        account_id=written,
        use_date="2026-06-22",
        feature_code="report",
        uses=7,
    )
    used = (
        "select coalesce(sum(uses_7d), 0) from core.fct_usage_weekly "
        f"where week_end = date '2026-06-28' and customer_key = {customer(account)}"
    )
    return Expected("wrapped id", {used: 7}, [account, short, "uses.csv"])


def dead_link(company: Company) -> Expected:
    """An organisation whose external id leads nowhere, with the mail domain of exactly one account."""
    domain = f"tomoshibi{company.accounts}.co.jp"
    account = company.account(website_domain=f"https://www.{domain}/")
    company.ticket(f"T-00{company.accounts}", [domain])
    return Expected("dead link", {tickets(account): 1}, [])


def shared_platform(company: Company) -> Expected:
    """An account's website and an organisation's domain are a platform where anyone has a page."""
    domain = company.random.choice(["facebook.com", "note.com", "ameblo.jp", "gmail.com", "なし"])
    account = company.account(website_domain=domain)
    company.ticket(None, [domain])
    return Expected("shared platform", {tickets(account): 0}, [])


def internal_ticket(company: Company) -> Expected:
    """A question to ourselves is no ticket of the customer."""
    account = company.account()
    company.line(account)
    company.ticket(account, [])
    company.ticket(account, [], channel="side_conversation")
    counted = (
        f"select tickets_90d from marts.mart_customer_360 where customer_key = {customer(account)}"
    )
    return Expected("internal ticket", {counted: 1}, [])


DEFECTS: tuple[Defect, ...] = (
    shifted_cell,
    odd_date,
    for_ever,
    ends_before_it_starts,
    decimal_comma,
    notation,
    era,
    placeholder_number,
    orphan_line,
    order_without_account,
    line_without_order,
    subscription_without_account,
    use_without_account,
    cancelled_order,
    unknown_status,
    unknown_period,
    doubled_row,
    misnamed_folder,
    misnamed_entity,
    other_encoding,
    no_table,
    foreign_currency,
    ids_of_two_files,
    same_day_swap,
    free_sample,
    wrapped_id,
    dead_link,
    shared_platform,
    internal_ticket,
    odd_vendor_cell,
    late_feed,
)


def write_company(folder: Path, seed: int) -> list[Expected]:
    """Write a company with every defect twice, and ten sound customers; returns what must come of it."""
    company = Company(seed)
    company.row("crm__product", "p.csv", product_id="P1", name="基本", product_family_id="basic")
    company.row("crm__product", "p.csv", product_id="P2", name="機器", product_family_id="goods")
    sound = [company.account() for _ in range(10)]
    for account in sound:
        company.line(account)
        company.order(account, 10_000, "2026-05-15")
    twice = [*DEFECTS, *DEFECTS]
    expected = [defect(company) for defect in company.random.sample(twice, len(twice))]
    expected += [
        Expected("sound", {mrr(account): 100_000, purchases(account): 10_000}) for account in sound
    ]
    company.write(folder)
    return expected
