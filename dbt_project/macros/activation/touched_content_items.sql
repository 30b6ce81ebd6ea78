{#- Items whose stages must be built again: changed items and events; events that came into view with the date; events
    that went away with their file (the counts differ); another definition. `item`, `all_event`, `stage` are CTEs. -#}
{% macro touched_content_items() %}
    select item_id from item where _build_id = {{ var('build_id') }}
    union
    select item_id from all_event
    where _build_id = {{ var('build_id') }}
    {%- if var('since_as_of_date') %} or achieved_at >= {{ day_end(var('since_as_of_date')) }}{% endif %}
    union
    select item_id
    from (
        select item_id, 1 as events from all_event
        union all
        select item_id, -event_count as events from {{ this }}
    ) as balance
    group by item_id
    having sum(events) <> 0
    union
    select built.item_id
    from {{ this }} as built
    left join stage on built.process_id = stage.process_id and built.stage_code = stage.stage_code
    where built.definition_version is distinct from stage.definition_version
{% endmacro %}

{#- post_hook: an item whose last event has gone leaves the fact. -#}
{% macro forget_items_without_event() -%}
    delete from {{ this }} where item_id not in (
        select item_id from {{ ref('process__stage_event') }} where achieved_at < {{ as_of_end() }}
    )
{%- endmacro %}
