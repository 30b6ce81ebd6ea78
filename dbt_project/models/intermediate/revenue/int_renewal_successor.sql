-- grain: term that has ended × line that goes on with it; the nearest kind of each line and of each term
-- (docs/domain/retention.md#renewals): 1 of the contract that names it, 2 of its own, 3 of a family that ended, from the end
-- on, 4 of such a family, begun in the window before, 5 any line of the customer where none went on.
{%- set latest = 'term.term_end_date + ' ~ (var('renewal_grace_days') + 1) %}
{%- set earliest = 'term.term_end_date - ' ~ var('pre_renewal_window_days') %}
{%- set goes_on = 'coalesce(line.end_date, ' ~ far_future() ~ ') > term.term_end_date' %}
{#- neither another contract's renewal, nor of one that runs beside the term #}
{%- set may_follow = "term.customer_key <> 'unknown' and (line.previous_contract_id is null or line.previous_contract_id = term.contract_id)"
    ~ ' and (line.contract_id is null or line.contract_began >= ' ~ earliest ~ ')' %}
{%- set kinds = {
    1: ('term.contract_id = line.previous_contract_id', 'term.is_first and line.start_date <= ' ~ latest),
    2: ('term.contract_id = line.contract_id and term.customer_key = line.customer_key', 'term.is_first and line.start_date between term.term_end_date and ' ~ latest),
    3: ('term.customer_key = line.customer_key and term.product_family_id = line.product_family_id', may_follow ~ ' and line.start_date between term.term_end_date and ' ~ latest),
    4: ('term.customer_key = line.customer_key and term.product_family_id = line.product_family_id', may_follow ~ ' and not term.is_auto_renew and line.start_date between ' ~ earliest ~ ' and term.term_end_date - 1'),
    5: ('term.customer_key = line.customer_key', may_follow
        ~ ' and term.is_first and not term.is_auto_renew and term.renewal_key not in (select going_on.renewal_key from going_on)'
        ~ ' and line.start_date between term.term_end_date and ' ~ latest),
} %}
with term as (

    select
        renewal_key, contract_id, customer_key, product_family_id, term_end_date,
        max(case when is_auto_renew then 1 else 0 end) over (partition by renewal_key) = 1 as is_auto_renew,
        row_number() over (partition by renewal_key order by line_id) = 1 as is_first
    from {{ ref('int_renewal_line') }}

),

-- a draft that has not begun is an offer; an amount that is not known is not 0
line as (

    select
        recurring.*,
        contract.previous_contract_id,
        {{ local_date('contract.signed_at') }} as signed_on,
        case when coalesce(contract.status, 'active') <> 'draft' then {{ local_date('recurring.created_at') }} end as entered_on,
        case when coalesce(recurring.amount_total_ex_tax, 1) > 0 then coalesce(recurring.end_date, {{ far_future() }}) end as paid_until,
        min(recurring.start_date) over (partition by recurring.contract_id) as contract_began
    from {{ ref('int_recurring_term') }} as recurring
    left join {{ ref('crm__contract') }} as contract on recurring.contract_id = contract.contract_id
    where coalesce(recurring.amount_total_ex_tax, 1) <> 0
        and (coalesce(contract.status, 'active') <> 'draft' or recurring.start_date <= {{ as_of_date() }})

),

going_on as (

    select distinct term.renewal_key
    from term
    inner join line on term.customer_key = line.customer_key
    where term.is_first and term.customer_key <> 'unknown' and {{ goes_on }} and line.start_date < term.term_end_date

),

candidate as (
    {% for kind, (join, condition) in kinds.items() %}
    select term.renewal_key, term.contract_id as term_contract_id, term.term_end_date, line.*, {{ kind }} as kind
    from term
    inner join line on {{ join }}
    where {{ goes_on }} and {{ condition }}
    {{ 'union' if not loop.last }}
    {%- endfor %}

),

nearest as (

    select * from candidate
    qualify rank() over (partition by line_id order by kind) = 1

),

-- what begins when one of its family has ended follows that one, not the term; a discount alone goes on with nothing
begun as (

    select * from nearest
    qualify start_date <= coalesce(
        min(paid_until) over (partition by renewal_key, kind, product_family_id), min(paid_until) over (partition by renewal_key, kind)
    )

),

final as (

    select
        renewal_key,
        line_id,
        kind,
        {%- set first_day = 'case when start_date = term_end_date then start_date + 1 else start_date end' %}
        coalesce(
            case when contract_id is distinct from term_contract_id and (kind = 1 or contract_began >= term_end_date) then signed_on end,
            least({{ first_day }}, coalesce(entered_on, {{ first_day }}))
        ) as renewed_date
    from begun
    qualify rank() over (partition by renewal_key order by kind) = 1

)

select * from final
