{{ config(meta={'touched': {'event_id': "{{ loaded_since('salesforce__opportunity_history') }}"}}) }}

with source as (

    {{ current_records('salesforce__opportunity_history') }}

)

select
    Id as event_id,
    OpportunityId as opportunity_id,
    StageName as to_stage,
    Amount as amount_ex_tax,
    Probability as probability,
    CreatedById as changed_by,
    CreatedDate as occurred_at,
    {{ var('build_id') }} as _build_id
from source
