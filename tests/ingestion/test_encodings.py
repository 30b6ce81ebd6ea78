"""Which encoding a dropped CSV is in: no name may come out as another one."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.sources.files.csv_xlsx import Told, read_records
from ingestion.sources.files.encodings import find_encoding
from ingestion.sources.files.unreadable import UnreadableFile
from runtime.records import ExpectedColumns

JAPANESE = [
    "株式会社みなと",
    "横浜商事",
    "東京都",
    "名古屋市",
    "サンライズ株式会社",
    "山田太郎",
    "㈱髙﨑工務店",
    "(有)アイス",
    "澤邉建設",
    "NTT東日本",
    "TDK工業",
    "Webサイト制作",
    "㈲龍",
    "ABC商会",
    "iPad用ケース販売",
    "ＪＲ東海",
    "三菱UFJ銀行",
    "第１営業部（東京）",
    "株式会社ﾐﾅﾄ",
    "ｶﾌﾞｼｷｶﾞｲｼｬﾔﾏﾀﾞ",
    "ｱｲｳｴｵ商店",
    "合同会社みかん～１号",
    "ソニー・ミュージック",
]
HALF_WIDTH = [
    "ｶﾌﾞｼｷｶﾞｲｼｬ",
    "ﾐﾅﾄｼｮｳｶｲ",
    "ﾔﾏﾀﾞ",
    "ﾀﾛｳ",
    "ﾎﾟｽﾄ",
    "ｻﾝﾗｲｽﾞ",
    "ﾄｳｷｮｳ",
    "ﾕｳｹﾞﾝｶﾞｲｼｬ",
    "ﾃｨｰﾃﾞｨｰｹｰ",
    "ﾆﾎﾝ",
    "ｽﾞｷ",
    "ﾜﾀﾅﾍﾞ",
    "ｵｵｻｶ",
    "ﾅｺﾞﾔ",
]
WESTERN = """Bäckerei|Möbelhaus Jäger KG|Schröder|Müller|Größe|Straßenbau GmbH|Köln|Österreich AG|Crémerie|Élan|Hélène & Frères|Noël|Café
Société Générale|Française|Peña|Compañía Española|São Paulo|Conceição|Sillanpää|Kankaanpää Osk|Løvås|Åke Ström|Håkan|ÆRØ
McDonald’s|L’Oréal|“Wort”|GARÇON|MÜNCHEN|À la carte|naïve|Pößneck|Süßebier|Íñigo Yáñez|Ordóñez|Löf|Zoë""".replace(
    "\n", "|"
).split("|")


def saved(folder, rows, encoding):
    path = folder / "a.csv"
    text = "account_id,name\n" + "".join(f"A{n},{row}\n" for n, row in enumerate(rows))
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("name", JAPANESE)
def test_one_japanese_name_in_cp932_is_enough(tmp_path, name):
    assert find_encoding(saved(tmp_path, [name], "cp932")) == "cp932"


@given(rows=st.lists(st.sampled_from(HALF_WIDTH), min_size=3, unique=True))
def test_names_in_half_width_kana_alone_are_cp932(tmp_path_factory, rows):
    assert find_encoding(saved(tmp_path_factory.getbasetemp(), rows, "cp932")) == "cp932"


@given(
    rows=st.lists(
        st.sampled_from(JAPANESE + HALF_WIDTH + ["abc", "Cafe 24", "-"]), min_size=4, unique=True
    )
)
def test_any_mixture_of_japanese_is_cp932(tmp_path_factory, rows):
    assert (
        find_encoding(saved(tmp_path_factory.getbasetemp(), [*rows, "横浜商事"], "cp932"))
        == "cp932"
    )


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850", "iso8859_15"])
@given(rows=st.lists(st.sampled_from(WESTERN), min_size=1, max_size=6))
def test_western_names_are_never_read_as_japanese(tmp_path_factory, encoding, rows):
    try:
        path = saved(tmp_path_factory.getbasetemp(), rows, encoding)
    except UnicodeEncodeError:
        return
    if path.read_bytes().isascii():
        return
    with pytest.raises(UnreadableFile) as caught:
        find_encoding(path)
    assert "neither UTF-8 nor Shift_JIS" in caught.value.reason
    assert "CSV UTF-8" in caught.value.what_to_do and "tenant.yml" in caught.value.what_to_do


UNIX = [
    *(
        "株式会社みなと",
        "横浜",
        "横浜商事",
        "東京都",
        "名古屋市",
        "サンライズ株式会社",
        "山田太郎",
        "大阪",
        "みなとや",
    ),
    *(
        "カブシキガイシャ",
        "高橋",
        "日本電気",
        "福岡市中央区",
        "有限会社あおば",
        "北海道",
        "ソニー・ミュージック",
        "本社",
    ),
]


@given(rows=st.lists(st.sampled_from(UNIX), min_size=1, max_size=5))
def test_euc_jp_is_never_read_as_half_width_kana(tmp_path_factory, rows):
    with pytest.raises(UnreadableFile):
        find_encoding(saved(tmp_path_factory.getbasetemp(), rows, "euc_jp"))


@given(
    rows=st.lists(st.sampled_from(HALF_WIDTH), min_size=1, max_size=3),
    others=st.lists(st.sampled_from(UNIX), max_size=2),
)
def test_half_width_kana_in_euc_jp_are_refused_or_told(tmp_path_factory, rows, others):
    """Each is an everyday kanji in CP932: a file of some is refused, of one short name both encodings are named."""
    path, told = saved(tmp_path_factory.getbasetemp(), rows + others, "euc_jp"), Told()
    letters = sum(map(len, rows))
    try:
        list(read_records(path, ExpectedColumns(), told))
    except UnreadableFile as error:
        assert letters > 3 or others
        assert "they look like EUC-JP" in error.reason
    else:
        assert letters < 4 and not others
        (remark,) = told.remarks
        assert remark.rule == "encoding_uncertain"
        assert "cp932" in remark.message and "EUC-JP" in remark.message
        assert "encoding: euc_jp" in remark.what_to_do


@pytest.mark.parametrize(("name", "encoding"), [("ﾀﾛｳ", "euc_jp"), ("ﾎﾟｽﾄ", "cp932")])
def test_two_plausible_encodings_are_told_unless_one_is_stated(tmp_path, name, encoding):
    path = saved(tmp_path, [name], encoding)
    for stated, rules in (("", ["encoding_uncertain"]), (encoding, [])):
        told = Told()
        list(read_records(path, ExpectedColumns(), told, stated))
        assert [remark.rule for remark in told.remarks] == rules


@pytest.mark.parametrize("name", ["芝", "自社", "篠", "写真社", *JAPANESE])
def test_japanese_names_are_not_uncertain(tmp_path, name):
    told = Told()
    list(read_records(saved(tmp_path, [name], "cp932"), ExpectedColumns(), told))
    assert told.remarks == []


def test_what_it_looks_like_is_told(tmp_path):
    for rows, encoding, said in [
        (
            ["株式会社みなと", "名古屋市"],
            "euc_jp",
            "they look like EUC-JP; read as Shift_JIS line ",
        ),
        (
            ["Schröder"],
            "cp1252",
            "they look like Windows-1252, Mac Roman or another Western encoding; ",
        ),
        (["Москва"], "cp1251", "neither UTF-8 nor Shift_JIS (cp932)"),
        (["みなと"], "iso2022_jp", "they look like ISO-2022-JP /"),
    ]:
        with pytest.raises(UnreadableFile) as caught:
            find_encoding(saved(tmp_path, rows, encoding))
        assert said in caught.value.reason, encoding
    with pytest.raises(UnreadableFile, match="its Shift_JIS characters are damaged or cut off"):
        path = saved(tmp_path, JAPANESE, "cp932")
        path.write_bytes(path.read_bytes()[:-1] + b"\x85\xff")
        find_encoding(path)


def test_a_large_file_is_not_spoilt_by_a_few_odd_cells(tmp_path):
    chance = random.Random(1)
    rows = [chance.choice(JAPANESE) for _ in range(500)] + ["外字\ue000", "ｶﾞﾞ", "web版", "Aのb"]
    path = saved(tmp_path, rows, "cp932")
    assert find_encoding(path) == "cp932"
    told = Told()
    records = [r for chunk in read_records(path, ExpectedColumns(), told) for r in chunk]
    assert [record["name"] for record in records] == rows
    (remark,) = told.remarks
    assert (remark.rule, remark.rows) == ("odd_characters", 1)
    assert "from row 502 on in name /" in remark.message


@pytest.mark.parametrize(("cell", "rows"), [("東京ﾄﾞｰﾑ前", 1), ("ｶﾌﾞｼｷ会社", 0), ("株式会社ﾐﾅﾄ", 0)])
def test_half_width_kana_within_a_word_is_told(tmp_path, cell, rows):
    told = Told()
    list(read_records(saved(tmp_path, [cell, "横浜"], "cp932"), ExpectedColumns(), told))
    assert sum(remark.rows for remark in told.remarks) == rows


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1252", "Bäckerei"),
        ("mac_roman", "Bäckerei"),
        ("euc_jp", "名古屋市"),
        ("utf-16-le", "みなと"),
        ("iso2022_jp", "みなと"),
    ],
)
def test_the_encoding_named_for_the_feed_is_believed(tmp_path, encoding, name):
    path = saved(tmp_path, [name], encoding)
    (chunk,) = read_records(path, ExpectedColumns(), Told(), encoding)
    assert chunk == [{"account_id": "A0", "name": name}]


def test_a_byte_order_mark_is_believed_more(tmp_path):
    assert find_encoding(saved(tmp_path, ["みなと"], "utf-8-sig"), "cp1252") == "utf-8-sig"
    assert find_encoding(saved(tmp_path, ["みなと"], "utf-16"), "cp1252") == "utf-16"


def test_bytes_that_are_not_of_the_named_encoding_are_told(tmp_path):
    with pytest.raises(UnreadableFile, match=r"not EUC_JP, as the tenant\.yml says"):
        find_encoding(saved(tmp_path, ["Bäckerei"], "cp1252"), "euc_jp")


def test_unicode_text_of_excel_is_read(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("account_id\tname\r\nA1\t株式会社みなと\r\n".encode("utf-16"))
    (chunk,) = read_records(path, ExpectedColumns(["account_id", "name"]), Told())
    assert chunk == [{"account_id": "A1", "name": "株式会社みなと"}]


CHINESE = ["北京公司", "上海有限公司", "深圳市科技股份有限公司", "广州贸易", "天津机械", "青岛啤酒"]
KOREAN = ["삼성전자", "현대자동차", "한국전력", "서울상사"]


@pytest.mark.parametrize(("encoding", "names"), [("gb18030", CHINESE), ("euc_kr", KOREAN)])
@given(data=st.data())
def test_chinese_and_korean_names_are_never_read_as_kana(tmp_path_factory, encoding, names, data):
    rows = data.draw(st.lists(st.sampled_from(names), min_size=4, unique=True))
    with pytest.raises(UnreadableFile):
        find_encoding(saved(tmp_path_factory.getbasetemp(), rows, encoding))


def test_half_width_kana_do_not_make_shift_jis_of_euc_jp(tmp_path):
    with pytest.raises(UnreadableFile, match="EUC-JP"):
        find_encoding(saved(tmp_path, ["株式会社みなと", "ｶﾌﾞｼｷ"], "euc_jp"))


def test_two_encodings_in_one_file_are_refused_with_the_line(tmp_path):
    path = tmp_path / "a.csv"
    first, second = "account_id,name\nA1,株式会社みなと\n", "A2,有限会社北山\n"
    path.write_bytes(first.encode("cp932") + second.encode())
    with pytest.raises(UnreadableFile, match="line 3 is UTF-8 and others are Shift_JIS"):
        find_encoding(path)
    path.write_bytes(first.encode() + second.encode("cp932"))
    with pytest.raises(
        UnreadableFile, match="UTF-8 characters are damaged or cut off, from line 3"
    ):
        find_encoding(path)


@pytest.mark.parametrize(
    ("wrong", "told"), [("cp932", 1), ("latin-1", 1), ("cp1252", 1), ("utf-8", 0)]
)
def test_text_that_was_read_in_a_wrong_encoding_before_is_told(tmp_path, wrong, told):
    mangled = "みなとé".encode().decode(wrong, "ignore")
    path = saved(tmp_path, [mangled, "Zoé’s café", "Château d’Été"], "utf-8")
    said = Told()
    list(read_records(path, ExpectedColumns(["account_id"]), said))
    assert [remark.rows for remark in said.remarks if remark.rule == "odd_characters"] == [1] * told
