{{ config(materialized='view') }}
-- Accounts that were merged away and the one that each has become (docs/domain/customers.md#merges: merged customers
-- keep all their history under the surviving one); that one may have been merged again, three times at most.
with merged as (

    select account_id, master_account_id
    from {{ ref('stg_salesforce__account') }}
    where is_deleted

),

final as (

    select
        merged.account_id,
        coalesce(third.master_account_id, second.master_account_id, merged.master_account_id) as surviving_account_id
    from merged
    left join merged as second on merged.master_account_id = second.account_id
    left join merged as third on second.master_account_id = third.account_id

)

select * from final
