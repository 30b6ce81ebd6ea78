-- grain: customer × week on whose Sunday licences are in force. Only touched weeks are added up again.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    meta={'touched': {
        '(customer_key, week_end)': "select customer_key, week_end from {{ ref('int_touched_usage_week') }}"
    }}
) }}

with license as (

    select * from {{ ref('int_license') }}
    where first_week_end <= last_day
        and {{ is_touched('customer_key', 'select customer_key from ' ~ ref('int_touched_usage_week')) }}

),

in_week as (

    select
        customer_key,
        {{ date_series('first_week_end', 'last_day', 'week') }} as week_end,
        purchased,
        assigned,
        activated
    from license

),

final as (

    select
        customer_key,
        week_end,
        cast(sum(purchased) as bigint) as purchased,
        -- of a product of which nobody says, nor of all
        cast(case when count(assigned) = count(*) then sum(assigned) end as bigint) as assigned,
        cast(case when count(activated) = count(*) then sum(activated) end as bigint) as activated
    from in_week
    where {{ is_touched(
        '(customer_key, week_end)', 'select customer_key, week_end from ' ~ ref('int_touched_usage_week')
    ) }}
    group by customer_key, week_end

)

select * from final
