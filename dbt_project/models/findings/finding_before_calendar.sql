-- What lies before the first day of dim_date (docs/domain/japan.md#calendar): its rows count, and find no day to join.
with calendar as (

    select min(date_day) as first_day from {{ ref('dim_date') }}

),

dated as (

    select
        'crm__subscription_line' as object,
        'start_date' as column_name,
        line_id as record,
        start_date as day,
        cast(null as decimal(18, 2)) as amount
    from {{ ref('int_subscription_line') }}
    union all
    select 'crm__order' as object, 'order_date' as column_name, order_id as record, order_date as day, net_amount as amount
    from {{ ref('fct_order_line') }}

)

select
    'warehouse' as source,
    dated.object,
    cast(null as {{ dbt.type_string() }}) as place,
    dated.column_name,
    dated.record as "key",
    dated.amount,
    '{{ var("reporting_currency") }}' as currency
from dated
inner join calendar on dated.day < calendar.first_day
