{#- Level 0–5 (§2.10): one for every threshold the score reaches, the last one for regular publication on top of a
    full score. Weights are compared unrounded. -#}
{% macro activation_level(goal_weight, total_weight, is_regular) -%}
    {%- set thresholds = var('activation_level_thresholds') -%}
    cast(
        {%- for threshold in thresholds %}
        case when {{ goal_weight }} >= {{ total_weight }} * cast('{{ '%.6f' | format(threshold) }}' as decimal(9, 6)) then 1 else 0 end +
        {%- endfor %}
        case
            when {{ goal_weight }} >= {{ total_weight }} * cast('{{ '%.6f' | format(thresholds[-1]) }}' as decimal(9, 6)) and {{ is_regular }}
                then 1
            else 0
        end as smallint
    )
{%- endmacro %}
