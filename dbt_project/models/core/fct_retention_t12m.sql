{%- set measures = ['base_arr', 'current_arr', 'retained_arr', 'base_customers', 'retained_customers'] %}
-- Retention over twelve months, point to point: what the customers of a year ago pay today
-- (docs/domain/retention.md#twelve-months). Complete months only; null until twelve months after the company's first
-- MRR (docs/domain/retention.md#segments).
with year_ago as (

    select * from {{ ref('int_retention_year_ago') }}

),

complete_month as (

    select month from {{ ref('int_revenue_month') }}
    where is_complete

),

segment_month as (

    select
        retention.month,
        retention.segment_type,
        retention.segment_value,
        {{ add_months('min(retention.month) over ()', 12) }} as first_comparable_month,
        cast(nrr_num as double) / nullif(nrr_den, 0) as nrr_exact
    from {{ ref('fct_retention_monthly') }} as retention
    inner join complete_month
        on retention.month = complete_month.month

),

measured as (

    select
        segment_month.*,
        {%- for measure in measures %}
        case
            when segment_month.month >= first_comparable_month
                then cast(coalesce({{ measure }}, 0) as {{ 'decimal(18, 2)' if measure.endswith('_arr') else 'bigint' }})
        end as {{ measure }},
        {%- endfor %}
        {% for months_back in range(12) -%}
        lag(nrr_exact, {{ months_back }}) over segment_history{{ ' * ' if not loop.last }}
        {%- endfor %} as nrr_compound
    from segment_month
    left join year_ago
        on segment_month.month = year_ago.month
        and segment_month.segment_type = year_ago.segment_type
        and segment_month.segment_value = year_ago.segment_value
    window segment_history as (
        partition by segment_month.segment_type, segment_month.segment_value order by segment_month.month
    )

),

final as (

    select
        month,
        segment_type,
        segment_value,
        base_arr,
        current_arr,
        {{ rate('current_arr', 'base_arr', 'decimal(18, 6)') }} as nrr_t12m,
        current_arr as nrr_t12m_num,
        base_arr as nrr_t12m_den,
        {{ rate('retained_arr', 'base_arr') }} as grr_t12m,
        retained_arr as grr_t12m_num,
        base_arr as grr_t12m_den,
        cast(round(nrr_compound, 6) as decimal(18, 6)) as nrr_t12m_compound,
        base_customers,
        {{ rate('retained_customers', 'base_customers') }} as logo_retention_t12m,
        retained_customers as logo_retention_t12m_num,
        base_customers as logo_retention_t12m_den
    from measured

)

select * from final
