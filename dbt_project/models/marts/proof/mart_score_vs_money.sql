-- grain: paying customer as of the business date; its health beside what its MRR did in half a year
-- (docs/domain/activation.md#score-and-money). The early-warning score decides where there is one, else the level.
{%- set month = month_of(as_of_date()) %}
with paying as (

    select customer_key, month, customer_closing_mrr as mrr
    from {{ ref('int_mrr_change') }}
    where is_customer_row and customer_closing_mrr > 0

),

score as (

    select
        customer_key,
        max(case when score_code = 'early_warning' then score_value end) as early_warning_score,
        max(case when score_code = 'early_warning' then low_since end) as ews_low_since,
        max(case when score_code = 'activation_level' then score_value end) as activation_score,
        max(case when score_code = 'activation_level' then low_since end) as level_low_since
    from {{ ref('int_score_month') }}
    where month = {{ month }}
    group by customer_key

),

judged as (

    select
        paying.customer_key,
        paying.mrr,
        coalesce(three.mrr, 0) as mrr_3m_ago,
        coalesce(six.mrr, 0) as mrr_6m_ago,
        score.early_warning_score,
        score.activation_score / 20 as activation_level,
        case
            when score.early_warning_score is not null
                then case when score.ews_low_since is null then 'healthy' else 'weak' end
            when score.activation_score is not null
                then case when score.level_low_since is null then 'healthy' else 'weak' end
        end as health
    from paying
    left join score on paying.customer_key = score.customer_key
    left join paying as three
        on paying.customer_key = three.customer_key and three.month = {{ add_months(month, -3) }}
    left join paying as six
        on paying.customer_key = six.customer_key and six.month = {{ add_months(month, -6) }}
    where paying.month = {{ month }}

),

final as (

    select
        customer_key,
        case
            when health is null then 'unknown'
            when mrr_6m_ago = 0 then health || '_new'
            when mrr < mrr_6m_ago then health || '_shrinking'
            when mrr > mrr_6m_ago then health || '_growing'
            else health || '_steady'
        end as quadrant,
        early_warning_score,
        cast(activation_level as smallint) as activation_level,
        cast(mrr as decimal(18, 2)) as mrr,
        cast(mrr - mrr_3m_ago as decimal(18, 2)) as mrr_change_3m,
        cast(mrr - mrr_6m_ago as decimal(18, 2)) as mrr_change_6m
    from judged

)

select * from final
