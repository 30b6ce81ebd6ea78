{#- What an incremental build of the monthly revenue models works out anew: all months of customers whose lines, or
    bridges over a gap, have changed, and for everybody the months from the previous as_of on, since the running month is
    valued at as_of (DOMAIN.md §2.1). Whether a loss is still within grace is decided later, in fct_mrr_movement. -#}

{% macro first_open_month() -%}
    {%- if var('since_as_of_date') -%}
    {{ month_of("cast('" ~ var('since_as_of_date') ~ "' as date)") }}
    {%- else -%}
    cast('1900-01-01' as date)
    {%- endif -%}
{%- endmacro %}

{% macro changed_subscribers() -%}
    select customer_key from {{ ref('int_subscription_fingerprint') }} where _build_id = {{ var('build_id') }}
{%- endmacro %}

{#- pre_hook: takes out the rows about to be rebuilt. -#}
{% macro forget_open_months() -%}
    {%- if is_incremental() -%}
    delete from {{ this }}
    where month >= {{ first_open_month() }} or customer_key in ({{ changed_subscribers() }})
    {%- endif -%}
{%- endmacro %}

{#- Stands for the end of an evergreen line in comparisons. -#}
{% macro far_future() -%}
    cast('9999-01-01' as date)
{%- endmacro %}
