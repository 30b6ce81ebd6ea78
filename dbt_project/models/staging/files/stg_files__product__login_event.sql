{{ config(pre_hook="{{ forget_changed_drops('product__login_event') }}") }}

{{ typed_drop('product__login_event') }}
