"""A workbook with a password, an old .xls and a CSV that begins with `sep=;`: its sender knows what to do."""

import json


def test_each_is_told_in_its_senders_words(run_case):
    run = run_case("password-protected-workbook")
    reasons = {
        path.name.removesuffix(".reason.json"): json.loads(path.read_text())["reason"]
        for path in (run.home / "lake" / "quarantine").rglob("*.reason.json")
    }
    assert reasons.keys() == {"契約一覧_社外秘.xlsx", "注文.xls"}
    locked, old = reasons["契約一覧_社外秘.xlsx"], reasons["注文.xls"]
    assert "is protected by a password: save it without" in locked
    assert "パスワードで保護されています" in locked
    assert "is an old Excel file" in old and "save it as .xlsx" in old
    assert "パスワードで保護されています" in run.output
    with run.marts() as marts:
        places = marts.sql("select place from ops.finding where rule = 'file_rejected'").fetchall()
    assert sorted(place.rsplit("/")[-1] for (place,) in places) == sorted(reasons)
    orders = run.home / "lake" / "raw" / "files" / "crm__order" / "_committed.json"
    (notes,) = (run["files"] for run in json.loads(orders.read_text())["runs"])
    assert notes["crm__order/2026-06-28/sep.csv"]["rows"] == 1
