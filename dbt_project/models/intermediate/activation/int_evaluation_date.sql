{{ config(materialized='view') }}

-- The days on which activation is evaluated: as_of, and 28 days before for level_change_28d, which is recomputed from
-- events and never read from an older slice (docs/domain/activation.md#level).
select {{ as_of_date() }} as evaluated_on, {{ as_of_end() }} as evaluated_until
union all
select {{ as_of_date() }} - 28 as evaluated_on, {{ local_midnight(as_of_date() ~ ' - 27') }} as evaluated_until
