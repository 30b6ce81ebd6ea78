-- grain: basis × score × horizon × policy; how many of those that leave a policy would call, at the team's capacity
-- (docs/domain/activation.md#proof). Every policy picks from the same customers: those with that score at a month's end.
{%- set policies = {
    'lowest_score': 'score_value asc', 'biggest_mrr': 'mrr desc', 'nearest_renewal': 'days_to_renewal asc nulls last',
    'lowest_score_before_renewal': 'case when days_to_renewal <= ' ~ var('pre_renewal_window_days')
    ~ ' then 0 else 1 end asc, score_value asc',
} %}
with score_case as (

    select * from {{ ref('int_score_case') }}

),

team as (

    select greatest(count(distinct coalesce(csm_owner_key, sales_owner_key)), 1) * {{ var('calls_per_owner_month') }} as capacity
    from {{ ref('dim_customer') }}
    where customer_status = 'active'

),

-- who stands in the list first; of equals the key decides, which knows nothing of who leaves
ranked as (

    select
        score_case.*,
        team.capacity,
        {%- for policy, order in policies.items() %}
        row_number() over (partition by basis, score_code, horizon_days, month order by {{ order }}, customer_key asc)
        <= team.capacity as {{ policy }}{{ ',' if not loop.last }}
        {%- endfor %}
    from score_case
    cross join team

),

called as (
    {% for policy in policies %}
    select *, '{{ policy }}' as policy, {{ policy }} as is_called from ranked
    union all
    {%- endfor %}
    select *, 'below_threshold', low_since is not null from ranked

),

counted as (

    select
        basis, score_code, horizon_days, policy,
        max(case when policy <> 'below_threshold' then capacity end) as capacity,
        min(case when is_churned is not null then month end) as first_month,
        max(case when is_churned is not null then month end) as last_month,
        count(is_churned) as cases,
        sum(case when is_churned is null then 1 else 0 end) as cases_open,
        coalesce(sum(case when is_churned then 1 end), 0) as churned,
        coalesce(sum(case when is_called and is_churned is not null then 1 end), 0) as called,
        coalesce(sum(case when is_called and is_churned then 1 end), 0) as hits,
        median(
            case when policy = 'below_threshold' and is_called and is_churned
                then {{ dbt.datediff('low_since', 'churned_date', 'day') }} end
        ) as detection_lag_days
    from called
    group by basis, score_code, horizon_days, policy

),

judged as (

    select *, {{ proof_guard('churned', 'cases') }} as guard from counted

),

final as (

    select
        basis, score_code, horizon_days, policy, guard, first_month, last_month,
        cast(capacity as integer) as capacity,
        cast(cases_open as integer) as cases_open,
        {%- for name, parts in {
            'precision': ('hits', 'called'), 'recall': ('hits', 'churned'), 'base_rate': ('churned', 'cases'),
        }.items() %}
        case when guard is null then {{ rate(*parts) }} end as {{ name }},
        cast({{ parts[0] }} as integer) as {{ name }}_num,
        cast({{ parts[1] }} as integer) as {{ name }}_den,
        {%- for side in ['low', 'high'] %}
        case when guard is null then {{ wilson_bound(*parts, side=side) }} end as {{ name }}_ci_{{ side }},
        {%- endfor %}
        {%- endfor %}
        case when guard is null then {{ rate('hits * cases', 'called * churned', 'decimal(18, 6)') }} end as lift,
        case when guard is null and score_code <> 'health' then cast(detection_lag_days as decimal(9, 1)) end as detection_lag_days
    from judged

)

select * from final
