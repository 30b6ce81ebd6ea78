{{ config(pre_hook="{{ forget_changed_drops('sfa__lead', 'lead_id') }}") }}

{{ typed_drop('sfa__lead', key='lead_id') }}
