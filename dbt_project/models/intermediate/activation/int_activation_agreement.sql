-- grain: process with judged customers: how far its levels and the judgements agree (docs/domain/activation.md#validation)
with pair as (

    select process_id, csm_level, activation_level, count(*) as customers
    from {{ ref('fct_activation_review') }}
    where activation_level is not null
    group by process_id, csm_level, activation_level

),

-- twice the mean rank of those at a level, in whole numbers
ranked as (

    select
        *,
        {%- for name, level in [('csm_rank', 'csm_level'), ('level_rank', 'activation_level')] %}
        2 * coalesce(sum(customers) over (
            partition by process_id order by {{ level }} range between unbounded preceding and 1 preceding
        ), 0) + sum(customers) over (partition by process_id, {{ level }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from pair

),

summed as (

    select
        process_id,
        sum(customers) as n,
        sum(case when csm_level = activation_level then customers else 0 end) as exact,
        sum(case when abs(csm_level - activation_level) <= 1 then customers else 0 end) as within_one,
        {%- for name, a, b in [('level', 'csm_level', 'activation_level'), ('rank', 'csm_rank', 'level_rank')] %}
        sum(cast(customers as double) * {{ a }}) as {{ name }}_a,
        sum(cast(customers as double) * {{ b }}) as {{ name }}_b,
        sum(cast(customers as double) * {{ a }} * {{ a }}) as {{ name }}_aa,
        sum(cast(customers as double) * {{ b }} * {{ b }}) as {{ name }}_bb,
        sum(cast(customers as double) * {{ a }} * {{ b }}) as {{ name }}_ab{{ ',' if not loop.last }}
        {%- endfor %}
    from ranked
    group by process_id

),

-- kappa: squared differences against those that chance would bring (Cohen 1968); Spearman: Pearson of mean ranks
final as (

    select
        process_id,
        cast(n as integer) as n,
        cast(exact as integer) as exact,
        cast(within_one as integer) as within_one,
        cast(
            1 - n * (level_aa + level_bb - 2 * level_ab)
            / nullif(n * level_aa + n * level_bb - 2 * level_a * level_b, 0) as decimal(18, 12)
        ) as weighted_kappa,
        cast(
            (n * rank_ab - rank_a * rank_b)
            / nullif(sqrt((n * rank_aa - rank_a * rank_a) * (n * rank_bb - rank_b * rank_b)), 0) as decimal(18, 12)
        ) as spearman
    from summed

)

select * from final
