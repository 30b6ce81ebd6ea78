-- grain: term that has ended × line that goes on with it; of each term only the nearest kind (docs/domain/retention.md#renewals):
-- 1 of the contract that names it, 2 of the same contract, 3 of a family that ended, after the end, 4 of such a family, begun
-- in the window before, 5 any line of the customer where none went on.
{%- set latest = 'term.term_end_date + ' ~ (var('renewal_grace_days') + 1) %}
{%- set goes_on = 'coalesce(line.end_date, ' ~ far_future() ~ ') > term.term_end_date' %}
{%- set may_follow = '(line.previous_contract_id is null or line.previous_contract_id = term.contract_id)' %}
with term as (

    select * from {{ ref('int_renewal_term') }}

),

line as (

    select
        recurring.*,
        contract.previous_contract_id,
        contract.signed_at,
        min(recurring.start_date) over (partition by recurring.contract_id) as contract_began
    from {{ ref('int_recurring_term') }} as recurring
    left join {{ ref('crm__contract') }} as contract on recurring.contract_id = contract.contract_id
    where recurring.amount_total_ex_tax > 0

),

-- families of a term
family as (

    select distinct term.renewal_key, term.contract_id, term.customer_key, term.term_end_date, line.product_family_id
    from term
    inner join line
        on term.customer_key = line.customer_key and term.term_end_date = line.end_date
        and term.contract_id is not distinct from line.contract_id
    where term.product_family_id is null or term.product_family_id = line.product_family_id

),

candidate as (

    select term.renewal_key, line.line_id, 1 as kind
    from term
    inner join line on term.contract_id = line.previous_contract_id
    where {{ goes_on }} and line.start_date <= {{ latest }}
    union all
    select term.renewal_key, line.line_id, 2
    from term
    inner join line on term.contract_id = line.contract_id
    where {{ goes_on }} and line.start_date between term.term_end_date and {{ latest }}
    union all
    select term.renewal_key, line.line_id, case when line.start_date >= term.term_end_date then 3 else 4 end
    from family as term
    inner join line on term.customer_key = line.customer_key and term.product_family_id = line.product_family_id
    where term.customer_key <> 'unknown' and {{ goes_on }} and {{ may_follow }}
        and line.start_date between term.term_end_date - {{ var('pre_renewal_window_days') }} and {{ latest }}
    union all
    select term.renewal_key, line.line_id, 5
    from term
    inner join line on term.customer_key = line.customer_key
    where term.customer_key <> 'unknown' and {{ goes_on }} and {{ may_follow }}
        and line.start_date between term.term_end_date and {{ latest }}

),

-- what runs on beside a term makes a line of another family something new
going_on as (

    select distinct term.renewal_key
    from term
    inner join line on term.customer_key = line.customer_key
    where term.customer_key <> 'unknown' and {{ goes_on }} and line.start_date < term.term_end_date

),

nearest as (

    select * from candidate
    where kind < 5 or renewal_key not in (select going_on.renewal_key from going_on)
    qualify rank() over (partition by renewal_key order by kind) = 1

),

final as (

    select
        nearest.renewal_key,
        nearest.line_id,
        nearest.kind,
        line.start_date,
        case when line.contract_id is distinct from term.contract_id and line.contract_began >= term.term_end_date
            then {{ local_date('line.signed_at') }}
        end as signed_date,
        coalesce({{ local_date('line.created_at') }}, line.start_date) as known_date
    from nearest
    inner join term on nearest.renewal_key = term.renewal_key
    inner join line on nearest.line_id = line.line_id

)

select * from final
