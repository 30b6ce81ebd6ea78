-- grain: process × definition in force × as_of_date: how far its levels agree with those who know the customers, and with
-- who stays (docs/domain/activation.md#validation)
{%- set release = var('activation_release') %}
with definition as (

    select distinct process_id, definition_version from {{ ref('int_active_process_stage') }}

),

agreement as (

    select * from {{ ref('int_activation_agreement') }}

),

outcome as (

    select * from {{ ref('mart_activation_outcome') }}
    where horizon_months = 6 and retention is not null

),

retention as (

    select
        process_id,
        count(*) as levels
        {%- for level in range(6) %},
        max(case when activation_level = {{ level }} then retention end) as retention_l{{ level }}
        {%- endfor %}
    from outcome
    group by process_id

),

-- a level that surely keeps fewer than a lower one; intervals that overlap say nothing
falling as (

    select distinct lower_level.process_id
    from outcome as lower_level
    inner join outcome as higher_level
        on lower_level.process_id = higher_level.process_id
        and lower_level.activation_level < higher_level.activation_level
        and lower_level.retention_ci_low > higher_level.retention_ci_high

),

judged as (

    select
        definition.definition_version,
        definition.process_id,
        coalesce(agreement.n, 0) as n,
        coalesce(agreement.exact, 0) as exact,
        coalesce(agreement.within_one, 0) as within_one,
        case when agreement.n >= {{ var('min_sample_n') }} then agreement.weighted_kappa end as weighted_kappa,
        case when agreement.n >= {{ var('min_sample_n') }} then agreement.spearman end as spearman
        {%- for level in range(6) %},
        retention.retention_l{{ level }}
        {%- endfor %},
        case when retention.levels >= 2 then falling.process_id is null end as is_monotonic
    from definition
    left join agreement on definition.process_id = agreement.process_id
    left join retention on definition.process_id = retention.process_id
    left join falling on definition.process_id = falling.process_id

),

final as (

    select
        definition_version,
        process_id,
        {{ as_of_date() }} as as_of_date,
        n,
        {%- for name, count in [('exact', 'exact'), ('within1', 'within_one')] %}
        {{ shown_rate(count, 'n') }} as {{ name }}_rate,
        {{ count }} as {{ name }}_rate_num,
        n as {{ name }}_rate_den,
        {%- endfor %}
        cast(round(weighted_kappa, 6) as decimal(9, 6)) as weighted_kappa,
        cast(round(spearman, 6) as decimal(9, 6)) as spearman
        {%- for level in range(6) %},
        retention_l{{ level }}
        {%- endfor %},
        is_monotonic,
        {%- set has_kappa = "coalesce(weighted_kappa >= %s, false)" % release['kappa'] %}
        n >= {{ release['judgements'] }} and {{ has_kappa }} and coalesce(is_monotonic, false) as is_released,
        n < {{ release['judgements'] }} as lacks_judgements,
        not {{ has_kappa }} as lacks_agreement,
        not coalesce(is_monotonic, false) as lacks_retention
    from judged

)

select * from final
