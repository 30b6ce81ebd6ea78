{{ config(pre_hook="{{ forget_changed_drops('sfa__opportunity', 'opportunity_id') }}") }}

{{ typed_drop('sfa__opportunity', key='opportunity_id') }}
