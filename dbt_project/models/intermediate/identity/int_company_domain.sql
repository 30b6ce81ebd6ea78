-- Domains a company is known by, from web and e-mail addresses: a public suffix with a label before it, and none that
-- many share or that stands for none (docs/domain/customers.md#domains).
with addresses as (

    select account_id, website_domain as address from {{ ref('crm__account') }}
    union all
    select coalesce(link.linked_account_id, meant.record_id, contact.account_id) as account_id, contact.email as address
    from {{ ref('crm__contact') }} as contact
    left join {{ ref('int_company_link') }} as link on contact.account_id = link.account_id
    left join {{ ref('int_record_id') }} as meant on contact.account_id = meant.given_id
    union all
    select 'hubspot:' || company_id as account_id, domain as address from {{ ref('stg_hubspot__companies') }}
    union all
    select
        account_id,
        {{ explode_array("split(translate(domain_names, '[]\" ', ''), ',')") }} as address
    from {{ ref('stg_zendesk__organizations') }}

),

hosts as (

    select distinct account_id, {{ url_host('address') }} as domain from addresses

),

domains as (

    select distinct domain, regexp_replace(domain, '^[^.]*[.]', '') as parent
    from hosts
    where regexp_replace(domain, '^([^-. /@_][^. /@_]*[.])+[^-. 0-9][^. ]*$', '') = ''

),

suffix as (

    select * from {{ ref('public_suffix') }}

),

-- The domain itself and all it lies in.
enclosing as (

    {%- for labels in range(12) %}
    select domain, regexp_replace(domain, '^([^.]*[.]){{ '{' ~ labels ~ '}' }}', '') as enclosing_domain from domains
    {%- if not loop.last %} union all{% endif %}
    {%- endfor %}

),

nobody as (

    select enclosing.domain
    from enclosing
    inner join {{ ref('shared_domain') }} as shared on enclosing.enclosing_domain = shared.domain
    union
    select domain from domains where domain in (select suffix from suffix where rule_type <> 'exception')
    union
    select domain from domains
    where parent in (select suffix from suffix where rule_type = 'wildcard')
        and domain not in (select suffix from suffix where rule_type = 'exception')

),

final as (

    select hosts.account_id, hosts.domain
    from hosts
    inner join domains on hosts.domain = domains.domain
    where hosts.domain not in (select domain from nobody)

)

select * from final
