{% macro quantile_score(worst_first) -%}
    {%- set bins = var('rfm_bins') -%}
    {%- set method = var('rfm_tie_method') -%}
    {%- if method == 'min_rank' -%}
    1 + {{ integer_divide(
        "(rank() over (partition by evaluated_on order by " ~ worst_first ~ ") - 1) * " ~ bins,
        "count(*) over (partition by evaluated_on)"
    ) }}
    {%- elif method == 'max_rank' -%}
    {{ integer_divide(
        "count(*) over (partition by evaluated_on order by " ~ worst_first
        ~ " range between unbounded preceding and current row) * " ~ bins
        ~ " + count(*) over (partition by evaluated_on) - 1", "count(*) over (partition by evaluated_on)"
    ) }}
    {%- else -%}
    ntile({{ bins }}) over (partition by evaluated_on order by {{ worst_first }}, customer_key)
    {%- endif -%}
{%- endmacro %}

{% macro fixed_score(measure_code, is_met) -%}
    coalesce(
        max(case when rfm_threshold.measure = '{{ measure_code }}' and {{ is_met }} then rfm_threshold.score end), 1
    )
{%- endmacro %}

{#- The seed's segments are written for five bins; a score is where the middle of its bin lies, the ends are the ends. -#}
{% macro score_of_five(score) -%}
    {%- set bins = var('rfm_bins') -%}
    {%- if bins == 5 -%} {{ score }} {%- else -%}
    case {{ score }}
            when 1 then 1
            when {{ bins }} then 5
            else {{ integer_divide("(2 * " ~ score ~ " - 1) * 5 + " ~ (2 * bins - 1), 2 * bins) }}
        end
    {%- endif -%}
{%- endmacro %}
