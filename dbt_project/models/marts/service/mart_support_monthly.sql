-- grain: month × channel × category, `all` of either and of both beside them (docs/domain/service.md#by-month)
{%- set rates = {
    'first_response_on_target': 'first_response_on_target_den', 'reopen_rate': 'tickets_solved',
    'one_touch_rate': 'one_touch_rate_den', 'resolution_on_target': 'resolution_on_target_den', 'csat': 'csat_den',
} %}
with counted as (

    select
        *,
        sum(created + reopened - solved) over (
            partition by channel_code, category_code order by month rows unbounded preceding
        ) as closing
    from {{ ref('int_support_month') }}

),

final as (

    select
        month,
        channel_code,
        category_code,
        last_day(month) <= {{ as_of_date() }} as is_complete,
        {%- for name, expression in {
            'backlog_month_start': 'closing - created - reopened + solved', 'created': 'created', 'reopened': 'reopened',
            'solved': 'solved', 'backlog_month_end': 'closing', 'first_responses': 'first_responses',
            'full_resolutions': 'full_resolutions', 'tickets_solved': 'tickets_solved',
        }.items() %}
        cast({{ expression }} as integer) as {{ name }},
        {%- endfor %}
        {%- for name, cases in {
            'frt_median_bm': 'first_responses', 'frt_p90_bm': 'first_responses',
            'resolution_median_bm': 'full_resolutions',
        }.items() %}
        cast(case when not {{ is_rate_hidden(cases) }} then {{ name }} end as decimal(12, 2)) as {{ name }},
        {%- endfor %}
        {%- for name, cases in rates.items() %}
        {{ shown_rate(name ~ '_num', cases) }} as {{ name }},
        cast({{ name }}_num as integer) as {{ name }}_num,
        cast({{ cases }} as integer) as {{ name }}_den,
        {%- endfor %}
        {{ wilson_bound('csat_num', 'csat_den', 'low') }} as csat_ci_low,
        {{ wilson_bound('csat_num', 'csat_den', 'high') }} as csat_ci_high
    from counted

)

select * from final
