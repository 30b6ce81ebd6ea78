-- grain: score × paying customer × month of the monthly histories; the score as it stood at the month's end, the running
-- month as of the business date, by what is known now (docs/domain/activation.md#proof); of health the running month alone.
-- Written whole, as the scores are: a second for 10,000 customers.
with month_end as (

    select * from {{ ref('int_month_end') }}

),

-- the early-warning score of a day is the newest of five weeks (int_ews_newest)
looked_at as (

    select month, evaluated_on, 'activation_level' as score_code, evaluated_on as read_on from month_end
    union all
    select month, evaluated_on, 'health' as score_code, evaluated_on as read_on from month_end
    {%- for weeks in range(5) %}
    union all
    select month, evaluated_on, 'early_warning', {{ last_week_end('evaluated_on') }} - {{ 7 * weeks }} from month_end
    {%- endfor %}

),

scored as (

    select looked_at.month, looked_at.evaluated_on, dated.*
    from looked_at
    inner join {{ ref('int_score_reading') }} as dated
        on looked_at.score_code = dated.score_code and looked_at.read_on = dated.read_on
    where dated.score_value is not null
    qualify row_number() over (
        partition by dated.score_code, dated.customer_key, looked_at.month order by dated.read_on desc
    ) = 1

),

-- the next end that was written: that a contract would renew itself was not known before its end
term as (

    select
        paid.customer_key, paid.month, min(case when line.end_date >= month_end.evaluated_on then line.end_date end) as term_end
    from {{ ref('fct_subscription_month') }} as paid
    inner join {{ ref('int_recurring_term') }} as line on paid.line_id = line.line_id
    inner join month_end on paid.month = month_end.month
    where paid.mrr > 0
    group by paid.customer_key, paid.month

),

final as (

    select
        scored.score_code, scored.customer_key, scored.month, scored.evaluated_on,
        cast(scored.score_value as decimal(6, 2)) as score_value,
        scored.low_since,
        paying.customer_closing_mrr as mrr,
        cast({{ dbt.datediff('scored.evaluated_on', 'term.term_end', 'day') }} as integer) as days_to_renewal
    from scored
    inner join {{ ref('int_mrr_change') }} as paying
        on scored.customer_key = paying.customer_key and scored.month = paying.month
    left join term on scored.customer_key = term.customer_key and scored.month = term.month
    where paying.is_customer_row and paying.customer_closing_mrr > 0 and scored.customer_key <> 'unknown'

)

select * from final
