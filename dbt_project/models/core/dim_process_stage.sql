-- grain: process × definition version × stage (docs/domain/activation.md#process)

with stage as (

    select * from {{ ref('process_stage') }}

),

definition as (

    select * from {{ ref('activation_definition') }}

),

final as (

    select
        stage.process_id,
        stage.stage_no,
        stage.definition_version,
        stage.stage_code,
        stage.name_ja,
        stage.name_en,
        stage.actor,
        stage.required_field,
        stage.goal_text_ja,
        stage.goal_text_en,
        stage.weight,
        stage.target_days,
        stage.source_object,
        stage.source_field,
        stage.measure,
        stage.threshold,
        stage.regular_weeks,
        stage.measure_of,
        stage.window_days,
        definition.valid_from,
        definition.valid_to
    from stage
    inner join definition
        on stage.process_id = definition.process_id and stage.definition_version = definition.version

)

select * from final
