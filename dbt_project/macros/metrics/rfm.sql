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

{% macro fixed_score(measure_code, is_met) -%}
    coalesce(
        max(case when rfm_threshold.measure = '{{ measure_code }}' and {{ is_met }} then rfm_threshold.score end), 1
    )
{%- endmacro %}
