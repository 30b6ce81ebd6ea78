with product as (

    select * from {{ ref('crm__product') }}

),

final as (

    select
        product_id as product_key,
        sku,
        name as product_name,
        -- as in fct_subscription_month: a product without family is its own
        coalesce(product_family_id, product_id) as product_family_id,
        category_l,
        category_m,
        category_s,
        taste_color,
        taste_pattern,
        taste_shape,
        taste_texture,
        taste_size,
        brand,
        character,
        plan_tier,
        tax_category,
        is_recurring,
        is_active
    from product

)

select * from final
