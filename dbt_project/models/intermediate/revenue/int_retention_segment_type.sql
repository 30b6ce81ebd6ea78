{{ config(materialized='view') }}
-- One row a segment type, to be cross joined with a table that holds one column a type.
select 'all' as segment_type
{%- for segment_type in retention_segment_types() %}
union all
select '{{ segment_type }}' as segment_type
{%- endfor %}
