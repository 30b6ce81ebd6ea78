-- grain: opportunity × stage it has stood at, again where it came back (docs/domain/revenue.md#opportunities). A change of
-- amount or probability within a stage is none of its own.
with change as (

    select
        *,
        coalesce(lag(to_stage) over (partition by opportunity_id order by occurred_at, length(event_id), event_id) = to_stage, false)
            as is_same_stage
    from {{ ref('sfa__opportunity_stage_history') }}
    where occurred_at < {{ as_of_end() }}

),

opportunity as (

    select * from {{ ref('fct_opportunity') }}

),

numbered as (

    select
        *,
        sum(case when is_same_stage then 0 else 1 end)
            over (partition by opportunity_id order by occurred_at, length(event_id), event_id rows unbounded preceding) as stage_seq
    from change

),

newest as (

    select * from numbered
    qualify row_number() over (
        partition by opportunity_id, stage_seq order by occurred_at desc, length(event_id) desc, event_id desc
    ) = 1

),

stage as (

    select
        numbered.opportunity_id,
        numbered.stage_seq,
        numbered.to_stage,
        numbered.occurred_at as entered_at,
        newest.amount_ex_tax,
        newest.probability,
        lead(numbered.occurred_at) over (partition by numbered.opportunity_id order by numbered.stage_seq) as left_at
    from numbered
    inner join newest
        on numbered.opportunity_id = newest.opportunity_id and numbered.stage_seq = newest.stage_seq
    where not numbered.is_same_stage

),

final as (

    select
        stage.opportunity_id as opportunity_key,
        cast(stage.stage_seq as integer) as stage_seq,
        opportunity.customer_key,
        stage.to_stage as stage_code,
        stage.entered_at,
        stage.left_at,
        cast(case
            when stage.left_at is not null or opportunity.state = 'open'
                then {{ dbt.datediff(local_date('stage.entered_at'), 'coalesce(' ~ local_date('stage.left_at') ~ ', ' ~ as_of_date() ~ ')', 'day') }}
        end as integer) as days_in_stage,
        stage.amount_ex_tax as amount_in_currency,
        cast(stage.probability as decimal(9, 6)) as probability,
        case when stage.left_at is null and opportunity.state <> 'open' then opportunity.state = 'won' end as is_won
    from stage
    inner join opportunity on stage.opportunity_id = opportunity.opportunity_key

)

select * from final
