-- Every use and log-in of a complete week is in exactly one customer's week; later ones wait for their week to end. Test
-- accounts and own staff are left out.
{%- set counted %}
    not {{ is_staff('user_id') }}
    and coalesce(account_id not in (
        select account_id from {{ ref('int_customer_identity') }} where {{ is_test_customer('customer_key') }}
    ), true)
{%- endset %}
select expected.*, modelled.*
from (
    select
        (select count(*) from {{ ref('product__feature_use') }} where use_date <= {{ last_week_end() }} and {{ counted }}) as use_rows,
        (
            select coalesce(sum(uses), 0) from {{ ref('product__feature_use') }}
            where use_date <= {{ last_week_end() }} and {{ counted }}
        ) as uses,
        (
            select count(*) from {{ ref('product__login_event') }}
            where {{ local_date('occurred_at') }} <= {{ last_week_end() }} and {{ counted }}
        ) as logins
) as expected
cross join (
    select
        coalesce(sum(feature_use_rows_7d), 0) as modelled_use_rows,
        coalesce(sum(uses_7d), 0) as modelled_uses,
        coalesce(sum(logins_7d), 0) as modelled_logins
    from {{ ref('fct_usage_weekly') }}
) as modelled
where expected.use_rows <> modelled.modelled_use_rows
    or expected.uses <> modelled.modelled_uses
    or expected.logins <> modelled.modelled_logins
