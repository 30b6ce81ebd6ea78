-- grain: as_of_date × process × judged level × level worked out for the day of the judgement
-- (docs/domain/activation.md#validation)
select
    definition_version,
    process_id,
    {{ as_of_date() }} as as_of_date,
    csm_level,
    activation_level,
    cast(count(*) as integer) as customers
from {{ ref('fct_activation_review') }}
where activation_level is not null
group by definition_version, process_id, csm_level, activation_level
