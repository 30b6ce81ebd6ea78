{#- Of a text that a person wrote the beginning, without what names or reaches somebody (docs/domain/service.md#excerpts). -#}
{% macro masked_excerpt(text, names) -%}
    {%- set characters = var('excerpt_characters') -%}
    {%- if characters == 0 -%} cast(null as {{ dbt.type_string() }})
    {%- else -%}
    nullif(trim({{ regexp_replace_all("left(" ~ masked_text(text, names) ~ ", " ~ characters ~ ")", opening_bracket() ~ '[a-z]*$', '') }}), '')
    {%- endif -%}
{%- endmacro %}

{#- Rather too much than too little: whoever reads an excerpt wants to know what it is about, not who it is. -#}
{% macro masked_text(text, names) -%}
    {%- set kanji, kana, latin = '[一-鿿々ヶ㐀-䶿﨎-﨩𠀀-𪛖]', '[ァ-ヺー]', '[A-Za-zÀ-ɏ]' -%}
    {%- set digit, between = '[0-9〇一二三四五六七八九]', '[ ()+._~・‐-―−ー-]' -%}
    {%- set called = '(様|さま|さん|氏|殿|先生|君|くん|ちゃん|部長|課長|係長|社長|店長|主任|と申し|と申す)' -%}
    {%- set one = '(?:' ~ kanji ~ '{1,5}(?: ?' ~ kanji ~ '{1,5})?|' ~ kana ~ '{2,12}(?:[ ・]?' ~ kana ~ '{2,12})?|'
        ~ latin ~ '+(?: ' ~ latin ~ '+)?)' -%}
    {#- kanji outside the common block, too: 﨑, 𠮷 -#}
    {#- a sign that no text has stands for 様 in words that are no name's -#}
    {%- set steps = [
        ('(?i)(?:[a-z]+://|www[.])[^ 、。「」]*', '[url]'),
        ('[A-Za-z0-9.!#$%&*+/=?^_|~-]+ ?@ ?[A-Za-z0-9.-]+', '[mail]'),
        ('[^ ]* ?@ ?[^ ]*', '[mail]'),
        ('(?:北海道|東京都|大阪府|京都府|' ~ kanji ~ '{2,3}県)[^ 、。,]{0,16}[市区町村郡][^ 、。,]*', '[address]'),
        ('[〒+(]*' ~ digit ~ '(?:' ~ between ~ '{0,3}' ~ digit ~ '){6,}', '[number]'),
        ('([仕同模異客皆]|疲れ|苦労|世話|陰)様', '\\1\uFFFE'),
        (one ~ ' ?' ~ called, '[name]\\1'),
        ('(^|[^A-Za-z])(?:Mr|Mrs|Ms|Miss|Dr)(?:[.] ?| )' ~ latin ~ '+(?: ' ~ latin ~ '+)?', '\\1[name]'),
        ('\uFFFE', '様'),
    ] -%}
    {%- set masked = namespace(sql=mask_words(folded_text(text), name_words(names))) -%}
    {%- for pattern, mark in steps -%}
        {%- set masked.sql = regexp_replace_all(masked.sql, pattern, mark) -%}
    {%- endfor -%}
    {{ masked.sql }}
{%- endmacro %}

{#- Folding costs more than all masks: only what holds signs that it changes. -#}
{% macro folded_text(text) -%}
    case
        when {{ regexp_replace_all(text, '[ -~ぁ-ゖァ-ヾ一-鿿々〇。、「」]', '') }} <> '' then {{ fold_width(text) }}
        else {{ text }}
    end
{%- endmacro %}

{#- The words of names as a pattern; a single Latin letter is none, it would be found everywhere. -#}
{% macro name_words(names) -%}
    {%- set signs = '!"#$%&()*+,-./:;<=>?@[]^_`{|}~・' -%}
    {%- set words = "translate(" ~ folded_text("concat_ws(' ', " ~ names | join(', ') ~ ")")
        ~ ", '" ~ signs ~ "''' || chr(92), '" ~ ' ' * (signs | length + 2) ~ "')" -%}
    {%- set long = regexp_replace_all("' ' || replace(" ~ words ~ ", ' ', '  ') || ' '", ' [A-Za-z0-9] ', ' ') -%}
    coalesce('(?i)(' || nullif({{ regexp_replace_all("trim(" ~ long ~ ")", ' +', '|') }}, '') || ')', 'x^')
{%- endmacro %}

{% macro opening_bracket() -%}
    {{ return(adapter.dispatch('opening_bracket')()) }}
{%- endmacro %}
{% macro duckdb__opening_bracket() -%}
    {{ return('[[]') }}
{%- endmacro %}
{% macro spark__opening_bracket() -%}
    {{ return('\\\\[') }}
{%- endmacro %}

{% macro mask_words(text, words) -%}
    {{ return(adapter.dispatch('mask_words')(text, words)) }}
{%- endmacro %}
{% macro duckdb__mask_words(text, words) -%}
    regexp_replace({{ text }}, {{ words }}, '[name]', 'g')
{%- endmacro %}
{% macro spark__mask_words(text, words) -%}
    regexp_replace({{ text }}, {{ words }}, '[name]')
{%- endmacro %}
