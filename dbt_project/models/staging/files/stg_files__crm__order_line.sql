{{ config(pre_hook="{{ forget_changed_drops('crm__order_line', 'order_line_id') }}") }}

{{ typed_drop('crm__order_line', key='order_line_id') }}
