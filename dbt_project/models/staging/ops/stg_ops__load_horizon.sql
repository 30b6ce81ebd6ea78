{{ config(materialized='incremental', incremental_strategy='replace_keys', unique_key='load_id') }}

-- How far each load reaches: the newest day (YYYYMMDD) that one of its versions belongs to. A build of an earlier date
-- leaves that version out, so a later build has to look at the load again.
select load_id, '' as newest_day from {{ source('ops', 'loads') }} where false
{%- for table in raw_tables() if var('changed_tables') is none or table in var('changed_tables') %}
union all
select _load_id as load_id, max({{ first_view_day(table) }}) as newest_day
from {{ source('raw', table) }}
{%- if is_incremental() %}
where _load_id > {{ var('since_load_id') }}
{%- endif %}
group by _load_id
{%- endfor %}
