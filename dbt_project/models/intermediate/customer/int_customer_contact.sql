-- When each customer and we were last in touch, how often a person of ours was, its clicks in e-mails and its views of FAQ.
-- Contact is an interaction or a click; sending or opening an e-mail is none, nor is reading an article
-- (docs/domain/service.md#interactions).
{%- set window_start = local_midnight(as_of_date() ~ ' - 89') %}
with interaction as (

    select * from {{ ref('fct_interaction') }}

),

click as (

    select * from {{ ref('ma__email_event') }}
    where type = 'click' and not is_machine and occurred_at < {{ as_of_end() }}

),

contact as (

    select * from {{ ref('dim_contact') }}

),

faq_view as (

    select * from {{ ref('support__faq_view') }}
    where occurred_at < {{ as_of_end() }} and occurred_at >= {{ window_start }}

),

identity as (

    select * from {{ ref('int_customer_identity') }}

),

contacted as (

    select customer_key, occurred_at, case when is_human then 'human' else 'other' end as kind from interaction
    union all
    select coalesce(contact.customer_key, 'unknown') as customer_key, click.occurred_at, 'click' as kind
    from click
    left join contact on {{ surrogate_key(['click.contact_id']) }} = contact.contact_key
    union all
    select coalesce(identity.customer_key, 'unknown') as customer_key, faq_view.occurred_at, 'faq' as kind
    from faq_view
    left join identity on faq_view.account_id = identity.account_id

),

final as (

    select
        customer_key,
        max(case when kind <> 'faq' then occurred_at end) as last_contact_at
        {%- for name, kind in {'human_contacts_90d': 'human', 'email_clicks_90d': 'click', 'faq_views_90d': 'faq'}.items() %},
        sum(case when kind = '{{ kind }}' and occurred_at >= {{ window_start }} then 1 else 0 end) as {{ name }}
        {%- endfor %}
    from contacted
    group by customer_key

)

select * from final
