-- A closed deal has the owner it was closed by (docs/domain/service.md#past-and-present).
with closing_owner as (

    select * from {{ ref('int_closing_owner') }}

),

salesforce as (

    select
        opportunities.*,
        coalesce(closing_owner.owner_id, opportunities.owner_id) as deal_owner_id,
        {{ map_code('type', {
            'new': ['new', 'new business', 'new customer'],
            'renewal': ['renewal', 'existing customer - renewal'],
            'upsell': ['upsell', 'upgrade', 'existing customer - upgrade'],
            'cross_sell': ['cross-sell', 'cross sell', 'cross_sell'],
        }) }} as type_code,
        case when is_closed then {{ local_midnight('close_date') }} end as closed_at,
        case when is_closed then is_won end as is_closed_won
    from {{ ref('stg_salesforce__opportunity') }} as opportunities
    left join closing_owner
        on opportunities.opportunity_id = closing_owner.opportunity_id
        and closing_owner.source_system = 'salesforce'

),

files as (

    select
        opportunities.*,
        coalesce(closing_owner.owner_id, opportunities.owner_id) as deal_owner_id,
        {{ known_code('type', ['new', 'renewal', 'upsell', 'cross_sell']) }} as type_code
    from {{ ref('stg_files__sfa__opportunity') }} as opportunities
    left join closing_owner
        on opportunities.opportunity_id = closing_owner.opportunity_id
        and closing_owner.source_system = 'files'
    where opportunities.opportunity_id not in (select opportunity_id from salesforce)

),

final as (

    select
        {{ entity_select('sfa__opportunity',
            held=[
                'opportunity_id', 'account_id', 'name', 'stage_code', 'amount_ex_tax', 'probability', 'created_at',
                'closed_at', 'lost_reason', 'contract_id', 'primary_campaign_id', 'updated_at',
            ],
            renamed={'type': 'type_code', 'expected_close_date': 'close_date', 'is_won': 'is_closed_won', 'owner_id': 'deal_owner_id'},
        ) }}
    from salesforce
    union all
    select {{ entity_select('sfa__opportunity', renamed={'type': 'type_code', 'owner_id': 'deal_owner_id'}) }}
    from files

)

select * from final
