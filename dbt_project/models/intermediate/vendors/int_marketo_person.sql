{{ config(materialized='view') }}

-- Whom an activity of Marketo's is about: a person that is there, or was merged into one; that one may have been merged again,
-- three times at most. A merge that ends at nobody leaves its people nobody (docs/domain/sources.md#merges-of-marketo).
with lead as (

    select * from {{ ref('int_marketo_lead') }}

),

named as (

    select activity_id, marketo_lead_id as winner_id, occurred_at, _build_id,
        {{ explode_array("split(" ~ regexp_replace_all('merge_ids', '[^0-9]+', ',') ~ ", ',')") }} as loser_id
    from {{ ref('stg_marketo__activities') }}
    where activity_type_id = 32 and merge_ids is not null

),

-- of a person that was merged twice the later merge holds; one that is there has not been merged away
merged as (

    select loser_id, winner_id, _build_id from named
    where loser_id <> '' and loser_id <> winner_id and loser_id not in (select marketo_lead_id from lead)
    qualify row_number() over (partition by loser_id order by occurred_at desc, activity_id desc) = 1

),

followed as (

    select
        merged.loser_id,
        coalesce(third.winner_id, second.winner_id, merged.winner_id) as winner_id,
        greatest(merged._build_id, coalesce(second._build_id, 0), coalesce(third._build_id, 0)) as _build_id
    from merged
    left join merged as second on merged.winner_id = second.loser_id
    left join merged as third on second.winner_id = third.loser_id

),

final as (

    select
        marketo_lead_id, cast(null as {{ dbt.type_string() }}) as merged_into, marketo_lead_id as surviving_lead_id,
        known_contact_id, contact_id, lead_id, _build_id
    from lead
    union all
    select
        followed.loser_id, followed.winner_id, lead.marketo_lead_id, lead.known_contact_id, lead.contact_id, lead.lead_id,
        greatest(followed._build_id, coalesce(lead._build_id, 0))
    from followed
    left join lead on followed.winner_id = lead.marketo_lead_id

)

select * from final
