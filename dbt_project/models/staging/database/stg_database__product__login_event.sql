{{ config(
    pre_hook="{{ forget_changed('database__product__login_event', 'event_id', to_instant('occurred_at'), '_key') }}"
) }}

{{ typed_table('product__login_event', 'event_id', 'occurred_at') }}
