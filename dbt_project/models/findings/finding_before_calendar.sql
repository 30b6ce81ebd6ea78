-- What lies before the first day of dim_date (docs/domain/japan.md#calendar): its rows count, and find no day to join.
with dated as (

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
    object,
    cast(null as {{ dbt.type_string() }}) as place,
    column_name,
    record as key,
    amount,
    '{{ var("reporting_currency") }}' as currency
from dated
where day < {{ first_calendar_day() }}
