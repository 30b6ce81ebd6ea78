{{ config(pre_hook="{{ forget_changed_drops('support__ticket_event') }}") }}

{{ typed_drop('support__ticket_event') }}
