{% macro replaced_slices() -%}
    select as_of_date
    from (select distinct as_of_date from {{ this }} union select {{ as_of_date() }}) as slice
    qualify as_of_date = {{ as_of_date() }}
        or (
            as_of_date <= {{ as_of_date() }} - {{ var('slice_retention_days') }}
            and as_of_date < max(as_of_date) over (partition by {{ month_of('as_of_date') }})
        )
{%- endmacro %}
