{#- Marts that keep one slice a business date or week (ARCHITECTURE.md "Time in the marts"). -#}

{#- pre_hook: takes out the slice about to be written, so that a slice that has become empty leaves no old rows. -#}
{% macro forget_slice(date_column='as_of_date') -%}
    {%- if is_incremental() -%}
    delete from {{ this }} where {{ date_column }} = {{ as_of_date() }}
    {%- endif -%}
{%- endmacro %}

{#- post_hook: keeps the slices of the last days and the last one of every month.
    step_days: 1 for daily slices, 7 for weekly ones. -#}
{% macro prune_slices(date_column='as_of_date', step_days=1) -%}
    delete from {{ this }}
    where {{ date_column }} <= {{ as_of_date() }} - {{ var('slice_retention_days') }}
      and {{ month_of(date_column) }} = {{ month_of(date_column ~ ' + ' ~ step_days) }}
{%- endmacro %}
