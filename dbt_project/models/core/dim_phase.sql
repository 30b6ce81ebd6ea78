-- grain: phase of a customer's life with us, in their order (docs/domain/activation.md#phases)
with phase as (

    select * from {{ ref('phase') }}

),

final as (

    select
        phase_code,
        phase_no,
        phase_group,
        is_gate,
        name_en as phase_name_en,
        name_ja as phase_name_ja,
        description_en,
        description_ja,
        cast(case phase_code
            when 'onboarding' then {{ var('onboarding_target_days') }}
            {%- for code, days in var('phase_maturity_days').items() %}
            when '{{ code }}' then {{ days }}
            {%- endfor %}
        end as smallint) as maturity_days
    from phase

)

select * from final
