-- Domains a company is known by, from web and e-mail addresses, without those that anyone can have
-- (docs/domain/customers.md#matching).
with addresses as (

    select account_id, website_domain as address from {{ ref('crm__account') }}
    union all
    select account_id, email as address from {{ ref('crm__contact') }}
    union all
    select 'hubspot:' || company_id as account_id, domain as address from {{ ref('stg_hubspot__companies') }}
    union all
    select
        'zendesk:' || organization_id as account_id,
        {{ explode_array("split(translate(domain_names, '[]\" ', ''), ',')") }} as address
    from {{ ref('stg_zendesk__organizations') }}

),

domains as (

    select account_id, {{ url_host("regexp_replace(address, '^[^@]*@', '')") }} as domain from addresses

),

free_mail as (

    select domain from {{ ref('free_mail_domain') }}

),

final as (

    select distinct domains.account_id, domains.domain
    from domains
    left join free_mail on domains.domain = free_mail.domain
    where domains.domain is not null
      and free_mail.domain is null

)

select * from final
