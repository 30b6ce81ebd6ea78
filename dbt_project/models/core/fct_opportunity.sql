-- grain: opportunity, open ones too, those of test accounts left out (docs/domain/revenue.md#opportunities)
with deal as (

    select
        opportunity.*,
        coalesce(identity.customer_key, 'unknown') as customer_key,
        {{ local_date('opportunity.created_at') }} as created_date,
        {{ local_date('opportunity.closed_at') }} as closed_date,
        case
            when opportunity.is_won then 'won'
            when opportunity.is_won = false or opportunity.closed_at is not null then 'lost'
            else 'open'
        end as state
    from {{ ref('sfa__opportunity') }} as opportunity
    left join {{ ref('int_customer_identity') }} as identity on opportunity.account_id = identity.account_id

),

exchange_rate as (

    select * from {{ ref('int_exchange_rate') }}

),

-- a closed deal at the rate of its day, an open one at that of the business date
valued as (

    select
        deal.*,
        {{ convert_money('deal.amount_ex_tax', fx_rate('deal.currency', 'exchange_rate.rate')) }} as amount
    from deal
    left join exchange_rate
        on deal.currency = exchange_rate.from_currency
        and coalesce(deal.closed_date, {{ as_of_date() }}) >= exchange_rate.rate_date
        and coalesce(deal.closed_date, {{ as_of_date() }}) < coalesce(exchange_rate.next_date, {{ far_future() }})

),

final as (

    select
        opportunity_id as opportunity_key,
        customer_key,
        name as opportunity_name,
        type as opportunity_type,
        stage_code,
        state,
        owner_id as owner_key,
        primary_campaign_id as campaign_id,
        contract_id,
        created_date,
        expected_close_date,
        closed_date,
        state = 'open' and coalesce(expected_close_date < {{ as_of_date() }}, false) as is_overdue,
        cast({{ dbt.datediff('created_date', "coalesce(closed_date, case when state = 'open' then " ~ as_of_date() ~ " end)", 'day') }} as integer) as days_open,
        amount,
        amount_ex_tax as amount_in_currency,
        currency,
        cast(probability as decimal(9, 6)) as probability,
        lost_reason
    from valued
    where not {{ is_test_customer('customer_key') }}

)

select * from final
