{#- Whether 13 digits carry the right check digit: 9 − (Σ P·Q mod 9), P the n-th digit from the right of the
    12-digit base, Q 1 for odd and 2 for even n (DOMAIN.md §8.2). Null for null. -#}
{% macro is_corporate_number_valid(number) -%}
    case
        when {{ number }} is null then null
        when not {{ matches(number, '^[0-9]{13}$') }} then false
        else try_cast(substr({{ number }}, 1, 1) as integer) = 9 - mod(
            {%- for n in range(1, 13) %}
            {{ '+ ' if not loop.first }}try_cast(substr({{ number }}, {{ 14 - n }}, 1) as integer) * {{ 1 if n % 2 else 2 }}
            {%- endfor %}, 9
        )
    end
{%- endmacro %}
