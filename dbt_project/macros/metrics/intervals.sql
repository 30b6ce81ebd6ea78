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

{#- erfc(z / √2) by Abramowitz and Stegun 7.1.26, off by less than 1.5e-7; z is not negative. -#}
{% macro two_sided_p(z) -%}
    {%- set t = "(1 / (1 + 0.3275911 * (" ~ z ~ ") / sqrt(2)))" -%}
    (((((1.061405429 * {{ t }} - 1.453152027) * {{ t }} + 1.421413741) * {{ t }} - 0.284496736) * {{ t }} + 0.254829592) * {{ t }})
        * exp(-({{ z }}) * ({{ z }}) / 2)
{%- endmacro %}

{#- tanh(artanh(r) ± z × √(spread ÷ (n − 3))), without logarithms; of r = ±1 it is r. -#}
{% macro fisher_bound(r, n, spread, side) -%}
    {%- set sign = '-' if side == 'low' else '+' -%}
    {%- set odds = "((1 + " ~ r ~ ") / nullif(1 - " ~ r ~ ", 0) * exp(" ~ sign ~ "2 * " ~ normal_975() ~ " * sqrt((" ~ spread ~ ") / greatest(" ~ n ~ " - 3, 1))))" -%}
    cast(round(coalesce(({{ odds }} - 1) / ({{ odds }} + 1), {{ r }}), 6) as decimal(9, 6))
{%- endmacro %}
