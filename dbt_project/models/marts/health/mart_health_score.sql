-- grain: active customer × as_of_date; what each known component contributes to its health, which is their sum
-- (docs/domain/activation.md#health)
{%- set weights = var('health_weights') %}
{%- set components = ['activation', 'ews', 'csat', 'nps', 'tickets'] %}
{%- set total = [weights.activation + weights.ews + weights.csat + weights.nps + weights.tickets, 1] | max %}
with component as (

    select * from {{ ref('int_health_component') }}

),

threshold as (

    select *, lead(from_days) over (order by from_days asc) as below from {{ ref('health_threshold') }}

),

known as (

    select
        *,
        {% for name in components %}{{ '+ ' if not loop.first }}case when {{ name }} is not null then {{ weights[name] }} else 0 end
        {% endfor %}as known_weight
    from component

),

-- the weights of what is not known go to what is, in proportion
weighed as (

    select
        *,
        round(known_weight * 1.0 / {{ total }}, 6) as coverage,
        case when known_weight >= {{ var('health_rules').min_coverage }} * {{ total }} then known_weight end as weight_shared
    from known

),

shared as (

    select
        *,
        {%- for name in components %}
        cast(round({{ name }} * {{ weights[name] }} * 1.0 / weight_shared, 6) as decimal(9, 6)) as {{ name }}_points{{ ',' if not loop.last }}
        {%- endfor %}
    from weighed

),

summed as (

    select
        *,
        case when weight_shared is not null then cast(round(
            {% for name in components %}{{ '+ ' if not loop.first }}coalesce({{ name }}_points, 0) {% endfor %}, 2
        ) as decimal(6, 2)) end as health_score
    from shared

),

final as (

    select
        summed.customer_key,
        {{ as_of_date() }} as as_of_date,
        summed.health_score,
        case
            when summed.health_score >= threshold.green_from then 'green'
            when summed.health_score >= threshold.yellow_from then 'yellow'
            when summed.health_score is not null then 'red'
        end as health_colour,
        cast(summed.coverage as decimal(9, 6)) as coverage,
        {%- for name in components %}
        summed.{{ name }} as s_{{ name }},
        {%- endfor %}
        {%- for name in components %}
        summed.{{ name }}_points,
        {%- endfor %}
        cast(threshold.green_from as smallint) as green_from,
        cast(threshold.yellow_from as smallint) as yellow_from
    from summed
    left join threshold
        on summed.account_days >= threshold.from_days
        and (summed.account_days < threshold.below or threshold.below is null)

)

select * from final
