-- grain: two states × lag × mode: how many customers have both, and their correlation (docs/domain/activation.md#states).
-- b is seen at as_of, a so many weeks before. Equal pairs of values are counted before they are ranked, and sums are exact.
-- Written whole: 8 CPU-seconds for 10,000 customers.
{%- set is_binary = "left(state_code, 5) = 'goal_' or state_code in ('regular', 'clicked', 'trained', 'member', 'stays', 'renewed')" %}
{%- set pair = ['state_a', 'state_b', 'lag_weeks', 'mode'] %}
with measured as (

    select customer_key, state_code, weeks_ago, 'level' as mode, {{ is_binary }} as is_binary, value
    from {{ ref('int_state_value') }}
    union all
    select newer.customer_key, newer.state_code, 0, 'delta', false, newer.value - older.value
    from {{ ref('int_state_value') }} as newer
    inner join {{ ref('int_state_value') }} as older
        on newer.customer_key = older.customer_key and newer.state_code = older.state_code
    where newer.weeks_ago = 0 and older.weeks_ago = 4

),

-- at lag 0 each pair stands once, without `stays`: all customers of today do. What was `renewed` or not ended since 8 weeks ago.
pair as (

    select
        a.state_code as state_a,
        b.state_code as state_b,
        a.weeks_ago as lag_weeks,
        a.mode,
        case when a.is_binary and b.is_binary then 'phi' when a.is_binary or b.is_binary then 'point_biserial' else 'spearman' end
            as method,
        a.value as value_a,
        b.value as value_b,
        count(*) as customers
    from measured as a
    inner join measured as b on a.customer_key = b.customer_key and a.mode = b.mode
    where b.weeks_ago = 0 and a.state_code <> b.state_code
        and (a.weeks_ago > 0 or (a.state_code < b.state_code and 'stays' not in (a.state_code, b.state_code)))
        and a.state_code <> 'renewed' and (a.weeks_ago = 8 or b.state_code <> 'renewed')
    group by state_a, state_b, lag_weeks, a.mode, method, value_a, value_b

),

place as (

    {% for side in ['a', 'b'] -%}
    select {{ pair | join(', ') }}, '{{ side }}' as side, value_{{ side }} as value, 2 * sum(sum(customers)) over (
            partition by {{ pair | join(', ') }} order by value_{{ side }} asc rows between unbounded preceding and current row
        ) - sum(customers) as twice_mean_rank
    from pair
    where method = 'spearman'
    group by {{ pair | join(', ') }}, value_{{ side }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

ranked as (

    select
        pair.*,
        {%- for side in ['a', 'b'] %}
        cast(coalesce(place_{{ side }}.twice_mean_rank, pair.value_{{ side }}) as decimal(19, 4)) as x_{{ side }},
        {%- endfor %}
        cast(pair.customers as decimal(10, 0)) as weight
    from pair
    {%- for side in ['a', 'b'] %}
    left join place as place_{{ side }}
        on pair.value_{{ side }} = place_{{ side }}.value and place_{{ side }}.side = '{{ side }}'
        {%- for column in pair %} and pair.{{ column }} = place_{{ side }}.{{ column }}{% endfor %}
    {%- endfor %}

),

summed as (

    select
        {{ pair | join(', ') }},
        method,
        sum(weight) as n,
        {%- for cell, (a, b) in {'a': [1, 1], 'b': [1, 0], 'c': [0, 1], 'd': [0, 0]}.items() %}
        cast(sum(case when method = 'phi' then case when value_a = {{ a }} and value_b = {{ b }} then customers else 0 end end) as integer)
            as cell_{{ cell }},
        {%- endfor %}
        {%- for name, (a, b) in {'aa': 'aa', 'bb': 'bb', 'ab': 'ab'}.items() %}
        cast(sum(weight) * sum(weight * x_{{ a }} * x_{{ b }}) - sum(weight * x_{{ a }}) * sum(weight * x_{{ b }}) as double) as s_{{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from ranked
    group by {{ pair | join(', ') }}, method

),

final as (

    select
        {{ pair | join(', ') }}, method, cast(n as integer) as n, s_aa = 0 or s_bb = 0 as is_constant, cell_a, cell_b, cell_c, cell_d,
        cast(s_ab / nullif(sqrt(s_aa) * sqrt(s_bb), 0) as decimal(18, 12)) as coefficient
    from summed

)

select * from final
