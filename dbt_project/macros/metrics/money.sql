{% macro currency_decimals() -%}
    {{ return(0 if var('reporting_currency') in ('JPY', 'KRW', 'VND', 'CLP', 'ISK') else 2) }}
{%- endmacro %}

{% macro to_money(amount) -%}
    try_cast(round(try_cast({{ amount }} as decimal(38, 6)), {{ currency_decimals() }}) as decimal(18, 2))
{%- endmacro %}

{#- Fifteen digits: amounts from ten trillion on would not fit into sums (rule amount_fits). -#}
{% macro convert_money(amount, fx_rate) -%}
    cast(try_cast({{ to_money("cast(" ~ amount ~ " as decimal(38, 2)) * (" ~ fx_rate ~ ")") }} as decimal(15, 2)) as decimal(18, 2))
{%- endmacro %}

{% macro fx_rate(currency, dated_rate, own_rate='null') -%}
    case
            when coalesce({{ currency }}, '{{ var("reporting_currency") }}') = '{{ var("reporting_currency") }}' then 1
            when {{ own_rate }} > 0 then {{ own_rate }}
            else {{ dated_rate }}
        end
{%- endmacro %}

{% macro divide_money(amount, numerator, denominator) -%}
    {%- set minor_units = "cast(abs(" ~ amount ~ ") * " ~ 10 ** currency_decimals() ~ " as " ~ big_integer() ~ ")" -%}
    cast(
        sign({{ amount }})
        * cast({{ integer_divide(
            "2 * " ~ minor_units ~ " * (" ~ numerator ~ ") + (" ~ denominator ~ ")", "2 * (" ~ denominator ~ ")"
        ) }} as decimal(26, 0))
        * cast({{ 10 ** -currency_decimals() if currency_decimals() else 1 }} as decimal(3, 2)) as decimal(18, 2)
    )
{%- endmacro %}

{% macro rate(numerator, denominator, type='decimal(9, 6)') -%}
    {%- set num = "cast(abs(" ~ numerator ~ ") * 100 as " ~ big_integer() ~ ")" -%}
    {%- set den = "nullif(cast((" ~ denominator ~ ") * 100 as " ~ big_integer() ~ "), 0)" -%}
    cast(
        sign({{ numerator }})
        * cast({{ integer_divide("2000000 * " ~ num ~ " + (" ~ den ~ ")", "2 * (" ~ den ~ ")") }} as decimal(32, 0))
        * cast(0.000001 as decimal(6, 6)) as {{ type }}
    )
{%- endmacro %}

{% macro big_integer() -%}
    {{ return(adapter.dispatch('big_integer')()) }}
{%- endmacro %}
{% macro duckdb__big_integer() -%}hugeint{%- endmacro %}
{% macro spark__big_integer() -%}decimal(38, 0){%- endmacro %}

{% macro integer_divide(dividend, divisor) -%}
    {{ return(adapter.dispatch('integer_divide')(dividend, divisor)) }}
{%- endmacro %}
{% macro duckdb__integer_divide(dividend, divisor) -%}
    (({{ dividend }}) // ({{ divisor }}))
{%- endmacro %}
{% macro spark__integer_divide(dividend, divisor) -%}
    (({{ dividend }}) div ({{ divisor }}))
{%- endmacro %}
