{{ config(pre_hook="{{ forget_changed_drops('process__content_item', 'item_id') }}") }}

{{ typed_drop('process__content_item', key='item_id') }}
