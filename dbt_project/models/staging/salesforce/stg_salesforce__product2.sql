{{ config(meta={'touched': {'product_id': "{{ loaded_since('salesforce__product2') }}"}}) }}

with source as (

    {{ current_records('salesforce__product2') }}

)

select
    Id as product_id,
    ProductCode as sku,
    Name as name,
    Family as product_family_id,
    CategoryL__c as category_l,
    CategoryM__c as category_m,
    CategoryS__c as category_s,
    TasteColor__c as taste_color,
    TastePattern__c as taste_pattern,
    TasteShape__c as taste_shape,
    TasteTexture__c as taste_texture,
    TasteSize__c as taste_size,
    Brand__c as brand,
    Character__c as character,
    PlanTier__c as plan_tier,
    lower(TaxCategory__c) as tax_category,
    ChargeType__c as charge_type,
    IsActive as is_active,
    CreatedDate as created_at,
    SystemModstamp as updated_at,
    {{ var('build_id') }} as _build_id
from source
