-- docs/domain/customers.md#test-accounts: what is of a customer of test_accounts and counts nowhere.
{%- set by_id = {
    'support__ticket': 'ticket_id', 'support__call_log': 'call_id', 'support__chat_session': 'session_id',
    'product__license': 'license_id', 'product__user': 'account_id', 'success__cs_activity': 'activity_id',
    'success__nps_response': 'response_id', 'success__training_enrolment': 'enrolment_id',
    'success__community_member': 'member_id', 'success__community_event': 'attendance_id',
    'success__community_post': 'post_id', 'success__adoption_initiative': 'initiative_id',
    'success__fit_assessment': 'assessment_id',
} %}
with customer as (

    select account_id from {{ ref('int_customer_identity') }}
    where {{ is_test_customer('customer_key') }}

),

record as (

    select
        'crm__order_line' as object, order_line.order_line_id as record_id, orders.account_id,
        order_line.amount_ex_tax as amount, order_line.currency
    from {{ ref('crm__order_line') }} as order_line
    inner join {{ ref('crm__order') }} as orders on order_line.order_id = orders.order_id
    union all
    select 'crm__subscription_line', line_id, account_id, amount_total_ex_tax, currency from {{ ref('crm__subscription_line') }}
    union all
    select 'support__faq_view', account_id || ' ' || occurred_at, account_id, null, null from {{ ref('support__faq_view') }}
    union all
    select 'product__feature_use', account_id || ' ' || use_date, account_id, null, null from {{ ref('product__feature_use') }}
    union all
    select 'product__login_event', account_id || ' ' || occurred_at, account_id, null, null from {{ ref('product__login_event') }}
    union all
    select 'product__object_count', account_id || ' ' || count_date, account_id, null, null from {{ ref('product__object_count') }}
    {%- for entity, id in by_id.items() %}
    union all
    select '{{ entity }}', {{ id }} as record_id, account_id, null, null from {{ ref(entity) }}
    {%- endfor %}

)

select
    'warehouse' as source,
    record.object,
    cast(null as {{ dbt.type_string() }}) as place,
    'account_id' as column_name,
    record.record_id as key,
    record.amount,
    record.currency
from record
inner join customer on record.account_id = customer.account_id
