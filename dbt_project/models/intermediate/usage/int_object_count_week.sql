-- grain: customer × complete week in whose 28 days records were counted: what there was at the newest count of each kind,
-- what was made and changed over all of them. Only touched weeks are added up again.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    meta={'touched': {
        '(customer_key, week_end)': "select customer_key, week_end from {{ ref('int_touched_usage_week') }}"
    }}
) }}

with counted as (

    select * from {{ ref('int_object_count') }}
    where {{ is_touched('customer_key', 'select customer_key from ' ~ ref('int_touched_usage_week')) }}
        {%- if is_incremental() %}
        and week_end >= (select min(week_end) - 21 from {{ ref('int_touched_usage_week') }})
        {%- endif %}

),

-- as in fct_usage_weekly: a count is in the windows of four weeks
in_window as (

    select
        customer_key,
        account_id,
        object_code,
        count_date,
        record_count,
        created,
        updated,
        {{ date_series('week_end', 'week_end + 21', 'week') }} as window_end
    from counted

),

of_kind as (

    select
        customer_key,
        window_end,
        account_id,
        object_code,
        max_by(record_count, count_date) filter (where record_count is not null) as record_count,
        cast(sum(created) as bigint) as created,
        cast(sum(updated) as bigint) as updated
    from in_window
    where window_end <= {{ last_week_end() }}
        and {{ is_touched(
            '(customer_key, window_end)', 'select customer_key, week_end from ' ~ ref('int_touched_usage_week')
        ) }}
    group by customer_key, window_end, account_id, object_code

),

final as (

    select
        customer_key,
        window_end as week_end,
        cast(sum(record_count) as bigint) as record_count,
        cast(sum(created) as bigint) as created,
        cast(sum(updated) as bigint) as updated
    from of_kind
    group by customer_key, window_end

)

select * from final
