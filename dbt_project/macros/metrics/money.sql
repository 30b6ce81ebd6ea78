{#- Money is decimal(18,2), rounded half up (away from zero) to the currency's minor unit where it enters (DOMAIN.md §0). -#}
{% macro currency_decimals() -%}
    {{ return(0 if var('reporting_currency') in ('JPY', 'KRW', 'VND', 'CLP', 'ISK') else 2) }}
{%- endmacro %}

{#- Text or number to money. -#}
{% macro to_money(amount) -%}
    cast(round(try_cast({{ amount }} as decimal(38, 6)), {{ currency_decimals() }}) as decimal(18, 2))
{%- endmacro %}

{#- Text or number to an amount in the record's own currency, which may have decimals where ours has none: it is rounded
    to ours only after conversion. -#}
{% macro to_amount(amount) -%}
    cast(round(try_cast({{ amount }} as decimal(38, 6)), 2) as decimal(18, 2))
{%- endmacro %}

{#- Such an amount as money, at the exchange rate fixed with the deal; without one it counts at face value. -#}
{% macro convert_money(amount, fx_rate) -%}
    {{ to_money(amount ~ " * coalesce(" ~ fx_rate ~ ", 1)") }}
{%- endmacro %}

{#- amount × numerator ÷ denominator, half up in integer minor units: (2·a + n) // (2·n) with the sign restored (ruling 2.1).
    DuckDB's decimal ÷ integer would be a double. Numerator and denominator are positive integers. -#}
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

{#- A rate from exact sums or counts, half up (away from zero) to 6 digits, null when the denominator is 0 (DOMAIN.md §0).
    Bounded rates are numeric(9,6); those that may exceed 1 without bound (NRR) take a wider type. -#}
{% macro rate(numerator, denominator, type='decimal(9, 6)') -%}
    {%- set num = "cast(abs(" ~ numerator ~ ") * 100 as " ~ big_integer() ~ ")" -%}
    {%- set den = "nullif(cast((" ~ denominator ~ ") * 100 as " ~ big_integer() ~ "), 0)" -%}
    cast(
        sign({{ numerator }})
        * cast({{ integer_divide("2000000 * " ~ num ~ " + (" ~ den ~ ")", "2 * (" ~ den ~ ")") }} as decimal(32, 0))
        * cast(0.000001 as decimal(6, 6)) as {{ type }}
    )
{%- endmacro %}

{#- Integer wide enough for minor units times a million. -#}
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
