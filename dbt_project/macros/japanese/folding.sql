{% macro fold_width(text) -%}
    {%- set wide = '！＂＃＄％＆（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～①②③④⑤⑥⑦⑧⑨' -%}
    {%- set narrow = '!"#$%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~123456789' -%}
    {#- Voiced marks become combining ones, which compose_characters joins to their kana. -#}
    {%- set half_width_kana = '｡｢｣､･ｦｧｨｩｪｫｬｭｮｯｰｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝﾞﾟ' -%}
    {%- set full_width_kana = '。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン\u3099\u309A' -%}
    {#- Nobody sees them: soft hyphen, zero-width spaces and joiners, marks of direction, variation selectors. -#}
    {%- set invisible = '[\u00AD\u061C\u180B-\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFE00-\uFE0F\uFEFF\U000E0100-\U000E01EF]' -%}
    {%- set folded = namespace(
        sql="translate(" ~ regexp_replace_all(text, invisible, '') ~ ", '　" ~ wide ~ half_width_kana ~ "', ' " ~ narrow ~ full_width_kana ~ "')"
    ) -%}
    {%- for sign, letters in [
        ('㈱', '(株)'), ('㈲', '(有)'), ('㈴', '(名)'), ('㈵', '(特)'), ('㈶', '(財)'), ('㈳', '(社)'), ('㈻', '(学)'),
        ('㈿', '(協)'), ('㍿', '株式会社'), ('№', 'No'), ('℡', 'TEL'), ('⑩', '10'),
        ('Ⅰ', 'I'), ('Ⅱ', 'II'), ('Ⅲ', 'III'), ('Ⅳ', 'IV'), ('Ⅴ', 'V'), ('Ⅵ', 'VI'), ('Ⅹ', 'X'),
    ] -%}
        {%- set folded.sql = "replace(" ~ folded.sql ~ ", '" ~ sign ~ "', '" ~ letters ~ "')" -%}
    {%- endfor -%}
    {{ compose_characters(folded.sql) }}
{%- endmacro %}

{% macro compose_characters(text) -%}
    {{ return(adapter.dispatch('compose_characters')(text)) }}
{%- endmacro %}
{% macro duckdb__compose_characters(text) -%}
    nfc_normalize({{ text }})
{%- endmacro %}
{% macro spark__compose_characters(text) -%}
    {%- set composed = namespace(sql=text) -%}
    {%- for plain, voiced, mark in [
        ('カキクケコサシスセソタチツテトハヒフヘホウ', 'ガギグゲゴザジズゼゾダヂヅデドバビブベボヴ', '\u3099'),
        ('ハヒフヘホ', 'パピプペポ', '\u309A'),
    ] -%}
        {%- for kana in plain -%}
            {%- set joined = voiced[loop.index0] -%}
            {%- set composed.sql = "replace(" ~ composed.sql ~ ", '" ~ kana ~ mark ~ "', '" ~ joined ~ "')" -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ composed.sql }}
{%- endmacro %}

{% macro katakana(text) -%}
    nullif(trim(translate({{ fold_width(text) }}, 'ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわゐゑをんゔゕゖ', 'ァアィイゥウェエォオカガキギクグケゲコゴサザシジスズセゼソゾタダチヂッツヅテデトドナニヌネノハバパヒビピフブプヘベペホボポマミムメモャヤュユョヨラリルレロヮワヰヱヲンヴヵヶ')), '')
{%- endmacro %}

{% macro digits_of(text) -%}
    nullif({{ regexp_replace_all(fold_width(text), '[^0-9]', '') }}, '')
{%- endmacro %}

{% macro phone_digits(text) -%}
    {{ regexp_replace_all(digits_of(text), '^81([1-9][0-9]{8,9})$', '0\\1') }}
{%- endmacro %}
