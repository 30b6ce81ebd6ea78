{{ config(materialized='view') }}

-- grain: customer × month with both known: people seen in 28 days and licences assigned, on the newest Sunday of the month on which
-- they are (docs/domain/activation.md#phases). More people than licences use all of them.
with {{ known_use_ctes() }},

final as (

    select
        customer_key,
        {{ month_of('week_end') }} as month,
        least(users, seats) as licences_used,
        seats as licences
    from known_use
    where users is not null and seats is not null and week_end > {{ history_start() }}
    qualify row_number() over (partition by customer_key, {{ month_of('week_end') }} order by week_end desc) = 1

)

select * from final
