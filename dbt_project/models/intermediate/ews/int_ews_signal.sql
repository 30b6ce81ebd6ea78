{{ config(materialized='view') }}

-- grain: customer × complete week; the seven signals, 100 at their target or above (docs/domain/activation.md#early-warning)
{%- set signals = [
    'login', 'data_change', 'license_activation', 'record_count', 'collaboration', 'report_view', 'platform_use',
] %}
with {{ known_use_ctes() }},

signal as (

    select
        {%- for signal in signals %}
        max(case when signal_code = '{{ signal }}' then target end) as {{ signal }}_target{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('ews_signal') }}

),

-- of nobody's changes each is one too many, and none is 0
valued as (

    select
        customer_key,
        week_end,
        users / seats as login,
        case when users is not null then records_changed / greatest(users, 1) end as data_change,
        licences_share as license_activation,
        records / (seats * {{ var('ews_records_per_licence') }}) as record_count,
        collaboration_users / seats as collaboration,
        report_users / seats as report_view,
        {%- if var('ews_feature_codes').platform_use %}
        platform_features_used * 1.0 / {{ var('ews_feature_codes').platform_use | length }}
        {%- else %}
        cast(null as double)
        {%- endif %} as platform_use
    from known_use

),

final as (

    select
        valued.customer_key,
        valued.week_end,
        round(valued.login, 6) as login_ratio,
        {%- for signal in signals %}
        case
            when valued.{{ signal }} is not null then round(100 * least(1, valued.{{ signal }} / signal.{{ signal }}_target), 6)
        end as s_{{ signal }}{{ ',' if not loop.last }}
        {%- endfor %}
    from valued
    cross join signal

)

select * from final
