{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='customer_key') }}
-- One row per customer that ever had an order line: what the lines amount to, and the build in which that last changed.
-- A customer whose lines are gone keeps a row without fingerprint. fct_order_line rebuilds the customers of this build.
with order_line as (

    select
        customer_key,
        {{ surrogate_key([
            'order_line_id', 'order_id', 'contact_key', 'product_key', 'order_date', 'quantity', 'returned_quantity',
            'unit_price_net', 'list_price', 'net_amount', 'discount_rate', 'price_class', 'tax_rate',
        ]) }} as line_hash
    from {{ ref('int_order_line') }}

),

fingerprints as (

    select
        customer_key,
        {{ group_hash('line_hash') }} as fingerprint
    from order_line
    group by customer_key
    {%- if is_incremental() %}
    union all
    select
        customer_key,
        cast(null as {{ dbt.type_string() }}) as fingerprint
    from {{ this }}
    where customer_key not in (select order_line.customer_key from order_line)
    {%- endif %}

),

changed as (

    select customer_key, fingerprint from fingerprints
    {%- if is_incremental() %}
    except
    select customer_key, fingerprint from {{ this }}
    {%- endif %}

),

final as (

    select
        customer_key,
        fingerprint,
        {{ var('build_id') }} as _build_id
    from changed

)

select * from final
