-- C-44: exactly one definition of a process is valid on the business date, and the marts carry it.
select process_id, null as definition_version, 'definitions valid: ' || sum(is_valid) as finding
from (
    select
        process_id,
        case
            when valid_from <= {{ as_of_date() }} and coalesce(valid_to, {{ as_of_date() }}) >= {{ as_of_date() }} then 1
            else 0
        end as is_valid
    from {{ ref('activation_definition') }}
) as definition
group by process_id
having sum(is_valid) <> 1
union all
select mart.process_id, mart.definition_version, 'version not valid on the date' as finding
from (
    select process_id, definition_version from {{ ref('mart_activation_level') }} where as_of_date = {{ as_of_date() }}
    union
    select process_id, definition_version from {{ ref('mart_activation_stage') }} where as_of_date = {{ as_of_date() }}
) as mart
left join {{ ref('activation_definition') }} as definition
    on mart.process_id = definition.process_id
    and mart.definition_version = definition.version
    and definition.valid_from <= {{ as_of_date() }}
    and coalesce(definition.valid_to, {{ as_of_date() }}) >= {{ as_of_date() }}
where definition.version is null
union all
select definition.process_id, null, 'levels with a name: ' || count(level.level_no)
from (select distinct process_id from {{ ref('activation_definition') }}) as definition
left join {{ ref('activation_level') }} as level on definition.process_id = level.process_id and level.level_no between 0 and 5
group by definition.process_id
having count(level.level_no) <> 6
