"""Why customers leave, in the words that companies write: codes of several hands, and texts.

A story has one of six reasons and a turn of it; the contract, the lost deal and the interview tell
it in words of their own. Codes are Japanese and English; some (R-01 … of an old system) nobody has mapped.
"""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

from demo.customers import Customer

T = TypeVar("T")

# reason of the story: its turns, each with codes as they are entered and texts ({name}: a person of the customer)
REASONS = {
    "low_usage": [
        (
            ["low_usage", "社内リソース不足", "社内体制不足"],
            [
                "社内体制が整わず、記事を出せなかった",
                "兼務の担当者では手が回らず、下書きのまま止まっていた",
                "Nobody in the team had time to write.",
            ],
        ),
        (
            ["利用低迷", "Low usage", "未活用", "R-01"],
            [
                "ログインが減り、書き手も決まらないまま更新時期を迎えた",
                "最初の数本は公開できたが、その後ネタ出しで止まった",
                "現場の協力が得られず活用が進まなかった。来期の再開も予定なし",
                "使いこなせていないとのこと。①体制 ②ネタ ③承認フローの順に課題",
            ],
        ),
    ],
    "budget": [
        (
            ["budget", "予算都合", "予算削減", "Budget cut"],
            [
                "予算縮小（①広報費 ②制作費）のため更新しない",
                "来期の広報予算が半減、外部サービスは一律見直し",
                "Budget freeze by the parent company, all external tools cancelled.",
            ],
        ),
        (
            ["R-02", "ｺｽﾄ削減", "価格", "Price"],
            [
                "本数に対して費用が高く、正当化できないと役員判断",
                "値上げ後の金額では稟議が通らなかった",
                "コスト削減の対象になった",
            ],
        ),
    ],
    "champion_left": [
        (
            ["champion_left", "担当者異動", "担当者変更"],
            [
                "{name}様の異動で担当者が不在になった",
                "担当交代後、新任の方に{name}様から経緯が引き継がれていなかった",
            ],
        ),
        (
            ["champion_left", "担当者退職", "キーマン退職", "Champion left"],
            [
                "推進役の{name}様が退職され、後任が決まらないまま期限が来た",
                "Our contact {name}-san left the company, the successor never onboarded.",
            ],
        ),
    ],
    "competitor": [
        (
            ["competitor", "他社乗換", "競合", "Switched to competitor"],
            [
                "他社サービスへ乗り換え",
                "MAツールに付属のコンテンツ機能に統一するため",
                "グループ指定のツールへ統合（弊社より2割安い提案だった）",
                "Moved to an agency that writes the articles for them.",
            ],
        ),
        (
            ["内製化", "In-House", "R-04"],
            ["制作を内製化。CMSは自社で構築した", "社内に編集部ができ、外の伴走が要らなくなった"],
        ),
    ],
    "support": [
        (
            ["support", "サポート不満", "対応不満", "Poor support"],
            [
                "サポートの回答が遅いと感じた",
                "障害時の連絡がなく、問合せの返信も待たされた",
                "担当がたびたび替わり、毎回同じ説明をすることになった",
                "原稿の添削の質にばらつきがあった",
                "Slow answers; had to ask for the same thing three times.",
            ],
        ),
    ],
    "other": [
        (
            ["経営統合", "M&A", "PMI", "other"],
            ["㈱親会社への事業統合のため", "Merged into another company of the group."],
        ),
        (
            ["親会社方針", "社長交代", "その他"],
            [
                "親会社の方針でグループのサイトを1つにまとめる",
                "代表交代により広報方針を白紙に戻すとのこと",
            ],
        ),
        (["事業撤退", "Z9"], ["対象事業から撤退。会社としての評価は良好"]),
        (["不明", "N/A", "その他"], ["詳細は聞けず（先方都合）"]),
    ],
}


def told_code(customer: Customer, place: str) -> str:
    """The story's reason as the hand that fills ``place`` codes it; always the same."""
    return _pick(customer, f"code:{place}", _turn(customer)[0])


def told_text(customer: Customer, place: str) -> str:
    """The story's reason in the words that stand in ``place``; always the same."""
    text = _pick(customer, f"text:{place}", _turn(customer)[1])
    return text.format(name=customer.contacts[0].person.last)


def _turn(customer: Customer) -> tuple[list[str], list[str]]:
    return _pick(customer, "turn", REASONS[customer.churn_reason])


def _pick(customer: Customer, what: str, among: Sequence[T]) -> T:
    """One of some; by chance of its own, so that no other story changes."""
    return Random(f"{what}:{customer.account_id}").choice(among)
