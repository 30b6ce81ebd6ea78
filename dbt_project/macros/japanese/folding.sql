{#- What CP932 has and NFKC folds, one character to one: then spaces of every kind; marks without width go. -#}
{% macro fold_width(text) -%}
    {%- set wide = '！＂＃＄％＆（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～〜①②③④⑤⑥⑦⑧⑨' -%}
    {%- set narrow = '!"#$%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~~123456789' -%}
    {%- set signs = 'ⅠⅤⅩⅰⅴⅹ㊤㊥㊦㊧㊨￠￡￢￥￤‖Å゛゜塚晴朗凞猪益礼神祥福靖精羽蘒諸逸都隆飯飼館鶴' -%}
    {%- set plain_signs = 'IVXivx上中下左右¢£¬¥¦∥Å\u3099\u309A塚晴朗凞猪益礼神祥福靖精羽蘒諸逸都隆飯飼館鶴' -%}
    {#- Voiced marks become combining ones, which compose_characters joins to their kana. -#}
    {%- set half_width_kana = '｡｢｣､･ｦｧｨｩｪｫｬｭｮｯｰｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝﾞﾟ' -%}
    {%- set full_width_kana = '。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン\u3099\u309A' -%}
    {#- Nobody sees them: soft hyphen, zero-width spaces and joiners, marks of direction, variation selectors. -#}
    {%- set invisible = '[\u00AD\u061C\u180B-\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFE00-\uFE0F\uFEFF\U000E0100-\U000E01EF]' -%}
    {%- set spaces = '　\t\n\r\u00A0\u2002\u2003\u2009\u202F\u3164' -%}
    {%- set letters_of = {
        '㈱': '(株)', '㈲': '(有)', '㈴': '(名)', '㈵': '(特)', '㈶': '(財)', '㈳': '(社)', '㈻': '(学)', '㈿': '(協)',
        '㈾': '(資)', '㈹': '(代)', '㍿': '株式会社', '№': 'No', '℡': 'TEL', '㏍': 'KK', '⑩': '10', 'Ⅱ': 'II', 'Ⅲ': 'III',
        'Ⅳ': 'IV', 'Ⅵ': 'VI',
    } -%}
    {%- set one_to_one -%}
        translate({{ regexp_replace_all(text, invisible, '') }}, '{{ wide ~ '＇' ~ signs ~ half_width_kana ~ spaces }}', '{{ narrow ~ "''" ~ plain_signs ~ full_width_kana ~ ' ' * spaces | length }}')
    {%- endset -%}
    {#- In a text of Spark's SQL a backslash escapes. -#}
    {%- set folded = namespace(sql="replace(" ~ one_to_one ~ ", '＼', chr(92))") -%}
    {%- for sign, letters in letters_of.items() -%}
        {%- set folded.sql = "replace(" ~ folded.sql ~ ", '" ~ sign ~ "', '" ~ letters ~ "')" -%}
    {%- endfor -%}
    {{ compose_characters(folded.sql) }}
{%- endmacro %}

{#- The other signs of CP932 that NFKC makes several letters, a third of them: all at once nest too deep for a linter. -#}
{% macro fold_signs(text, third) -%}
    {%- set letters_of = [
        {
            '…': '...', '‥': '..', '″': '′′', '℃': '°C', '∬': '∫∫', '㎜': 'mm', '㎝': 'cm', '㎞': 'km', '㎎': 'mg',
            '㎏': 'kg', '㏄': 'cc', '㎡': 'm2', '㍾': '明治', '㍽': '大正', '㍼': '昭和', '㍻': '平成', '㋿': '令和',
        },
        {
            '㍉': 'ミリ', '㌔': 'キロ', '㌢': 'センチ', '㍍': 'メートル', '㌘': 'グラム', '㌧': 'トン', '㌃': 'アール',
            '㌶': 'ヘクタール', '㍑': 'リットル', '㍗': 'ワット', '㌍': 'カロリー', '㌦': 'ドル', '㌣': 'セント',
            '㌫': 'パーセント', '㍊': 'ミリバール', '㌻': 'ページ', '㊑': '(株)', '㊒': '(有)', '㊓': '(社)', '㊔': '(名)',
            '㊕': '(特)', '㊖': '(財)', '㈼': '(監)', '㈽': '(企)',
        },
        {
            'Ⅶ': 'VII', 'Ⅷ': 'VIII', 'Ⅸ': 'IX', 'ⅱ': 'ii', 'ⅲ': 'iii', 'ⅳ': 'iv', 'ⅵ': 'vi', 'ⅶ': 'vii', 'ⅷ': 'viii',
            'ⅸ': 'ix', '⑪': '11', '⑫': '12', '⑬': '13', '⑭': '14', '⑮': '15', '⑯': '16', '⑰': '17', '⑱': '18',
            '⑲': '19', '⑳': '20',
        },
    ][third - 1] -%}
    {%- set folded = namespace(sql=text) -%}
    {%- for sign, letters in letters_of.items() -%}
        {%- set folded.sql = "replace(" ~ folded.sql ~ ", '" ~ sign ~ "', '" ~ letters ~ "')" -%}
    {%- endfor -%}
    {{ folded.sql }}
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
