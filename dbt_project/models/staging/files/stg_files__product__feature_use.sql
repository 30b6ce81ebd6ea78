{{ config(pre_hook="{{ forget_changed_drops('product__feature_use') }}") }}

{{ typed_drop('product__feature_use') }}
