-- Conservation: every live Salesforce order item is a subscription line or an order line, never both; also one whose id
-- a dropped file has too, since the vendor wins.
with newest as (

    select
        Id as order_item_id,
        _is_deleted,
        row_number() over (
            partition by Id order by {{ read_text('SystemModstamp', 'instant') }} desc, _extracted_at desc, _row desc
        ) as newness
    from {{ source('raw', 'salesforce__order_item') }}
    where {{ read_text('SystemModstamp', 'instant') }} < {{ as_of_end() }}

),

live as (

    select order_item_id from newest where newness = 1 and not _is_deleted

),

modelled as (

    select line_id from {{ ref('crm__subscription_line') }}
    where line_id in (select order_item_id from live)
        or line_id not in (select line_id from {{ ref('stg_files__crm__subscription_line') }})
    union all
    select order_line_id from {{ ref('crm__order_line') }}
    where order_line_id in (select order_item_id from live)
        or order_line_id not in (select order_line_id from {{ ref('stg_files__crm__order_line') }})

),

counted as (

    select line_id, count(*) as times from modelled group by line_id

)

select live.order_item_id, counted.line_id, counted.times
from live
full outer join counted on live.order_item_id = counted.line_id
where live.order_item_id is null or counted.line_id is null or counted.times <> 1
