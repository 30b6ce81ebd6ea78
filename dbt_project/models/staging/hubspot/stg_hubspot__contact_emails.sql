{%- set email_of_row = "lower(" ~ hubspot_property('email', read_text('properties', 'object')) ~ ")" -%}
{{ config(meta={'touched': {'email': "{{ loaded_since(
    'hubspot__contacts', 'lower(' ~ hubspot_property('email', read_text('properties', 'object')) ~ ')'
) }}"}}) }}

-- Every address a contact ever had, with the contact that had it last: events keep the address they were sent to.
with source as (

    {{ current_records('hubspot__contacts', key=email_of_row, keep_deleted=true) }}

)

select
    lower({{ hubspot_property('email') }}) as email,
    id as hubspot_contact_id,
    {{ var('build_id') }} as _build_id
from source
where {{ hubspot_property('email') }} is not null
