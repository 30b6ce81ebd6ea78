-- A closed deal has the owner it was closed by (docs/domain/service.md#past-and-present).
with closing_owner as (

    select * from {{ ref('int_closing_owner') }}

),

salesforce as (

    select
        opportunities.*,
        coalesce(closing_owner.owner_id, opportunities.owner_id) as deal_owner_id,
        {{ code_meaning('opportunity_type', 'type') }} as type_code,
        {{ currency_of('currency') }} as currency_code,
        case when is_closed then {{ local_midnight('close_date') }} end as closed_at,
        case when is_closed then is_won end as is_closed_won
    from {{ ref('stg_salesforce__opportunity') }} as opportunities
    left join closing_owner
        on opportunities.opportunity_id = closing_owner.opportunity_id
        and closing_owner.source_system = 'salesforce'

),

files as (

    select
        landed.*,
        coalesce(closing_owner.owner_id, landed.owner_id) as deal_owner_id,
        {{ code_meaning('opportunity_type', 'type') }} as type_code,
        {{ currency_of('currency') }} as currency_code,
        -- who closed a deal by its stage alone has not said when
        coalesce(
            is_won,
            case {{ code_meaning('opportunity_stage', 'stage_code') }} when 'won' then true when 'lost' then false end
        ) as is_known_won
    from {{ file_records('sfa__opportunity') }} as landed
    left join closing_owner
        on landed.opportunity_id = closing_owner.opportunity_id
        and closing_owner.source_system = 'files'
    where landed.opportunity_id not in (select opportunity_id from salesforce)

),

final as (

    select
        {{ entity_select('sfa__opportunity',
            held=[
                'opportunity_id', 'account_id', 'name', 'stage_code', 'amount_ex_tax', 'probability', 'created_at',
                'closed_at', 'lost_reason', 'contract_id', 'primary_campaign_id', 'updated_at',
            ],
            renamed={
                'type': 'type_code', 'expected_close_date': 'close_date', 'is_won': 'is_closed_won',
                'currency': 'currency_code', 'owner_id': 'deal_owner_id',
            },
        ) }}
    from salesforce
    union all
    select
        {{ entity_select('sfa__opportunity', renamed={
            'type': 'type_code', 'is_won': 'is_known_won', 'currency': 'currency_code', 'owner_id': 'deal_owner_id',
        }) }}
    from files

)

select * from final
