-- grain: source × opportunity × version
with salesforce as (

    {{ record_versions('salesforce__opportunity') }}

),

files as (

    {{ record_versions('files__sfa__opportunity') }}

)

select
    'salesforce' as source_system,
    Id as opportunity_id,
    OwnerId as owner_id,
    coalesce(IsClosed, false) as is_closed,
    cast(_version_time as {{ dbt.type_string() }}) as version_time
from salesforce
union all
select
    'files' as source_system,
    opportunity_id,
    owner_id,
    closed_at is not null as is_closed,
    _version_time as version_time
from files
