with salesforce as (

    select
        {{ entity_select('sfa__opportunity',
            same=[
                'opportunity_id', 'account_id', 'name', 'stage_code', 'amount_ex_tax', 'probability', 'created_at',
                'lost_reason', 'contract_id', 'owner_id', 'primary_campaign_id', 'updated_at',
            ],
            expressions={
                'type': map_code('type', {
                    'new': ['new', 'new business', 'new customer'],
                    'renewal': ['renewal', 'existing customer - renewal'],
                    'upsell': ['upsell', 'upgrade', 'existing customer - upgrade'],
                    'cross_sell': ['cross-sell', 'cross sell', 'cross_sell'],
                }),
                'expected_close_date': 'close_date',
                'closed_at': 'case when is_closed then ' ~ local_midnight('close_date') ~ ' end',
                'is_won': 'case when is_closed then is_won end',
            },
        ) }}
    from {{ ref('stg_salesforce__opportunity') }}

),

files as (

    select
        {{ entity_select('sfa__opportunity', expressions={
            'type': known_code('type', ['new', 'renewal', 'upsell', 'cross_sell']),
        }) }}
    from {{ ref('stg_files__sfa__opportunity') }}
    where opportunity_id not in (select opportunity_id from salesforce)

),

final as (

    select * from salesforce
    union all
    select * from files

)

select * from final
