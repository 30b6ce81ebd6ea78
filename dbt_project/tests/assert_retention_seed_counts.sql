-- C-23: the seed's renewals and churns are the customers the month opened with; its gross count, read literally, too.
select month, segment_type, segment_value, opening_customers, seed_renewal_customers, seed_churn_customers
from {{ ref('fct_retention_monthly') }}
where seed_renewal_customers + seed_churn_customers <> opening_customers
    or seed_gross_count_literal <> opening_customers
