-- grain: content item × stage that has an event (docs/domain/activation.md#stage-events). Only touched items are
-- rebuilt.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_keys',
    on_schema_change='append_new_columns',
    meta={'touched': {'item_id': "select item_id from {{ ref('int_touched_content_item') }}"}}
) }}
{%- set duration = dbt.datediff('begun.date_day', 'ended.date_day', 'day') %}

with item as (

    select * from {{ ref('int_content_item') }}

),

stage as (

    select * from {{ ref('int_active_process_stage') }}

),

net as (

    select * from {{ ref('int_net_stage_time') }}
    where evaluated_on = {{ as_of_date() }}
        and {{ is_touched('item_id', 'select item_id from ' ~ ref('int_touched_content_item')) }}

),

-- a stage begins with the previous achieved one, the first with the item
timed as (

    select
        net.*,
        coalesce(item.customer_key, 'unknown') as customer_key,
        item.process_id,
        cast(stage.stage_no as smallint) as stage_no,
        stage.actor,
        cast(stage.target_days as integer) as target_days,
        stage.definition_version,
        case
            when stage.is_first_stage then item.created_at
            when stage.stage_no is not null then lag(net.achieved_at) over (
                partition by net.item_id, net.achieved_at is not null and stage.stage_no is not null
                order by stage.stage_no
            )
        end as started_at
    from net
    left join item on net.item_id = item.item_id
    left join stage on item.process_id = stage.process_id and net.stage_code = stage.stage_code

),

final as (

    select
        timed.item_id,
        timed.stage_code,
        timed.customer_key,
        timed.process_id,
        timed.stage_no,
        timed.definition_version,
        timed.actor,
        timed.achieved_at,
        cast({{ duration }} as integer) as stage_duration_days,
        cast(ended.business_day_no - begun.business_day_no as integer) as stage_duration_bdays,
        timed.target_days,
        {{ duration }} > timed.target_days as is_overdue,
        coalesce(timed.achieved_at < timed.started_at, false) as is_out_of_order,
        timed.is_reverted,
        timed.event_count
    from timed
    -- no duration without a beginning, or when it lies after the end
    left join {{ ref('int_business_calendar') }} as begun
        on case when timed.achieved_at >= timed.started_at then {{ local_date('timed.started_at') }} end = begun.date_day
    left join {{ ref('int_business_calendar') }} as ended on {{ local_date('timed.achieved_at') }} = ended.date_day

)

select * from final
