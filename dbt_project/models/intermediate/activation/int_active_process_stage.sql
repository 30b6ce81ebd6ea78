{{ config(materialized='view') }}

-- stages of the definitions valid on as_of_date

with stage as (

    select * from {{ ref('process_stage') }}

),

definition as (

    select * from {{ ref('activation_definition') }}
    where valid_from <= {{ as_of_date() }} and coalesce(valid_to, {{ as_of_date() }}) >= {{ as_of_date() }}

)

select
    stage.process_id,
    stage.definition_version,
    stage.stage_no,
    stage.stage_code,
    stage.actor,
    stage.required_field,
    stage.weight,
    stage.target_days,
    stage.measure,
    stage.threshold,
    stage.regular_weeks,
    stage.measure_of,
    -- of a single feature the weekly use knows nothing: its goals always have a window
    coalesce(stage.window_days, case when left(stage.measure, 8) = 'feature_' then 28 end) as window_days,
    -- of the stages that items go through
    stage.measure is null and stage.stage_no
    = min(case when stage.measure is null then stage.stage_no end) over (partition by stage.process_id) as is_first_stage,
    stage.measure is null and stage.stage_no
    = max(case when stage.measure is null then stage.stage_no end) over (partition by stage.process_id) as is_last_stage
from stage
inner join definition
    on stage.process_id = definition.process_id and stage.definition_version = definition.version
