{#- The 97.5 % point of the standard normal distribution: bounds of 95 %. -#}
{% macro normal_975() -%}
    cast(1.959963984540054 as double)
{%- endmacro %}

{% macro wilson_bound(successes, cases, side) -%}
    {%- set k, n, z = "cast(" ~ successes ~ " as double)", "cast(" ~ cases ~ " as double)", normal_975() -%}
    cast(case
        when {{ cases }} >= {{ var('min_sample_n') }} and {{ cases }} > 0
            then ({{ k }} + {{ z }} * {{ z }} / 2 {{ '-' if side == 'low' else '+' }} {{ z }} * sqrt({{ k }} * ({{ n }} - {{ k }}) / {{ n }} + {{ z }} * {{ z }} / 4)) / ({{ n }} + {{ z }} * {{ z }})
    end as decimal(9, 6))
{%- endmacro %}

{% macro nps_bound(promoters, detractors, answers, side) -%}
    {%- set n, z = "(cast(" ~ answers ~ " as double) + 3)", normal_975() -%}
    {%- set p, d = "((" ~ promoters ~ " + 0.75) / " ~ n ~ ")", "((" ~ detractors ~ " + 0.75) / " ~ n ~ ")" -%}
    cast(case
        when {{ answers }} >= {{ var('min_sample_n') }} and {{ answers }} > 0
            then {{ 'greatest(-100, ' if side == 'low' else 'least(100, ' }}100 * ({{ p }} - {{ d }} {{ '-' if side == 'low' else '+' }} {{ z }} * sqrt(({{ p }} + {{ d }} - ({{ p }} - {{ d }}) * ({{ p }} - {{ d }})) / {{ n }})))
    end as decimal(6, 2))
{%- endmacro %}
