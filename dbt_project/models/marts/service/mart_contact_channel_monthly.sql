-- grain: month, from the first call, chat, FAQ view, post, event or course on (docs/domain/service.md#calls-chats-faq,
-- docs/domain/service.md#community-and-training). What is not connected is null. Written whole: a scan of the feeds a day.
{%- set inbound = "direction = 'inbound' and " %}{%- set by_now = ' and (answered_at is null or answered_at < ' ~ as_of_end() ~ ')' %}
{%- set feeds = {
    'call': ('support__call_log', 'ring_at', 'has_calls', {
        'inbound_calls': "direction = 'inbound'", 'outbound_calls': "direction = 'outbound'",
        'answered_calls': inbound ~ "result = 'answered'", 'abandoned_call_rate_num': inbound ~ "result = 'abandoned'"}),
    'chat': ('support__chat_session', 'started_at', 'has_chats', {
        'chats': 'true', 'bot_chats': 'is_bot',
        'bot_resolution_rate_num': 'is_bot and is_resolved and handed_to_human_at is null',
        'bot_resolution_rate_den': 'is_bot and (is_resolved is not null or handed_to_human_at is not null)'}),
    'faq_view': ('support__faq_view', 'occurred_at', 'has_faq_views', {
        'faq_views': 'true', 'faq_self_solve_rate_num': 'is_solved', 'faq_self_solve_rate_den': 'is_solved is not null'}),
    'post': ('success__community_post', 'posted_at', 'has_community_posts', {
        'community_posts': 'true', 'community_questions': 'is_question',
        'community_answered_questions': 'is_question and (answered_by_role is not null or answered_at is not null)' ~ by_now,
        'community_answer_rate_num': "is_question and answered_by_role = 'end_user'" ~ by_now}),
    'attendance': ('success__community_event', 'held_at', 'has_community_events', {'event_attendances': 'coalesce(attended, true)'}),
    'enrolment': ('success__training_enrolment', 'enrolled_at', 'has_training', {'training_enrolments': 'true'}),
    'completion': ('success__training_enrolment', 'completed_at', 'has_training', {'training_completions': 'true'}),
} %}
{%- set rates = {
    'abandoned_call_rate': 'inbound_calls', 'bot_resolution_rate': 'bot_resolution_rate_den',
    'faq_self_solve_rate': 'faq_self_solve_rate_den', 'community_answer_rate': 'community_questions',
} %}
with test_account as (

    select account_id from {{ ref('int_customer_identity') }} where {{ is_test_customer('customer_key') }}

),
{% for name, (entity, at, has_feed, measures) in feeds.items() %}
{{ name }}_month as (

    select
        {%- for measure, condition in measures.items() %}
        sum(case when {{ condition }} then 1 else 0 end) as {{ measure }},
        {%- endfor %}
        {%- if name == 'call' %}
        median(case when {{ inbound }} result = 'answered' then {{ dbt.datediff('ring_at', 'answered_at', 'second') }} end) as call_wait_median_s,
        {%- endif %}
        {{ month_of(local_date(at)) }} as month
    from {{ ref(entity) }}
    where {{ at }} < {{ as_of_end() }} and coalesce(account_id, '') not in (select test_account.account_id from test_account)
    group by {{ month_of(local_date(at)) }}

),
{% endfor %}
told as (
    {% for name in feeds %}
    select month from {{ name }}_month
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

months as (

    select {{ date_series('first_month', month_of(as_of_date()), 'month') }} as month
    from (select min(month) as first_month from told) as first_told where first_month is not null

),

counted as (

    select
        months.month
        {%- for name, (entity, at, has_feed, measures) in feeds.items() %}
        {%- for measure in measures %},
        cast(case when feed.{{ has_feed }} then coalesce({{ measure }}, 0) end as integer) as {{ measure }}
        {%- endfor %}
        {%- endfor %},
        call_wait_median_s
    from months
    cross join {{ ref('int_connected_feed') }} as feed
    {%- for name in feeds %}
    left join {{ name }}_month on months.month = {{ name }}_month.month
    {%- endfor %}

),

final as (

    select
        month,
        last_day(month) <= {{ as_of_date() }} as is_complete,
        inbound_calls, outbound_calls, answered_calls,
        cast(case when not {{ is_rate_hidden('answered_calls') }} then call_wait_median_s end as decimal(12, 2)) as call_wait_median_s,
        chats, bot_chats, faq_views, community_posts, community_questions, community_answered_questions,
        event_attendances, training_enrolments, training_completions
        {%- for rate, cases in rates.items() %},
        {{ shown_rate(rate ~ '_num', cases) }} as {{ rate }},
        {{ rate }}_num,
        {{ cases }} as {{ rate }}_den
        {%- endfor %}
    from counted

)

select * from final
