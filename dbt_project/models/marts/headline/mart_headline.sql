-- Every metric of metrics/, by month or on the business date (docs/domain/conventions.md#headline). A metric: where it
-- comes from, its value, numerator and denominator, and, where few cases hide it, how many cases there are
-- (docs/domain/conventions.md#small-numbers).
{%- set revenue, customer = 'int_headline_revenue', 'int_headline_customer' %}
{%- set support, today = 'int_headline_support', 'int_headline_today' %}{%- set channel = 'mart_contact_channel_monthly' %}
{%- set metrics = {
    'active_customers': [customer, 'active_customers'],
    'paying_customers': [revenue, 'closing_customers'],
    'mrr': [revenue, 'closing_mrr'],
    'arr': [revenue, 'closing_arr'],
    'logo_retention': [revenue, 'logo_retention', 'logo_retention_num', 'logo_retention_den', 'logo_retention_den'],
    'logo_churn': [revenue, 'logo_churn', 'logo_churn_num', 'logo_churn_den', 'logo_churn_den'],
    'activation_score': [
        customer, 'cast(activation_score_num as double) / nullif(activation_n, 0)', 'activation_score_num',
        'activation_n', 'activation_n',
    ],
    'activation_level_4_share': [
        customer, rate('level_4_customers', 'activation_n'), 'level_4_customers', 'activation_n', 'activation_n',
    ],
    'regularity_rate': [
        customer, rate('regularity_rate_num', 'regularity_rate_den'), 'regularity_rate_num', 'regularity_rate_den',
        'regularity_n',
    ],
    'rfm_customers': [customer, 'rfm_customers'],
    'champion_share': [customer, rate('champions', 'rfm_customers'), 'champions', 'rfm_customers', 'rfm_customers'],
    'decile_1_share': [
        today, rate('decile_1_amount', 'decile_amount'), 'decile_1_amount', 'decile_amount', 'decile_customers',
    ],
    'tickets_created': [support, 'tickets_created'],
    'first_response_bm': [support, 'first_response_bm', 'null', 'null', 'first_response_n'],
    'first_response_on_target': [
        support, rate('first_response_on_target', 'first_response_with_target'), 'first_response_on_target',
        'first_response_with_target', 'first_response_with_target',
    ],
    'full_resolution_bm': [support, 'full_resolution_bm', 'null', 'null', 'full_resolution_n'],
    'resolution_on_target': [
        support, rate('resolution_on_target', 'resolution_with_target'), 'resolution_on_target',
        'resolution_with_target', 'resolution_with_target',
    ],
    'reopen_rate': [support, rate('reopened', 'solved'), 'reopened', 'solved', 'solved'],
    'one_touch_rate': [support, rate('one_touch', 'with_replies'), 'one_touch', 'with_replies', 'with_replies'],
    'open_tickets': [today, 'open_tickets'],
    'ews_score': [today, 'cast(ews_score_sum as double) / nullif(ews_n, 0)', 'ews_score_sum', 'ews_n', 'ews_n'],
    'ews_low_share': [today, rate('ews_low', 'ews_n'), 'ews_low', 'ews_n', 'ews_n'],
    'health_green_share': [today, rate('health_green', 'health_n'), 'health_green', 'health_n', 'health_n'],
    'health_red_share': [today, rate('health_red', 'health_n'), 'health_red', 'health_n', 'health_n'],
    'renewal_rate': [revenue, rate('renewals', 'renewals_decided'), 'renewals', 'renewals_decided', 'renewals_decided'],
    'csat': [support, rate('satisfied', 'answers'), 'satisfied', 'answers', 'answers'],
    'nps': [today, 'cast(nps_num as double) / nullif(nps_answers, 0)', 'nps_num', 'nps_answers', 'nps_answers'],
    'abandoned_call_rate': [
        channel, rate('abandoned_call_rate_num', 'inbound_calls'), 'abandoned_call_rate_num', 'inbound_calls', 'inbound_calls',
    ],
} %}
{%- for movement_type in mrr_movement_types() %}
    {%- do metrics.update({movement_type ~ '_mrr': [revenue, movement_type ~ '_mrr']}) %}
{%- endfor %}
{%- for name in ['nrr', 'grr', 'nrr_t12m', 'grr_t12m'] %}
    {%- do metrics.update({name: [revenue, name, name ~ '_num', name ~ '_den']}) %}
{%- endfor %}
with figure as (

    {% for metric, parts in metrics.items() -%}
    {%- set is_monthly = parts[0] != today -%}
    select
        '{{ metric }}' as metric,
        {{ 'month' if is_monthly else as_of_date() }} as period,
        '{{ 'month' if is_monthly else 'day' }}' as period_type,
        cast({{ parts[1] }} as decimal(24, 6)) as value,
        cast({{ parts[2] or 'null' }} as decimal(24, 6)) as num,
        cast({{ parts[3] or 'null' }} as decimal(24, 6)) as den,
        cast({{ parts[4] or 'null' }} as bigint) as sample_n,
        {%- set is_whole = 'is_renewal_complete' if metric == 'renewal_rate' else 'is_complete' %}
        {{ {revenue: 'not ' ~ is_whole if metric == 'renewal_rate' else 'is_provisional', today: 'false'}.get(parts[0], 'not is_complete') }} as is_provisional,
        -- paying customers are counted on the business date, as the active ones are
        {{ is_whole if parts[0] in (revenue, support, channel) and metric != 'paying_customers' else 'true' }} as may_be_headline
    from {{ ref(parts[0]) }}{{ ' where month >= ' ~ history_start() if parts[0] == channel }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

final as (

    select
        metric,
        period,
        period_type,
        case when not {{ is_rate_hidden('sample_n') }} then value end as value,
        num,
        den,
        sample_n,
        is_provisional,
        {{ is_rate_hidden('sample_n') }} as is_suppressed,
        may_be_headline and period = max(case when may_be_headline then period end) over (partition by metric) as is_headline
    from figure

)

select * from final
