with salesforce as (

    select
        *,
        {{ code_meaning('charge_type', 'charge_type') }} = 'recurring' as is_recurring
    from {{ ref('stg_salesforce__product2') }}

),

files as (

    select
        *,
        {{ known_code('tax_category', ['standard', 'reduced', 'exempt', 'non_taxable']) }} as tax_code
    from {{ file_records('crm__product') }} as landed
    where product_id not in (select product_id from salesforce)

),

final as (

    select
        {{ entity_select('crm__product', held=[
            'product_id', 'sku', 'name', 'product_family_id', 'category_l', 'category_m', 'category_s',
            'taste_color', 'taste_pattern', 'taste_shape', 'taste_texture', 'taste_size', 'brand', 'character',
            'plan_tier', 'is_recurring', 'tax_category', 'is_active', 'created_at', 'updated_at',
        ]) }}
    from salesforce
    union all
    select {{ entity_select('crm__product', renamed={'tax_category': 'tax_code'}) }}
    from files

)

select * from final
