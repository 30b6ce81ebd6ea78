-- grain: ticket, merged, spam and deleted ones left out (§2.8). Only touched tickets are rebuilt.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='ticket_key',
    on_schema_change='append_new_columns',
    post_hook="{{ forget_tickets() }}"
) }}

with ticket as (

    select * from {{ ref('int_ticket') }}

),

event as (

    select * from {{ ref('support__ticket_event') }} where occurred_at < {{ as_of_end() }}

),

calendar as (

    select * from {{ ref('int_business_calendar') }}

),

-- the latest answer of a ticket (§2.7)
answer as (

    select * from {{ ref('support__csat_response') }}
    where ticket_id is not null and responded_at < {{ as_of_end() }}
    qualify row_number() over (partition by ticket_id order by responded_at desc, response_id desc) = 1

),

target as (

    select * from ticket
    {%- if is_incremental() %}
    where ticket_id in ({{ touched_tickets() }})
    {%- endif %}

),

milestone as (

    {{ ticket_milestones('target') }}

),

final as (

    select
        target.ticket_id as ticket_key,
        target.customer_key,
        case when target.contact_id is not null then {{ surrogate_key(['target.contact_id']) }} end as contact_key,
        target.channel as channel_code,
        target.category_code,
        target.priority,
        target.is_complaint,
        target.status,
        target.created_at,
        milestone.first_response_at,
        milestone.first_solved_at,
        milestone.last_solved_at,
        {%- for name, reached_at in {
            'first_response': 'first_response_at', 'first_resolution': 'first_solved_at',
            'full_resolution': 'last_solved_at',
        }.items() %}
        {{ minutes_between('target.created_at', 'milestone.' ~ reached_at) }} as {{ name }}_min,
        {{ support_minutes_between('target.created_at', 'created_day', 'milestone.' ~ reached_at, name ~ '_day') }}
            as {{ name }}_min_bm,
        {%- endfor %}
        cast(coalesce(milestone.reopen_count, 0) as integer) as reopen_count,
        cast(coalesce(milestone.agent_replies, 0) as integer) as agent_replies,
        coalesce(
            milestone.first_solved_at is not null and milestone.agent_replies <= 1 and milestone.reopen_count = 0,
            false
        ) as is_one_touch,
        answer.score as csat_score,
        answer.scale_max as csat_scale_max,
        coalesce(milestone.event_count, 0) as event_count
    from target
    left join milestone on target.ticket_id = milestone.ticket_id
    left join answer on target.ticket_id = answer.ticket_id
    left join calendar as created_day on {{ local_date('target.created_at') }} = created_day.date_day
    left join calendar as first_response_day
        on {{ local_date('milestone.first_response_at') }} = first_response_day.date_day
    left join calendar as first_resolution_day
        on {{ local_date('milestone.first_solved_at') }} = first_resolution_day.date_day
    left join calendar as full_resolution_day
        on {{ local_date('milestone.last_solved_at') }} = full_resolution_day.date_day

)

select * from final
