{#- Of a mart that keeps one slice a business date (ARCHITECTURE.md "Time in the marts") the dates whose rows go: the
    one about to be written, so that a slice that has become empty leaves no old rows, and those no longer kept. Kept
    are the last days and the last slice there is of every month: nothing may have run on the month's last day. -#}
{% macro replaced_slices() -%}
    select as_of_date
    from (select distinct as_of_date from {{ this }} union select {{ as_of_date() }}) as slice
    qualify as_of_date = {{ as_of_date() }}
        or (
            as_of_date <= {{ as_of_date() }} - {{ var('slice_retention_days') }}
            and as_of_date < max(as_of_date) over (partition by {{ month_of('as_of_date') }})
        )
{%- endmacro %}
