{{ config(pre_hook="{{ forget_changed_drops('support__ticket', 'ticket_id') }}") }}

{{ typed_drop('support__ticket', key='ticket_id') }}
