-- grain: reason to call a customer, the weightiest first (docs/domain/activation.md#follow-up)
with named as (

    select
        *,
        case trigger_code
            {%- for code, points in var('follow_up_points').items() %}
            when '{{ code }}' then {{ points }}
            {%- endfor %}
        end as points
    from {{ ref('follow_up_trigger') }}

),

final as (

    select
        trigger_code,
        name_en as trigger_name_en,
        name_ja as trigger_name_ja,
        description_en,
        description_ja,
        cast(points as smallint) as points,
        cast(row_number() over (order by points desc, trigger_code asc) as smallint) as trigger_order
    from named

)

select * from final
