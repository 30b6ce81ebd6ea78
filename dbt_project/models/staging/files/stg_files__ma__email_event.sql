{{ config(pre_hook="{{ forget_changed_drops('ma__email_event', 'event_id') }}") }}

{{ typed_drop('ma__email_event', key='event_id') }}
