{#- Keys that more than one row has: of those this build has touched or, if `checks_all_keys`, of all. -#}
{% test unique_key(model, columns, build_column=none) %}

{%- set key = columns | join(', ') %}
select {{ key }}, count(*) as row_count
from {{ model }}
{%- if build_column and not var('checks_all_keys') %}
where ({{ key }}) in (select {{ key }} from {{ model }} where {{ build_column }} = {{ var('build_id') }})
{%- endif %}
group by {{ key }}
having count(*) > 1

{% endtest %}
