"""Files in Windows-1252 and EUC-JP, whose bytes decode as Shift_JIS: no customer gets another name."""


def test_files_in_other_encodings_are_refused_with_what_to_do(run_case):
    run = run_case("other-encodings")
    with run.marts() as marts:
        names = marts.sql("select customer_name from core.dim_customer").fetchall()
        findings = marts.sql(
            "select place, rule, severity, message, what_to_do from ops.finding "
            "where rule = 'file_rejected' order by place"
        ).fetchall()
    assert [name for (name,) in names if name] == ["Unknown / 不明"]
    assert [finding[:3] for finding in findings] == [
        ("crm__account/2026-06-27/kunden_ansi.csv", "file_rejected", "incomplete"),
        ("crm__account/2026-06-28/torihikisaki_unix.csv", "file_rejected", "incomplete"),
    ]
    (_, _, _, western, what_to_do), (_, _, _, unix, _) = findings
    assert "neither UTF-8 nor Shift_JIS (cp932), they look like Windows-1252" in western
    assert "they look like EUC-JP" in unix
    assert "save it as UTF-8" in what_to_do and "tenant.yml" in what_to_do
