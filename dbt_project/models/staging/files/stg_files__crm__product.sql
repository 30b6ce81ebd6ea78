{{ config(pre_hook="{{ forget_changed_drops('crm__product', 'product_id') }}") }}

{{ typed_drop('crm__product', key='product_id') }}
