-- Every line's amount is counted, or it is said why not: by a definition (docs/domain/revenue.md#line-value,
-- docs/domain/segments.md#purchases) or by a finding. And the amount is the one that landed, in its own currency.
{%- set feeds = [
    ('salesforce__order_item', 'TotalPrice', none, ['crm__order_line', 'crm__subscription_line']),
    ('files__crm__order_line', 'amount_ex_tax', 'salesforce__order_item', ['crm__order_line']),
    ('files__crm__subscription_line', 'amount_total_ex_tax', 'salesforce__order_item', ['crm__subscription_line']),
] %}
with landed as (
    select
        cast(null as {{ dbt.type_string() }}) as object,
        cast(null as {{ dbt.type_string() }}) as line_key,
        cast(null as decimal(18, 2)) as amount
    where false
    {%- for table, amount, vendor, entities in feeds if var('changed_tables') is none or table in var('changed_tables') %}
    {%- for entity in entities %}
    union all
    select '{{ entity }}' as object, {{ record_key(table) }} as line_key, {{ read_text(amount, 'amount') }} as amount
    from (
        select * from {{ source('raw', table) }}
        where {{ is_in_view(table, var('as_of_date')) }}
            {% if not var('checks_all_keys') -%} and {{ record_key(table) }} in ({{ loaded_since(table) }}) {%- endif %}
        qualify row_number() over (
            partition by {{ record_key(table) }}
            order by {{ version_time(table) }} desc, _extracted_at desc, _source_file desc nulls last, _row desc
        ) = 1
    ) as newest
    where not _is_deleted
        {% if vendor -%} and {{ record_key(table) }} not in (select {{ record_key(vendor) }} from {{ source('raw', vendor) }}) {%- endif %}
    {%- endfor %}
    {%- endfor %}
),

finding as (

    select object, key as line_key from {{ ref('finding_amount_without_rate') }}
    union
    select object, key as line_key from {{ ref('finding_unmapped_code_held_back') }}
    union
    select object, key as line_key from {{ ref('finding_line_without_start') }}
    union
    select object, key as line_key from {{ ref('finding_order_line_without_order') }}
    union
    select object, key as line_key from {{ ref('finding_test_account_left_out') }}

),

subscription as (

    select
        'crm__subscription_line' as object,
        line.line_id as line_key,
        line.amount_total_ex_tax as amount,
        line.currency,
        case
            when line.line_id in (select line_id from {{ ref('fct_subscription_month') }}) then 'counted'
            when line.charge_type <> 'recurring' or line.billing_period = 'one_time' then 'not recurring'
            when line.start_date > {{ as_of_date() }} then 'after the business date'
            when line.end_date < line.start_date then 'ended before it started'
            when last_day(recurring.start_date) > least(coalesce(recurring.end_date, {{ as_of_date() }}), {{ as_of_date() }})
                then 'active on no last day of a month'
            when recurring.end_date < cast('{{ var("first_business_date") }}' as date) then 'before the reporting period'
            when line.line_id in (select line_key from finding where object = 'crm__subscription_line') then 'finding'
        end as reason
    from {{ ref('crm__subscription_line') }} as line
    left join {{ ref('int_recurring_line') }} as recurring on line.line_id = recurring.line_id

),

purchase as (

    select
        'crm__order_line' as object,
        line.order_line_id as line_key,
        line.amount_ex_tax as amount,
        line.currency,
        case
            when fact.order_date is not null and fact.net_amount is not null then 'counted'
            when orders.status = 'cancelled' then 'cancelled'
            when orders.order_date > {{ as_of_date() }} then 'after the business date'
            when line.order_line_id in (select line_key from finding where object = 'crm__order_line') then 'finding'
        end as reason
    from {{ ref('crm__order_line') }} as line
    left join {{ ref('crm__order') }} as orders on line.order_id = orders.order_id
    left join {{ ref('fct_order_line') }} as fact on line.order_line_id = fact.order_line_key

),

line as (

    select * from subscription
    union all
    select * from purchase

)

select line.line_key, line.currency, line.amount, cast(null as decimal(18, 2)) as landed_amount, 'unaccounted' as what
from line
where line.reason is null and line.amount is not null
union all
select line.line_key, line.currency, line.amount, landed.amount as landed_amount, 'another amount than landed' as what
from landed
inner join line on landed.object = line.object and landed.line_key = line.line_key
where coalesce(landed.amount <> line.amount, landed.amount is not null or line.amount is not null)
