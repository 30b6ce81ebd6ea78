-- C-42: fewer than 2 % of the achieved stages come before their predecessor.
with achieved as (

    select
        item_id,
        stage_code,
        is_out_of_order,
        sum(case when is_out_of_order then 1 else 0 end) over () as out_of_order,
        count(*) over () as stages
    from {{ ref('fct_content_item_stage') }}
    where achieved_at is not null

)

select
    'warehouse' as source,
    'process__stage_event' as object,
    cast(null as {{ dbt.type_string() }}) as place,
    'achieved_at' as column_name,
    item_id || ' / ' || stage_code as key,
    cast(null as decimal(18, 2)) as amount,
    cast(null as {{ dbt.type_string() }}) as currency
from achieved
where is_out_of_order and out_of_order >= 0.02 * stages
