"""What the demo company sells, and the Product2 records that say so."""

from dataclasses import dataclass, replace
from datetime import datetime

from demo.writer import Ledger, salesforce_id

PRICE_RISE = datetime(2026, 3, 2, 10, 0)
PRICE_FACTOR = 1.05


@dataclass(frozen=True)
class Product:
    """One product; ``price`` is the list price in yen, a year for recurring ones, else a unit."""

    code: str
    name: str
    family: str
    charge_type: str
    price: int
    category: tuple[str, str, str]
    tier: str | None = None
    look: tuple[str, str] | None = None
    brand: str = "Kataribe"

    @property
    def product_id(self) -> str:
        """Salesforce id of the product."""
        return salesforce_id("01t", 300 + ALL.index(self))

    @property
    def is_recurring(self) -> bool:
        """Whether it is sold as a subscription."""
        return self.charge_type == "recurring"


_CLOUD, _SERVICE, _DESIGN = "クラウド", "サービス", "デザイン"


def _plan(code: str, name: str, tier: str, price: int) -> Product:
    category = (_CLOUD, "コンテンツ制作", "プラン")
    return Product(code, f"コンテンツプラン {name}", "content", "recurring", price, category, tier)


def _option(code: str, name: str, family: str, price: int) -> Product:
    return Product(code, name, family, "recurring", price, (_CLOUD, "オプション", family))


def _service(code: str, name: str, family: str, price: int, kind: str) -> Product:
    return Product(code, name, family, "one_time", price, (_SERVICE, kind, name))


def _design(code: str, look: tuple[str, str]) -> Product:
    category = (_DESIGN, "テンプレート", "標準")
    name = f"記事デザイン {look[0]}"
    return Product(code, name, "design", "one_time", 60_000, category, look=look, brand="Irodori")


PLANS = [
    _plan("CP-LIGHT", "ライト", "Light", 780_000),
    _plan("CP-STD", "スタンダード", "Standard", 1_500_000),
    _plan("CP-PRM", "プレミアム", "Premium", 2_800_000),
]
OPTIONS = [
    _option("OP-ANALYTICS", "アクセス解析オプション", "analytics", 360_000),
    _option("OP-DELIVERY", "メディア配信オプション", "delivery", 500_000),
    _option("OP-TRAINING", "編集者育成サブスク", "training", 240_000),
]
_DELIVERY = (_CLOUD, "オプション", "delivery")
USAGE = Product("US-DELIVERY", "追加配信（従量）", "delivery", "usage", 30, _DELIVERY)
TRIAL = replace(
    PLANS[0],
    code="TR-CONTENT",
    name="コンテンツプラン 無料試用",
    charge_type="trial",
    price=0,
    tier="Trial",
)
SERVICES = [
    _service("SV-ONBOARD", "導入支援", "onboarding", 300_000, "導入"),
    _service("SV-INTERVIEW", "取材代行", "production", 150_000, "制作代行"),
    _service("SV-PHOTO", "写真撮影", "production", 80_000, "制作代行"),
    _service("SV-WRITING", "記事執筆代行", "production", 120_000, "制作代行"),
    _service("SV-TRANSLATE", "英語翻訳", "translation", 45_000, "翻訳"),
    _service("SV-WORKSHOP", "広報ワークショップ", "training", 200_000, "研修"),
    _design("DS-BLUE", ("青", "無地")),
    _design("DS-RED", ("赤", "柄")),
]
ALL = [*PLANS, *OPTIONS, USAGE, TRIAL, *SERVICES]


def write_products(ledger: Ledger) -> None:
    """Record every product; plans get their new list price in March 2026."""
    for product in ALL:
        fields = {
            "Name": product.name,
            "ProductCode": product.code,
            "Family": product.family,
            "IsActive": True,
            "PlanTier__c": product.tier,
            "ChargeType__c": product.charge_type,
            "CategoryL__c": product.category[0],
            "CategoryM__c": product.category[1],
            "CategoryS__c": product.category[2],
            "TasteColor__c": product.look[0] if product.look else None,
            "TastePattern__c": product.look[1] if product.look else None,
            "Brand__c": product.brand,
            "ListPrice__c": product.price,
        }
        changes = [(datetime(2022, 9, 1, 10, 0), fields)]
        if product in PLANS:
            changes.append((PRICE_RISE, {"ListPrice__c": round(product.price * PRICE_FACTOR)}))
        ledger.salesforce("Product2", product.product_id, changes)
