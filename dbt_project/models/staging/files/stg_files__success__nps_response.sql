{{ config(pre_hook="{{ forget_changed_drops('success__nps_response', 'response_id') }}") }}

{{ typed_drop('success__nps_response', key='response_id') }}
