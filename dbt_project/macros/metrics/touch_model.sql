{% macro touch_model(arr, override) -%}
    case
        when {{ override }} is not null then {{ override }}
        when {{ arr }} >= {{ var('touch_high_arr') }} then 'high'
        when {{ arr }} >= {{ var('touch_low_arr') }} then 'low'
        else 'tech'
    end
{%- endmacro %}
