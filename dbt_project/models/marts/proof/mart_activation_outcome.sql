-- grain: process × horizon × activation level: of the paying customers at that level at a month's end, how many still pay
-- so many months later, and how much (docs/domain/activation.md#outcome). Months are as far apart as the horizon is long,
-- counted back from the last complete one, so that no month's outcome counts twice.
{%- set last_month = add_months(month_of(as_of_date() ~ ' + 1'), -1) %}
with level_month as (

    select
        month,
        customer_key,
        process_id,
        activation_level
    from {{ ref('fct_activation_monthly') }}
    where not is_ramp_up

),

paying as (

    select month, customer_key, sum(mrr) as mrr
    from {{ ref('fct_subscription_month') }}
    group by month, customer_key
    having sum(mrr) > 0

),

observed as (

    {% for horizon in [3, 6, 12] -%}
    select
        level_month.process_id,
        {{ horizon }} as horizon_months,
        level_month.activation_level,
        level_month.month,
        paying.mrr,
        coalesce(later.mrr, 0) as later_mrr
    from level_month
    inner join paying on level_month.customer_key = paying.customer_key and level_month.month = paying.month
    left join paying as later
        on level_month.customer_key = later.customer_key
        and {{ add_months('level_month.month', horizon) }} = later.month
    where level_month.month <= {{ add_months(last_month, -horizon) }}
        and level_month.month > {{ add_months(last_month, -24) }}
        and mod({{ calendar_months('level_month.month', last_month) }}, {{ horizon }}) = 0
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

counted as (

    select
        process_id,
        horizon_months,
        activation_level,
        min(month) as first_month,
        max(month) as last_month,
        count(*) as customers,
        sum(case when later_mrr > 0 then 1 else 0 end) as kept,
        sum(mrr) as mrr,
        sum(later_mrr) as later_mrr
    from observed
    group by process_id, horizon_months, activation_level

),

final as (

    select
        process_id,
        cast(horizon_months as smallint) as horizon_months,
        activation_level,
        first_month,
        last_month,
        {{ shown_rate('kept', 'customers') }} as retention,
        cast(kept as integer) as retention_num,
        cast(customers as integer) as retention_den,
        {{ wilson_bound('kept', 'customers', 'low') }} as retention_ci_low,
        {{ wilson_bound('kept', 'customers', 'high') }} as retention_ci_high,
        case when not {{ is_rate_hidden('customers') }} then {{ rate('later_mrr', 'mrr', 'decimal(18, 6)') }} end as nrr,
        cast(later_mrr as decimal(18, 2)) as nrr_num,
        cast(mrr as decimal(18, 2)) as nrr_den
    from counted

)

select * from final
