{#- Score 1…bins of a measure among the scored customers (DOMAIN.md §2.14). worst_first: the measure's order by clause
    from the worst value to the best. min_rank: 1 + floor(worse × bins ÷ n); max_rank: ceil(bins × share not better),
    both in integers, give equal values equal scores. ntile splits them by customer_key. -#}
{% macro quantile_score(worst_first) -%}
    {%- set bins = var('rfm_bins') -%}
    {%- set method = choice_var('rfm_tie_method', ['min_rank', 'max_rank', 'ntile']) -%}
    {%- if method == 'min_rank' -%}
    1 + {{ integer_divide("(rank() over (order by " ~ worst_first ~ ") - 1) * " ~ bins, "count(*) over ()") }}
    {%- elif method == 'max_rank' -%}
    {{ integer_divide(
        "count(*) over (order by " ~ worst_first ~ " range between unbounded preceding and current row) * " ~ bins
        ~ " + count(*) over () - 1", "count(*) over ()"
    ) }}
    {%- else -%}
    ntile({{ bins }}) over (order by {{ worst_first }}, customer_key)
    {%- endif -%}
{%- endmacro %}

{#- Score by the thresholds of seed rfm_threshold: the best whose threshold is met, else 1. -#}
{% macro fixed_score(measure_code, is_met) -%}
    coalesce(
        max(case when rfm_threshold.measure = '{{ measure_code }}' and {{ is_met }} then rfm_threshold.score end), 1
    )
{%- endmacro %}
