-- No row of a fact or bridge hangs on a customer that is not there.
{% for model in [
    'fct_order_line', 'dim_contact', 'bridge_customer_identity', 'int_purchase', 'mart_rfm', 'mart_decile',
] %}
select '{{ model }}' as model, rows_of_model.customer_key
from {{ ref(model) }} as rows_of_model
left join {{ ref('dim_customer') }} as customer on rows_of_model.customer_key = customer.customer_key
where customer.customer_key is null
{%- if model.startswith('mart_') %} and rows_of_model.as_of_date = {{ as_of_date() }}{% endif %}
{% if not loop.last %}union all{% endif %}
{% endfor %}
