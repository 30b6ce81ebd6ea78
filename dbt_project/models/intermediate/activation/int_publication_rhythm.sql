-- grain: evaluation date × customer × process with a publication; how regularly content comes out
-- (docs/domain/activation.md#regularity)
-- gaps: the last months up to the date, the running one included; rate: complete months
-- (docs/domain/activation.md#regularity)
{%- set window_start = add_months('evaluated_on', -var('regularity_months')) %}
{%- set running_month = month_of('evaluated_on + 1') %}

with publication as (

    select
        evaluated_on,
        customer_key,
        process_id,
        item_id,
        {{ local_date('published_at') }} as published_on
    from {{ ref('int_content_item_wide') }}
    where published_at is not null and not is_cancelled

),

gap as (

    select
        *,
        published_on > {{ window_start }} as is_in_window,
        published_on >= {{ add_months(running_month, -var('regularity_months')) }}
        and published_on < {{ running_month }} as is_in_complete_month,
        {{ dbt.datediff(
            'published_on',
            'coalesce(lead(published_on) over (partition by evaluated_on, customer_key, process_id '
            ~ 'order by published_on, item_id), evaluated_on)', 'day'
        ) }} as gap_days
    from publication

),

final as (

    select
        evaluated_on,
        customer_key,
        process_id,
        sum(case when is_in_window then 1 else 0 end) as publications_6m,
        count(distinct case when is_in_complete_month then {{ month_of('published_on') }} end) as distinct_pub_months,
        max(case when is_in_window then gap_days end) as max_gap_days
    from gap
    group by evaluated_on, customer_key, process_id

)

select * from final
