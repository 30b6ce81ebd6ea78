-- Every segment type splits all customers: its segments add up to `all` in each month.
{%- set measures = [
    'opening_mrr', 'closing_mrr', 'grr_num', 'nrr_num', 'opening_customers', 'closing_customers', 'new_customers',
    'churned_customers', 'seed_upsell_customers', 'seed_net_amount_signed',
] %}
with per_type as (

    select
        month,
        segment_type
        {%- for measure in measures %},
        sum({{ measure }}) as {{ measure }}
        {%- endfor %}
    from {{ ref('fct_retention_monthly') }}
    group by month, segment_type

)

select split.*
from per_type as split
inner join per_type as total
    on split.month = total.month
    and total.segment_type = 'all'
where {% for measure in measures -%}
    split.{{ measure }} <> total.{{ measure }}{{ ' or ' if not loop.last }}
{%- endfor %}
