{{ config(pre_hook="{{ forget_changed_drops('crm__order', 'order_id') }}") }}

{{ typed_drop('crm__order', key='order_id') }}
