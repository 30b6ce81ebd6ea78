{{ config(pre_hook="{{ forget_changed_drops('crm__contact', 'contact_id') }}") }}

{{ typed_drop('crm__contact', key='contact_id') }}
