-- grain: active customer × reason to call it on the business date (docs/domain/activation.md#follow-up). `measure` is what
-- was found: levels, a share, days, a score, a number of tickets.
{%- set limit = var('follow_up_thresholds') %}
with measured as (

    select * from {{ ref('int_follow_up_measure') }}

),

final as (

    {% for code, condition in {
        'level_drop': '<= -' ~ limit.level_drop, 'usage_silence': 'is not null', 'usage_drop': 'is not null',
        'renewal_at_risk': '<= ' ~ limit.renewal_level, 'onboarding_stuck': '<= ' ~ limit.onboarding_level,
        'complaint': '> 0', 'detractor': 'is not null', 'contact_silence': '> ' ~ limit.silent_days,
        'ticket_waiting': '> 0', 'low_score': 'is not null',
    }.items() -%}
    select customer_key, '{{ code }}' as trigger_code, cast({{ code }} as decimal(12, 4)) as measure
    from measured
    where {{ code }} {{ condition }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from final
