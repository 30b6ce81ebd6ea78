{{ config(pre_hook="{{ forget_changed_drops('crm__subscription_line', 'line_id') }}") }}

{{ typed_drop('crm__subscription_line', key='line_id') }}
