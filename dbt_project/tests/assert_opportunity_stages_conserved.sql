-- Every change of an opportunity that is there opens a stage or lies within one; stages follow each other without a gap.
with change as (

    select
        history.opportunity_id,
        count(*) as changes,
        count(distinct history.to_stage) as stages,
        min(history.occurred_at) as first_at
    from {{ ref('sfa__opportunity_stage_history') }} as history
    inner join {{ ref('fct_opportunity') }} as opportunity on history.opportunity_id = opportunity.opportunity_key
    where history.occurred_at < {{ as_of_end() }}
    group by history.opportunity_id

),

stage as (

    select
        opportunity_key,
        count(*) as entered,
        count(distinct stage_code) as stages,
        min(entered_at) as first_at,
        count(left_at) as has_left,
        max(stage_seq) as last_seq
    from {{ ref('fct_opportunity_stage') }}
    group by opportunity_key

)

select change.opportunity_id, stage.opportunity_key, changes, entered, has_left, last_seq
from change
full join stage on change.opportunity_id = stage.opportunity_key
where change.opportunity_id is null
    or stage.opportunity_key is null
    or stage.entered > change.changes
    or stage.stages <> change.stages
    or stage.first_at <> change.first_at
    or stage.has_left <> stage.entered - 1
    or stage.last_seq <> stage.entered
