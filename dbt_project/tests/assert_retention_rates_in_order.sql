-- C-22: 0 <= GRR at family level <= GRR at customer level <= 1, and GRR <= NRR. Compared on the exact numerators.
select month, segment_type, segment_value, grr_customer_level, grr_family_level, nrr
from {{ ref('fct_retention_monthly') }}
where grr_family_level_num < 0
    or grr_family_level_num > grr_customer_level_num
    or grr_customer_level_num > grr_den
    or grr_customer_level_num > nrr_num
