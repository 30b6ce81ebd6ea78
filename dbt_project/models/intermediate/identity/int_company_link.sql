-- The account that a company record of another system says it belongs to (docs/domain/customers.md#matching), null where
-- no such account is there: a link to nothing is none. Deleted organisations too: tickets refer to them.
with given as (

    select 'hubspot:' || company_id as account_id, 'hubspot' as source_system, salesforce_account_id as given_id
    from {{ ref('stg_hubspot__companies') }}
    union all
    select account_id, 'zendesk' as source_system, external_id as given_id
    from {{ ref('stg_zendesk__organizations') }}

),

account as (

    select account_id from {{ ref('crm__account') }}
    union
    select account_id from {{ ref('int_merged_account') }}
    where surviving_account_id in (select account_id from {{ ref('crm__account') }})

),

final as (

    select
        given.account_id,
        given.source_system,
        given.given_id,
        account.account_id as linked_account_id
    from given
    left join {{ ref('int_record_id') }} as meant on given.given_id = meant.given_id
    left join account on coalesce(meant.record_id, given.given_id) = account.account_id
    where given.given_id is not null

)

select * from final
