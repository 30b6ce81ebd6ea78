{#- Tickets whose figures may have changed: themselves, their events (one that went away with its file shows in the
    count, one that came into view in its time), their survey answer, or the customer they belong to. A dropped file's
    ticket that counts again, since the vendor's of the same id was deleted, is as old as its file: its values tell.
    `ticket`, `event`, `answer` are CTEs. -#}
{% macro touched_tickets() %}
    select ticket.ticket_id
    from ticket
    left join {{ this }} as built on ticket.ticket_id = built.ticket_key
    left join answer on ticket.ticket_id = answer.ticket_id
    left join (
        select ticket_id, count(*) as event_count, max(_build_id) as _build_id, max(occurred_at) as last_event_at
        from event
        group by ticket_id
    ) as events on ticket.ticket_id = events.ticket_id
    where ticket._build_id = {{ var('build_id') }}
        or events._build_id = {{ var('build_id') }}
        {%- if var('since_as_of_date') %}
        or events.last_event_at >= {{ day_end(var('since_as_of_date')) }}
        {%- endif %}
        or coalesce(events.event_count, 0) is distinct from built.event_count
        or ticket.customer_key is distinct from built.customer_key
        or ticket.channel is distinct from built.channel_code
        {%- for column in ['category_code', 'priority', 'is_complaint', 'status', 'created_at'] %}
        or ticket.{{ column }} is distinct from built.{{ column }}
        {%- endfor %}
        or answer.score is distinct from built.csat_score
        or answer.scale_max is distinct from built.csat_scale_max
{% endmacro %}

{#- post_hook: deleted, merged and spam tickets leave the fact. -#}
{% macro forget_tickets() -%}
    delete from {{ this }} where ticket_key not in (select ticket_id from {{ ref('int_ticket') }})
{%- endmacro %}
