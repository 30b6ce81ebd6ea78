-- Dropped feeds of which tenant.yml says how often they come, and which did not (docs/domain/conventions.md#freshness).
select
    source,
    object,
    cast(null as {{ dbt.type_string() }}) as place,
    cast(null as {{ dbt.type_string() }}) as column_name,
    frequency || ', ' || coalesce('last dropped ' || cast(last_success_as_of as {{ dbt.type_string() }}), 'never dropped') as key,
    cast(null as decimal(18, 2)) as amount,
    cast(null as {{ dbt.type_string() }}) as currency
from {{ ref('int_feed_freshness') }}
where is_promised and is_stale
