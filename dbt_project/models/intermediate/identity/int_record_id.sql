{{ config(materialized='incremental', incremental_strategy='replace_keys', unique_key='given_id') }}
-- The record meant by an id that is not written as the record's own is (docs/domain/sources.md#ids): a Salesforce Id of
-- 15 characters and that of 18 which adds its check letters are one, and one of 18 is the same in any case, where such a
-- record exists. An incremental build writes only what has changed; an id that leads to no record any more means itself.
{%- set feeds = {
    'stg_hubspot__companies': ['salesforce_account_id'], 'stg_hubspot__contacts': ['salesforce_contact_id'],
    'stg_zendesk__organizations': ['external_id'], 'stg_zendesk__users': ['external_id'],
    'stg_marketo__leads': ['salesforce_account_id', 'salesforce_contact_id', 'salesforce_lead_id'],
} %}
{%- set ids = [
    'account_id', 'parent_account_id', 'contact_id', 'product_id', 'contract_id', 'previous_contract_id', 'order_id',
    'order_line_id', 'line_id', 'opportunity_id', 'lead_id', 'converted_account_id', 'converted_contact_id',
    'converted_opportunity_id', 'referrer_account_id',
] %}
{%- for table in raw_tables() if table.split('__') | first in ('files', 'database') %}
    {%- set columns = entity_columns(table.split('__', 1) | last) | select('in', ids) | list %}
    {%- if columns %}{% do feeds.update({'stg_' ~ table: columns}) %}{% endif %}
{%- endfor %}
{%- set letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345' %}
with given as (
    {% for feed, columns in feeds.items() %}{% set outer = loop %}{% for column in columns %}
    select {{ column }} as given_id from {{ ref(feed) }} where length({{ column }}) in (15, 18)
    {%- if not (outer.last and loop.last) %} union{% endif %}{% endfor %}{% endfor %}

),

record as (
    {% for entity in [
        'account', 'contact', 'contract', 'order', 'product', 'order_line', 'subscription_line', 'opportunity', 'lead',
    ] %}{% set key = {'subscription_line': 'line'}.get(entity, entity) ~ '_id' %}
    select {{ key }} as record_id
    from {{ ref('stg_files__' ~ ('sfa__' if entity in ('opportunity', 'lead') else 'crm__') ~ entity) }} where length({{ key }}) in (15, 18)
    union{% endfor %}
    {%- for object, key in {
        'account': 'account_id', 'contact': 'contact_id', 'contract': 'contract_id', 'order': 'order_id',
        'product2': 'product_id', 'order_item': 'order_item_id', 'opportunity': 'opportunity_id', 'lead': 'lead_id',
    }.items() %}
    select {{ key }} as record_id from {{ ref('stg_salesforce__' ~ object) }} where length({{ key }}) in (15, 18)
    {%- if not loop.last %} union{% endif %}{% endfor %}

),

candidate as (

    select given.given_id, record.record_id, record.record_id as long_id
    from given inner join record on given.given_id = substr(record.record_id, 1, 15)
    where given.given_id <> record.record_id
    union all
    select given.given_id, record.record_id, record.record_id as long_id
    from given inner join record on lower(given.given_id) = lower(record.record_id)
    where given.given_id in (lower(given.given_id), upper(given.given_id)) and given.given_id <> record.record_id
    union all
    select given.given_id, record.record_id, given.given_id as long_id
    from given inner join record on substr(given.given_id, 1, 15) = record.record_id
    where given.given_id not in (select known.record_id from record as known)

),

-- A check letter stands for five characters: 1 for a capital in the first, 2 in the second, 4, 8, 16.
found as (

    select given_id, min(record_id) as record_id
    from candidate
    where substr(long_id, 16) = {% for first in (1, 6, 11) %}substr('{{ letters }}', 1
        {%- for place in range(5) %}
        + case when substr(long_id, {{ first + place }}, 1) between 'A' and 'Z' then {{ 2 ** place }} else 0 end
        {%- endfor %}, 1){{ ' || ' if not loop.last }}{% endfor %}
    group by given_id

),

mapping as (

    select given_id, record_id from found
    {%- if is_incremental() %}
    union all
    select given_id, given_id as record_id from {{ this }} where given_id not in (select found.given_id from found)
    {%- endif %}

)

select mapping.given_id, mapping.record_id, {{ var('build_id') }} as _build_id
from mapping
{%- if is_incremental() %}
left join {{ this }} as built on mapping.given_id = built.given_id
where mapping.record_id is distinct from built.record_id
{%- endif %}
