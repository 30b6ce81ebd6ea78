with salesforce as (

    select
        {{ entity_select('crm__product',
            same=[
                'product_id', 'sku', 'name', 'product_family_id', 'category_l', 'category_m', 'category_s',
                'taste_color', 'taste_pattern', 'taste_shape', 'taste_texture', 'taste_size', 'brand', 'character',
                'plan_tier', 'tax_category', 'is_active', 'created_at', 'updated_at',
            ],
            expressions={'is_recurring': "charge_type = 'recurring'"},
        ) }}
    from {{ ref('stg_salesforce__product2') }}

),

files as (

    select
        {{ entity_select('crm__product', expressions={
            'tax_category': known_code('tax_category', ['standard', 'reduced', 'exempt', 'non_taxable']),
        }) }}
    from {{ ref('stg_files__crm__product') }}
    where product_id not in (select product_id from salesforce)

),

final as (

    select * from salesforce
    union all
    select * from files

)

select * from final
