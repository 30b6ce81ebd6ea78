{#- Customers whose order lines differ from those of the last build. -#}
{% macro changed_buyers() -%}
    select customer_key from {{ ref('int_order_line_fingerprint') }} where _build_id = {{ var('build_id') }}
{%- endmacro %}

{#- pre_hook of fct_order_line: takes out the customers about to be rebuilt. -#}
{% macro forget_changed_buyers() -%}
    {%- if is_incremental() -%}
    delete from {{ this }} where customer_key in ({{ changed_buyers() }})
    {%- endif -%}
{%- endmacro %}
