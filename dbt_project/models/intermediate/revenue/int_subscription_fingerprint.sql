{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='customer_key') }}
-- One row per customer that ever had a line: what the lines amount to, and the build in which that last changed.
-- A customer whose lines are gone keeps a row without fingerprint. Monthly facts rebuild the customers of this build.
with line as (

    select
        customer_key,
        {{ surrogate_key([
            'line_id', 'product_key', 'product_family_id', 'start_date', 'end_date', 'bridged_until',
            'licences', 'mrr', 'arr', 'known_date', 'next_known_date',
        ]) }} as line_hash
    from {{ ref('int_subscription_line') }}

),

current_state as (

    select
        customer_key,
        {{ group_hash('line_hash') }} as fingerprint
    from line
    group by customer_key

),

final as (

    {% if is_incremental() -%}
    select
        coalesce(current_state.customer_key, before.customer_key) as customer_key,
        current_state.fingerprint,
        {{ var('build_id') }} as _build_id
    from current_state
    full outer join {{ this }} as before
        on current_state.customer_key = before.customer_key
    where coalesce(current_state.fingerprint, '') <> coalesce(before.fingerprint, '')
    {%- else -%}
    select
        customer_key,
        fingerprint,
        {{ var('build_id') }} as _build_id
    from current_state
    {%- endif %}

)

select * from final
