{{ config(pre_hook="{{ forget_changed_drops('process__stage_event') }}") }}

{{ typed_drop('process__stage_event') }}
