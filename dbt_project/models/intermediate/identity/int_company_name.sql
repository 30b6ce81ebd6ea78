-- Company names in comparable form, the legal form taken off and kept beside (docs/domain/japan.md#company-names). For
-- reading and for matching together with other evidence: the name alone never makes two companies one.
with variants as (

    select
        {{ concat_ordered('variant', 'variant') }} as variants,
        {{ concat_ordered('standard', 'variant') }} as standards
    from {{ ref('kanji_variant') }}

),

{%- for third in (1, 2, 3) %}

signs_{{ third }} as (

    select account_id, {{ fold_signs('company_name', third) }} as company_name
    from {{ ref('int_company') if third == 1 else 'signs_' ~ (third - 1) }}

),
{%- endfor %}

-- Points go and commas part words, so that Co.,Ltd. and Co. Ltd are one spelling.
folded as (

    select
        account_id,
        trim({{ regexp_replace_all(
            "translate(upper(" ~ fold_width("translate(company_name, '－', '−')") ~ "), ',.', ' ')", ' +', ' '
        ) }}) as name
    from signs_3

),

found as (

    select
        folded.account_id,
        legal_form.written_form,
        legal_form.legal_form,
        legal_form.script,
        case
            when folded.name like legal_form.written_form || '%' then '前'
            when folded.name like '%' || legal_form.written_form then '後'
            else '中'
        end as position
    from folded
    inner join {{ ref('legal_form') }} as legal_form
        on (legal_form.script = 'japanese' and folded.name like '%' || legal_form.written_form || '%')
        or (legal_form.script = 'latin' and folded.name like '% ' || legal_form.written_form)

),

-- A Japanese form before a Latin ending, which is part of the name then; the longest spelling is the whole form:
-- 一般社団法人 rather than 社団法人.
chosen as (

    select * from found
    qualify row_number() over (
        partition by account_id order by script asc, length(written_form) desc, position desc, written_form asc
    ) = 1

),

stripped as (

    select
        folded.account_id,
        chosen.legal_form,
        coalesce(chosen.position, '無') as legal_form_position,
        trim(case chosen.position
            when '前' then substr(folded.name, length(chosen.written_form) + 1)
            when '後' then substr(folded.name, 1, length(folded.name) - length(chosen.written_form))
            when '中' then replace(folded.name, chosen.written_form, '')
            else folded.name
        end) as name
    from folded
    left join chosen on folded.account_id = chosen.account_id

),

final as (

    select
        stripped.account_id,
        nullif(translate(
            translate(
                -- dashes that stand for a long mark: unified only after katakana
                {{ regexp_replace_all('stripped.name', '([ァ-ヺー])[‐‑‒–—―−]', '\\1ー') }}, ' ・-‐‑‒–—―−', ''
            ), variants.variants, variants.standards
        ), '') as company_name_normalised,
        stripped.legal_form,
        stripped.legal_form_position
    from stripped
    cross join variants

)

select * from final
