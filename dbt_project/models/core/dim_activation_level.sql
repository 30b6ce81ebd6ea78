-- grain: process × activation level (docs/domain/activation.md#level)
select
    process_id,
    level_no as activation_level,
    name_en as level_name_en,
    name_ja as level_name_ja,
    description_en,
    description_ja
from {{ ref('activation_level') }}
