{#- Marts that keep one slice a business date or week (ARCHITECTURE.md "Time in the marts"). -#}

{#- pre_hook: takes out the slice about to be written, so that a slice that has become empty leaves no old rows. -#}
{% macro forget_slice(date_column='as_of_date') -%}
    {%- if is_incremental() -%}
    delete from {{ this }} where {{ date_column }} = {{ as_of_date() }}
    {%- endif -%}
{%- endmacro %}

{#- post_hook: keeps the slices of the last days and the last one there is of every month: nothing may have run on the
    month's last day. -#}
{% macro prune_slices(date_column='as_of_date') -%}
    delete from {{ this }}
    where {{ date_column }} <= {{ as_of_date() }} - {{ var('slice_retention_days') }}
      and {{ date_column }} not in (
          select max({{ date_column }}) from {{ this }} group by {{ month_of(date_column) }}
      )
{%- endmacro %}
