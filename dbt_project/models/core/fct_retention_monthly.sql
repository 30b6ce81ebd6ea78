{%- set grr_nums = {'customer': 'retained_mrr', 'family': 'opening_mrr + contraction_mrr + churn_mrr'} %}
-- MRR and customers of a month and how much of both was kept, by our definitions and the seed's
-- (docs/domain/retention.md#nrr, docs/domain/retention.md#seed-definitions). Movements are signed: opening + movements
-- = closing.
with segment_month as (

    select * from {{ ref('int_retention_segment_month') }}

),

final as (

    select
        month,
        segment_type,
        segment_value,
        is_provisional,
        is_restated,
        opening_mrr,
        {%- for movement_type in mrr_movement_types() %}
        {{ movement_type }}_mrr,
        {%- endfor %}
        closing_mrr,
        opening_customers,
        new_customers,
        reactivated_customers,
        churned_customers,
        closing_customers,
        {%- for column, numerator in {
            'grr': grr_nums[var('grr_level')],
            'grr_customer_level': grr_nums.customer, 'grr_family_level': grr_nums.family,
        }.items() %}
        {{ rate(numerator, 'opening_mrr') }} as {{ column }},
        cast({{ numerator }} as decimal(18, 2)) as {{ column }}_num,
        opening_mrr as {{ column }}_den,
        {%- endfor %}
        {%- set nrr_num = 'cohort_mrr' ~ (' + reactivation_mrr' if var('nrr_include_reactivation') else '') %}
        {{ rate(nrr_num, 'opening_mrr', 'decimal(18, 6)') }} as nrr,
        cast({{ nrr_num }} as decimal(18, 2)) as nrr_num,
        opening_mrr as nrr_den,
        {{ rate('cohort_mrr + reactivation_mrr', 'opening_mrr', 'decimal(18, 6)') }} as nrr_incl_reactivation,
        cast(cohort_mrr + reactivation_mrr as decimal(18, 2)) as nrr_incl_reactivation_num,
        opening_mrr as nrr_incl_reactivation_den,
        {{ rate('retained_customers', 'opening_customers') }} as logo_retention,
        retained_customers as logo_retention_num,
        opening_customers as logo_retention_den,
        {{ rate('churned_customers', 'opening_customers') }} as logo_churn,
        churned_customers as logo_churn_num,
        opening_customers as logo_churn_den,
        retained_customers as seed_renewal_customers,
        churned_customers as seed_churn_customers,
        upsell_customers as seed_upsell_customers,
        cross_sell_customers as seed_cross_sell_customers,
        opening_customers as seed_gross_count_literal,
        cast(opening_mrr + churn_mrr as decimal(18, 2)) as seed_gross_amount_signed,
        cast(opening_mrr + churn_mrr + upsell_mrr + cross_sell_mrr as decimal(18, 2)) as seed_net_amount_signed
    from segment_month

)

select * from final
