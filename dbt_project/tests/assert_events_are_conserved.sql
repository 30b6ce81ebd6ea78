-- Every event of the lake, as of the day, is one row of its entity, equal ones included: the rows of the newest content
-- of each dropped file, the current rows of the company's database, the changes within Zendesk's audits
-- and of the status in Salesforce's histories (a case's own word of its closing is none). Of a later
-- build those entities are looked at of which something was loaded since, once a week all of them.
{%- set all_feeds = {
    'product__feature_use': ['files__product__feature_use', 'database__product__feature_use'],
    'product__login_event': ['files__product__login_event', 'database__product__login_event'],
    'product__object_count': ['files__product__object_count', 'database__product__object_count'],
    'process__stage_event': ['files__process__stage_event'],
    'ma__conversion': ['files__ma__conversion'],
    'ma__consent': ['files__ma__consent'],
    'support__faq_view': ['files__support__faq_view', 'database__support__faq_view'],
    'support__ticket_event': ['files__support__ticket_event', 'zendesk__ticket_events', 'salesforce__case_history'],
} %}
{%- set counted_as = {
    'zendesk__ticket_events': 'json_array_length(child_events)',
    'salesforce__case_history': "case when Field = 'Status' then 1 else 0 end",
} %}
{#- what vendors bring to an entity of files: that each of it is there is told by assert_records_are_conserved -#}
{%- set of_vendors = {
    'ma__conversion': ["stg_hubspot__form_submissions where true", "stg_marketo__activities where activity_type_id in (1, 2)"],
    'ma__consent': [
        "stg_hubspot__subscription_changes where change in ('SUBSCRIBED', 'UNSUBSCRIBED', 'REPORTED_SPAM')",
        "stg_marketo__activities where activity_type_id = 9 or is_unsubscribed is not null",
    ],
} %}
{%- set feeds = {} %}
{%- for entity, tables in all_feeds.items() %}
    {%- if var('changed_tables') is none or tables | select('in', var('changed_tables')) | list %}
        {%- do feeds.update({entity: tables}) %}
    {%- endif %}
{%- endfor %}
{%- if not feeds %}
select 'nothing was loaded' as entity where false
{%- else %}
with landed as (
    {% for entity, tables in feeds.items() %}{% set outer = loop %}{% for table in tables %}
    select
        '{{ entity }}' as entity,
        {{ counted_as.get(table, '1') }} as events
    from (
        select * from {{ source('raw', table) }}
        where {{ is_in_view(table, var('as_of_date')) }}
        {%- if table in counted_as and not var('checks_all_keys') %}
            and {{ record_key(table) }} in ({{ loaded_since(table) }})
        {%- endif %}
        {%- if raw_table(table).key %}
        qualify row_number() over (
            partition by {{ record_key(table) }}
            order by {{ version_time(table) }} desc, _extracted_at desc, _row desc
        ) = 1
        {%- else %}
        qualify _load_id = max(_load_id) over (partition by _source_file)
        {%- endif %}
    ) as newest
    where not _is_deleted
    {%- if loop.last %}{% for vendor in of_vendors.get(entity, []) %}
    union all
    select '{{ entity }}', count(*) from {{ ref(vendor.split(' ')[0]) }} {{ vendor.partition(' ')[2] }}
    {%- endfor %}{% endif %}
    {% if not (outer.last and loop.last) %}union all{% endif %}
    {%- endfor %}{% endfor %}
),

modelled as (
    {% for entity in feeds %}
    select '{{ entity }}' as entity, count(*) as events from {{ ref(entity) }}
    {%- if entity == 'support__ticket_event' %}
    where event_id not like 'salesforce:%'
    {%- if not var('checks_all_keys') %}
        and (
            event_id like '%#%'
            or split_part(event_id, '-', 1) in ({{ loaded_since('zendesk__ticket_events') }})
            or event_id in ({{ loaded_since('salesforce__case_history') }})
        )
    {%- endif %}
    {%- endif %}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

counted as (

    select entity, sum(events) as events from landed group by entity

)

select modelled.entity, counted.events as landed_events, modelled.events as modelled_events
from modelled
left join counted on modelled.entity = counted.entity
where coalesce(counted.events, 0) <> modelled.events
{%- endif %}
