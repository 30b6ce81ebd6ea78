{#- Keys that more than one row has: of those this build has touched or, if `checks_all_keys`, of all. -#}
{% test unique_key(model, columns, build_column=none, touched_keys=none, touched_columns=none) %}

{%- set key = columns | join(', ') %}
{%- set touched = (touched_columns or columns) | join(', ') %}
select {{ key }}, count(*) as row_count
from {{ model }}
{%- if var('checks_all_keys') %}
{%- elif build_column %}
where ({{ key }}) in (select {{ key }} from {{ model }} where {{ build_column }} = {{ var('build_id') }})
{%- elif touched_keys %}
where ({{ touched }}) in (select {{ touched }} from {{ touched_keys }})
{%- endif %}
group by {{ key }}
having count(*) > 1

{% endtest %}
