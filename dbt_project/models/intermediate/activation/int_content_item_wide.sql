-- grain: evaluation date × item; `<stage>_at` = net achieved time of the stage's events
-- (docs/domain/activation.md#stage-events)
{%- set stage_codes = [
    'planning', 'assignment', 'interview', 'drafting', 'editing', 'submission', 'proofreading', 'publication'
] %}

with item_stage as (

    select * from {{ ref('int_content_item_stage') }}

),

item as (

    select * from {{ ref('int_content_item') }}

),

member as (

    select * from {{ ref('int_process_member') }}

),

evaluation_date as (

    select * from {{ ref('int_evaluation_date') }}

),

pivoted as (

    select
        evaluated_on,
        item_id,
        {%- for stage_code in stage_codes %}
        max(case when stage_code = '{{ stage_code }}' then achieved_at end) as {{ stage_code }}_at,
        {%- endfor %}
        max(case when is_last_stage then achieved_at end) as published_at,
        max(case when is_achieved then stage_no else 0 end) as last_stage_no,
        max(achieved_at) as last_achieved_at,
        max(last_event_at) as last_event_at
    from item_stage
    group by evaluated_on, item_id

),

state as (

    select
        pivoted.*,
        item.customer_key,
        item.process_id,
        item.planned_publish_date,
        item.interview_date,
        coalesce(item.cancelled_at < evaluation_date.evaluated_until, false) as is_cancelled,
        coalesce(pivoted.last_achieved_at, item.known_at) as current_stage_since,
        member.target_cadence_days
    from pivoted
    inner join evaluation_date on pivoted.evaluated_on = evaluation_date.evaluated_on
    inner join item on pivoted.item_id = item.item_id
    left join member
        on pivoted.evaluated_on = member.evaluated_on
        and item.customer_key = member.customer_key
        and item.process_id = member.process_id

),

final as (

    select
        *,
        not is_cancelled and published_at is null as is_open,
        -- the window is never shorter than the gap that still counts as regular
        not is_cancelled and (
            published_at is null
            or {{ dbt.datediff(local_date('last_event_at'), 'evaluated_on', 'day') }} <= greatest(
                {{ var('activation_window_days') }}, {{ var('cadence_tolerance') }} * target_cadence_days
            )
        ) as is_relevant
    from state

)

select * from final
