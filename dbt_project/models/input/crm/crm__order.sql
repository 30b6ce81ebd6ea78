with salesforce as (

    select
        {{ entity_select('crm__order',
            same=['order_id', 'account_id', 'contact_id', 'order_date', 'sales_channel', 'created_at', 'updated_at'],
            expressions={
                'status': map_code("coalesce(status, 'Draft')", {
                    'ordered': ['draft', 'activated'],
                    'shipped': ['shipped', 'fulfilled', 'delivered'],
                    'cancelled': ['cancelled', 'canceled'],
                    'returned': ['returned'],
                }),
                'shipping_prefecture_code': 'shipping_prefecture_name',
            },
        ) }}
    from {{ ref('stg_salesforce__order') }}

),

files as (

    select
        {{ entity_select('crm__order', expressions={
            'status': known_code("coalesce(status, 'ordered')", ['ordered', 'shipped', 'cancelled', 'returned']),
        }) }}
    from {{ ref('stg_files__crm__order') }}
    where order_id not in (select order_id from salesforce)

),

unioned as (

    select * from salesforce
    union all
    select * from files

),

final as (

    select
        {{ entity_select('crm__order', expressions={
            'shipping_prefecture_code':
                "case when shipping_prefecture_code is not null then coalesce(spellings.prefecture_code, '00') end",
        }) }}
    from unioned
    left join {{ ref('stg_reference__prefecture_spelling') }} as spellings
        on lower(trim(unioned.shipping_prefecture_code)) = spellings.spelling

)

select * from final
