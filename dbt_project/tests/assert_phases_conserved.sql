-- Every paying customer is in one phase: phases add up to the customers that pay, segments to all, and who is in a phase when
-- a month ends is in it when the next one begins. An active customer with a contract has one current phase.
{%- set measures = [
    'customers_in_phase', 'opening_customers', 'churned_in_phase', 'entered', 'achieved', 'through_rate_num',
    'through_rate_den', 'lead_time_n', 'out_of_order_count',
] %}
with mart as (

    select * from {{ ref('mart_phase_kpi_monthly') }}

),

paying as (

    select month, count(*) as customers
    from {{ ref('int_mrr_change') }}
    where is_customer_row and customer_closing_mrr > 0 and customer_key <> 'unknown'
    group by month

),

placed as (

    select month, sum(customers_in_phase) as customers from mart
    where segment_type = 'all'
    group by month

),

segmented as (

    select
        month, phase_code, segment_type
        {%- for measure in measures %},
        sum({{ measure }}) as {{ measure }}
        {%- endfor %}
    from mart
    group by month, phase_code, segment_type

),

current_phase as (

    select
        customer.customer_key,
        sum(case when phase.is_current then 1 else 0 end) as phases
    from {{ ref('dim_customer') }} as customer
    inner join {{ ref('fct_customer_phase') }} as phase on customer.customer_key = phase.customer_key
    where customer.customer_status = 'active'
    group by customer.customer_key

)

select 'paying customers' as what, cast(placed.month as {{ dbt.type_string() }}) as place
from placed
left join paying on placed.month = paying.month
where placed.customers <> coalesce(paying.customers, 0)
union all
select 'segments', segmented.segment_type || ' ' || segmented.phase_code || ' ' || cast(segmented.month as {{ dbt.type_string() }})
from segmented
inner join mart
    on segmented.month = mart.month and segmented.phase_code = mart.phase_code and mart.segment_type = 'all'
where {% for measure in measures %}segmented.{{ measure }} <> mart.{{ measure }}{{ ' or ' if not loop.last }}{% endfor %}
union all
select 'month to month', mart.phase_code || ' ' || mart.segment_value || ' ' || cast(mart.month as {{ dbt.type_string() }})
from mart
inner join mart as following
    on {{ add_months('mart.month', 1) }} = following.month
    and mart.phase_code = following.phase_code
    and mart.segment_type = following.segment_type
    and mart.segment_value = following.segment_value
where mart.customers_in_phase <> following.opening_customers
union all
select 'current phase', customer_key from current_phase where phases <> 1
