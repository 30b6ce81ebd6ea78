-- Every company record of every connected system. linked_account_id: the CRM account another system says it belongs to.
-- A corporate number of one digit, of a few repeated ones, or that counts up, is typed where there is none
-- (docs/domain/japan.md#corporate-number).
with crm_account as (

    select * from {{ ref('crm__account') }}

),

hubspot_company as (

    select * from {{ ref('stg_hubspot__companies') }}

),

zendesk_organization as (

    select * from {{ ref('stg_zendesk__organizations') }}
    where not is_deleted

),

unioned as (

    select
        account_id,
        'crm' as source_system,
        account_id as source_id,
        name as company_name,
        corporate_number,
        created_at
    from crm_account
    union all
    select
        'hubspot:' || company_id as account_id,
        'hubspot' as source_system,
        company_id as source_id,
        name as company_name,
        corporate_number,
        created_at
    from hubspot_company
    union all
    select
        'zendesk:' || organization_id as account_id,
        'zendesk' as source_system,
        organization_id as source_id,
        name as company_name,
        corporate_number,
        created_at
    from zendesk_organization

),

numbered as (

    select
        unioned.account_id,
        unioned.source_system,
        unioned.source_id,
        link.linked_account_id,
        unioned.company_name,
        {{ digits_of('unioned.corporate_number') }} as corporate_number,
        unioned.created_at
    from unioned
    left join {{ ref('int_company_link') }} as link on unioned.account_id = link.account_id

),

final as (

    select
        *,
        -- 13 digits with the right check digit: 9 − (Σ P·Q mod 9), P the n-th digit from the right of the other
        -- twelve, Q 1 for odd and 2 for even n (docs/domain/japan.md#corporate-number)
        case
            when corporate_number is null then null
            when length(corporate_number) <> 13 then false
            when regexp_replace(
                corporate_number, '{% for digit in range(10) %}{{ '|' if digit }}{{ digit }}{8}{% endfor %}', ''
            ) <> corporate_number then false
            when replace(substr(corporate_number, 2), substr(corporate_number, 2, 4), '') = '' then false
            when replace(substr(corporate_number, 2), substr(corporate_number, 2, 6), '') = '' then false
            when corporate_number in ('0123456789012', '1234567890123', '9876543210987') then false
            else try_cast(substr(corporate_number, 1, 1) as integer) = 9 - mod(
                {%- for n in range(1, 13) %}
                {{ '+ ' if n > 1 }}try_cast(substr(corporate_number, {{ 14 - n }}, 1) as integer) * {{ 2 - n % 2 }}
                {%- endfor %}, 9
            )
        end as is_corporate_number_valid
    from numbered

)

select * from final
