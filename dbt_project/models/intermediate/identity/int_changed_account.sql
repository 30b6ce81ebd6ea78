{{ config(materialized='view') }}
-- Accounts that stand for another customer than in the last build, and both customers. None in a full build.
select account_id, customer_key, previous_customer_key
from {{ ref('int_customer_identity') }}
where _build_id = {{ var('build_id') }} and {{ is_later_build() }}
