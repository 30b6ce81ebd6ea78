{{ config(meta={'touched': {'ticket_id': "{{ loaded_since('zendesk__tickets') }}"}}) }}

-- Keeps deleted tickets: survey responses refer to them.
{%- set category_field = var('zendesk_category_field', none) %}
{%- set merged_into_field = var('zendesk_merged_into_field', none) %}
with source as (

    {{ current_records('zendesk__tickets', keep_deleted=true) }}

)

select
    id as ticket_id,
    external_id,
    organization_id,
    requester_id,
    submitter_id,
    lower({{ json_text('via', 'channel') }}) as via_channel,
    lower(status) as status,
    lower(priority) as priority,
    coalesce(
        {% if category_field %}{{ json_value_of_id('custom_fields', category_field) }}{% else %}null{% endif %}, type
    ) as category_code,
    coalesce(
        merged_into,
        {% if merged_into_field %}{{ json_value_of_id('custom_fields', merged_into_field) }},{% endif %}
        case when {{ json_array_holds('tags', 'closed_by_merge') }} then 'unknown' end
    ) as merged_into,
    {{ json_array_holds('tags', 'complaint') }} as is_complaint,
    {{ json_array_holds('tags', 'spam') }} or lower(status) = 'suspended' as is_spam,
    created_at as created_at,
    generated_timestamp as updated_at,
    _is_deleted as is_deleted,
    {{ var('build_id') }} as _build_id
from source
