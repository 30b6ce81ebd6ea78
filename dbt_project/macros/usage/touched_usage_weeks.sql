{#- Weeks whose rows changed, came or went; a changed week lies in the 28-day windows of itself and of the three that
    follow. `week` is a CTE. -#}
{% macro touched_usage_weeks() %}
    select distinct week.customer_key, week.week_end
    from week
    inner join (
        select
            coalesce(week.customer_key, built.customer_key) as customer_key,
            coalesce(week.week_end, built.week_end) as week_end
        from week
        full outer join {{ this }} as built
            on week.customer_key = built.customer_key and week.week_end = built.week_end
        where week._build_id = {{ var('build_id') }}
            or week.feature_use_rows_7d is distinct from built.feature_use_rows_7d
            or week.logins_7d is distinct from built.logins_7d
            or week.has_user_ids is distinct from (built.active_users_28d is not null)
    ) as changed
        on week.customer_key = changed.customer_key
        and week.week_end between changed.week_end and changed.week_end + 21
{% endmacro %}

{#- post_hook: weeks before a customer's first activity leave the fact, when that activity has gone. -#}
{% macro forget_usage_weeks() -%}
    delete from {{ this }} where (customer_key, week_end) not in (
        select customer_key, week_end from {{ ref('int_usage_week') }}
    )
{%- endmacro %}
