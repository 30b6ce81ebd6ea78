{{ config(pre_hook="{{ forget_changed_drops('ma__message', 'delivery_id') }}") }}

{{ typed_drop('ma__message', key='delivery_id') }}
