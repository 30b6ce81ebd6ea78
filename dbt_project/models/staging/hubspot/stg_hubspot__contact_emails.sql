{%- set email = "lower(" ~ hubspot_property('email') ~ ")" -%}
{{ config(pre_hook="{{ forget_changed(
    'hubspot__contacts', 'lower(' ~ hubspot_property('email') ~ ')', to_instant('updatedAt'), 'email'
) }}") }}

-- Every address a contact ever had, with the contact that had it last: events keep the address they were sent to.
with source as (

    {{ latest_version('hubspot__contacts', email, to_instant('updatedAt'), keep_deleted=true) }}

)

select
    {{ email }} as email,
    id as hubspot_contact_id,
    {{ var('build_id') }} as _build_id
from source
where {{ email }} is not null
