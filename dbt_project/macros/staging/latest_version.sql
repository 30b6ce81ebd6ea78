{#- Current state of a mutable object as of the business date: of every key the version with the highest
    (cursor, _extracted_at, _row), tombstones removed. Incremental: only keys with a new version are looked at;
    the model's pre_hook forgets them first, so a deleted record leaves the table.
    Objects that others refer to keep their tombstones (`_is_deleted`): a record that points to a deleted one must
    be seen to change. -#}
{% macro latest_version(raw_table, key, cursor, keep_deleted=false) %}
    select * from (
        select *
        from {{ source('raw', raw_table) }}
        where {{ cursor }} < {{ as_of_end() }}
        {%- if is_incremental() %}
          and {{ key }} in ({{ changed_keys(raw_table, key, cursor) }})
        {%- endif %}
        qualify row_number() over (
            partition by {{ key }} order by {{ cursor }} desc, _extracted_at desc, _row desc
        ) = 1
    ) as latest
    {%- if not keep_deleted %}
    where not _is_deleted
    {%- endif %}
{% endmacro %}

{#- Keys with a version that the last finished build has not seen: loaded since, or then still in the future. -#}
{% macro changed_keys(raw_table, key, cursor) %}
    select {{ key }} from {{ source('raw', raw_table) }}
    where _load_id > {{ var('since_load_id') }}
    {%- if var('since_as_of_date') %} or {{ cursor }} >= {{ day_end(var('since_as_of_date')) }}{% endif %}
{% endmacro %}

{#- pre_hook of a staging model: takes out the keys that are about to be rebuilt. -#}
{% macro forget_changed(raw_table, key, cursor, column) %}
    {%- if is_incremental() -%}
    delete from {{ this }} where {{ column }} in ({{ changed_keys(raw_table, key, cursor) }})
    {%- endif -%}
{% endmacro %}

{#- Salesforce: the same for every object. -#}
{% macro latest_salesforce(raw_table) %}
    {{- latest_version(raw_table, 'Id', to_instant('SystemModstamp')) -}}
{% endmacro %}
{% macro forget_changed_salesforce(raw_table, column) %}
    {{- forget_changed(raw_table, 'Id', to_instant('SystemModstamp'), column) -}}
{% endmacro %}

{#- A HubSpot property; "" is its way to say unset. -#}
{% macro hubspot_property(name) -%}
    nullif({{ json_text('properties', name) }}, '')
{%- endmacro %}

{#- Zendesk: `updated_at` is not moved by system updates, so `generated_timestamp` orders the versions of a ticket. -#}
{% macro zendesk_ticket_cursor() -%}
    coalesce({{ epoch_to_instant('generated_timestamp') }}, {{ to_instant('updated_at') }})
{%- endmacro %}
{% macro zendesk_event_cursor() -%}
    coalesce({{ epoch_to_instant('timestamp') }}, {{ to_instant('created_at') }})
{%- endmacro %}
{% macro hubspot_event_cursor() -%}
    {{ epoch_to_instant('try_cast(created as bigint) / 1000.0') }}
{%- endmacro %}
