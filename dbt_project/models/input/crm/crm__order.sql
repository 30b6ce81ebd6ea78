with salesforce as (

    select
        *,
        coalesce({{ code_meaning('order_status', 'status') }}, 'ordered') as status_code
    from {{ ref('stg_salesforce__order') }}

),

files as (

    select
        *,
        coalesce({{ code_meaning('order_status', 'status') }}, 'ordered') as status_code
    from {{ file_records('crm__order') }} as landed
    where order_id not in (select order_id from salesforce)

),

unioned as (

    select
        {{ entity_select('crm__order',
            held=['order_id', 'account_id', 'contact_id', 'order_date', 'sales_channel', 'created_at', 'updated_at'],
            renamed={'status': 'status_code', 'shipping_prefecture_code': 'shipping_prefecture_name'},
        ) }}
    from salesforce
    union all
    select {{ entity_select('crm__order', renamed={'status': 'status_code'}) }}
    from files

),

located as (

    select
        unioned.*,
        case
            when unioned.shipping_prefecture_code is not null then coalesce(spellings.prefecture_code, '00')
        end as prefecture
    from unioned
    left join {{ ref('stg_reference__prefecture_spelling') }} as spellings
        on lower(trim(unioned.shipping_prefecture_code)) = spellings.spelling

),

final as (

    select {{ entity_select('crm__order', renamed={'shipping_prefecture_code': 'prefecture'}) }}
    from located

)

select * from final
