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
    stage.stage_no = min(stage.stage_no) over (partition by stage.process_id) as is_first_stage,
    stage.stage_no = max(stage.stage_no) over (partition by stage.process_id) as is_last_stage
from stage
inner join definition
    on stage.process_id = definition.process_id and stage.definition_version = definition.version
