"""A Salesforce org with one large object, for the extraction benchmark: pages rendered beforehand, so that
serving costs next to nothing. `python -m tests.bench.salesforce_server RECORDS` prints its base URL.
"""

import random
import sys
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

PAGE_SIZE = 1000
ROOT = "/services/data/v63.0"
START = datetime(2021, 4, 1, tzinfo=UTC)
WORDS = [
    "年間利用料",
    "初期導入",
    "追加席",
    "サポート",
    "Standard",
    "Enterprise",
    "renewal",
    "値引",
    "月額",
    "オンボーディング",
]
FIELD_TYPES = {
    "Id": "id",
    "IsDeleted": "boolean",
    "OrderId": "reference",
    "OrderItemNumber": "string",
    "Product2Id": "reference",
    "PricebookEntryId": "reference",
    "Quantity": "double",
    "UnitPrice": "currency",
    "ListPrice": "currency",
    "TotalPrice": "currency",
    "CurrencyIsoCode": "picklist",
    "ServiceDate": "date",
    "EndDate": "date",
    "Description": "string",
    "BillingPeriod__c": "picklist",
    "ChargeType__c": "picklist",
    "AutoRenew__c": "boolean",
    "CreatedById": "reference",
    "CreatedDate": "datetime",
    "LastModifiedDate": "datetime",
    "SystemModstamp": "datetime",
}


def order_item(number: int, chance: random.Random) -> dict[str, Any]:
    """Order line ``number``, with the 21 fields a company has filled in."""
    created = START + timedelta(minutes=7 * number)
    stamp = (created + timedelta(days=chance.randrange(90))).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    price = chance.randrange(1000, 900_000)
    quantity = chance.choice([1.0, 5.0, 12.0])
    return {
        "attributes": {
            "type": "OrderItem",
            "url": f"{ROOT}/sobjects/OrderItem/802{number:012d}AAA",
        },
        "Id": f"802{number:012d}AAA",
        "IsDeleted": False,
        "OrderId": f"801{number // 3:012d}AAA",
        "OrderItemNumber": f"{number:010d}",
        "Product2Id": f"01t{chance.randrange(300):012d}AAA",
        "PricebookEntryId": f"01u{chance.randrange(900):012d}AAA",
        "Quantity": quantity,
        "UnitPrice": price + 0.5 * chance.randrange(2),
        "ListPrice": price * 1.1,
        "TotalPrice": price * quantity,
        "CurrencyIsoCode": "JPY",
        "ServiceDate": f"{created:%Y-%m-%d}",
        "EndDate": f"{created + timedelta(days=364):%Y-%m-%d}" if number % 4 else None,
        "Description": " ".join(chance.choices(WORDS, k=4)) if number % 3 else None,
        "BillingPeriod__c": chance.choice(["term", "monthly", "annual"]),
        "ChargeType__c": chance.choice(["recurring", "recurring", "one_time"]),
        "AutoRenew__c": bool(number % 2),
        "CreatedById": f"005{chance.randrange(40):012d}AAA",
        "CreatedDate": f"{created:%Y-%m-%dT%H:%M:%S}.000+0000",
        "LastModifiedDate": stamp,
        "SystemModstamp": stamp,
    }


def rendered_pages(count: int) -> list[bytes]:
    """Bodies of the query's pages."""
    chance, pages = random.Random(20261122), []
    for first in range(0, count, PAGE_SIZE):
        numbers = range(first, min(first + PAGE_SIZE, count))
        body = {"totalSize": count, "done": numbers.stop == count}
        if numbers.stop < count:
            body["nextRecordsUrl"] = f"{ROOT}/query/01g000000000001AAA-{numbers.stop}"
        body["records"] = [order_item(number, chance) for number in numbers]
        pages.append(orjson.dumps(body))
    return pages


def main() -> None:
    """Serve until killed."""
    pages = rendered_pages(int(sys.argv[1]))
    described = {
        "name": "OrderItem",
        "fields": [{"name": n, "type": t, "filterable": True} for n, t in FIELD_TYPES.items()],
    }

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path.endswith("/describe"):
                self._answer(orjson.dumps(described))
            elif self.path.rstrip("/").endswith("/sobjects"):
                listed = {"sobjects": [{"name": "OrderItem", "queryable": True}]}
                self._answer(orjson.dumps(listed))
            else:
                _, _, offset = self.path.partition("AAA-")
                self._answer(pages[int(offset or 0) // PAGE_SIZE])

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            token = {"access_token": "00Dbench", "instance_url": url, "token_type": "Bearer"}
            self._answer(orjson.dumps(token))

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json;charset=UTF-8")
            self.send_header("Sforce-Limit-Info", "api-usage=18/15000")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """No line a request."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    url = f"http://127.0.0.1:{server.server_port}"
    print(url, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
