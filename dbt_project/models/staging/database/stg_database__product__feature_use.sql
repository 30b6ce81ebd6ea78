{{ config(
    pre_hook="{{ forget_changed('database__product__feature_use', 'use_id', to_instant('updated_at'), '_key') }}"
) }}

{{ typed_table('product__feature_use', 'use_id', 'updated_at') }}
