{{ config(pre_hook="{{ forget_changed_drops('support__csat_response', 'response_id') }}") }}

{{ typed_drop('support__csat_response', key='response_id') }}
