with salesforce as (

    select
        *,
        {{ map_code('type', {
            'new': ['new', 'new business', 'new customer'],
            'renewal': ['renewal', 'existing customer - renewal'],
            'upsell': ['upsell', 'upgrade', 'existing customer - upgrade'],
            'cross_sell': ['cross-sell', 'cross sell', 'cross_sell'],
        }) }} as type_code,
        case when is_closed then {{ local_midnight('close_date') }} end as closed_at,
        case when is_closed then is_won end as is_closed_won
    from {{ ref('stg_salesforce__opportunity') }}

),

files as (

    select
        *,
        {{ known_code('type', ['new', 'renewal', 'upsell', 'cross_sell']) }} as type_code
    from {{ file_records('sfa__opportunity') }} as landed
    where opportunity_id not in (select opportunity_id from salesforce)

),

final as (

    select
        {{ entity_select('sfa__opportunity',
            held=[
                'opportunity_id', 'account_id', 'name', 'stage_code', 'amount_ex_tax', 'probability', 'created_at',
                'closed_at', 'lost_reason', 'contract_id', 'owner_id', 'primary_campaign_id', 'updated_at',
            ],
            renamed={'type': 'type_code', 'expected_close_date': 'close_date', 'is_won': 'is_closed_won'},
        ) }}
    from salesforce
    union all
    select {{ entity_select('sfa__opportunity', renamed={'type': 'type_code'}) }}
    from files

)

select * from final
