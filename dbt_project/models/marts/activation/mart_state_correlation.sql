-- grain: as_of_date × two states × lag × mode: what goes along with what; association is no cause
-- (docs/domain/activation.md#states). A slice: one row for each of some thousand pairs.
{%- set pair = 'state_a, state_b, lag_weeks, mode' %}
with pair as (

    select * from {{ ref('int_state_pair') }}

),

-- of the fewest customers that chance would put into a cell of the four
guarded as (

    select
        *,
        case
            when n < 30 then 'n_lt_30'
            when is_constant then 'constant'
            when least(cell_a + cell_b, cell_c + cell_d) * least(cell_a + cell_c, cell_b + cell_d) < 5 * n
                then 'expected_lt_5'
        end as guard_reason,
        case when guard_reason is null then cast(coefficient as double) end as r
    from pair

),

tested as (

    select
        *,
        case
            when method = 'phi' then n * r * r
            when abs(r) < 1 then r * sqrt((n - 2) / (1 - r * r))
        end as statistic,
        case
            when method = 'phi' then {{ two_sided_p('sqrt(n * r * r)') }}
            when abs(r) < 1 then {{ two_sided_p('abs(r) * sqrt((n - 2) / (1 - r * r))') }}
            when r is not null then 0
        end as p_value
    from guarded

),

-- Benjamini and Hochberg (1995), over all coefficients of the date
ranked as (

    select
        *,
        p_value * count(p_value) over () / row_number() over (order by p_value asc nulls last, {{ pair }}) as p_of_rank
    from tested

),

corrected as (

    select
        *,
        min(p_of_rank) over (
            order by p_value desc nulls first, p_of_rank asc, {{ pair }} rows between unbounded preceding and current row
        ) as q_value
    from ranked

),

final as (

    select
        {{ as_of_date() }} as as_of_date,
        state_a,
        state_b,
        cast(lag_weeks as smallint) as lag_weeks,
        mode,
        method,
        n,
        cast(round(r, 9) as decimal(12, 9)) as coefficient,
        {%- for side in ['low', 'high'] %}
        {{ fisher_bound('r', 'n', "case when method = 'spearman' then 1 + r * r / 2 else 1 end", side) }} as ci_{{ side }},
        {%- endfor %}
        cast(round(statistic, 8) as decimal(18, 8)) as statistic,
        cast(round(p_value, 8) as decimal(12, 8)) as p_value,
        cast(round(q_value, 8) as decimal(12, 8)) as q_value,
        case
            when abs(r) >= 0.5 then 'strong'
            when abs(r) >= 0.3 then 'moderate'
            when abs(r) >= 0.1 then 'weak'
            when r is not null then 'none'
        end as strength,
        guard_reason,
        {%- for side in ['a', 'b'] %}
        left(state_{{ side }}, 5) = 'goal_' or state_{{ side }} = 'regular' as is_in_process_{{ side }},
        {%- endfor %}
        cell_a,
        cell_b,
        cell_c,
        cell_d
    from corrected

)

select * from final
