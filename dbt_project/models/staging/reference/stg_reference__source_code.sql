{{ config(materialized='view') }}

-- What a source's codes mean (docs/domain/conventions.md#codes): those of tenant.yml, and those shipped that it leaves alone.
with shipped as (

    select code_list, {{ folded_code('code') }} as source_code, meaning from {{ ref('source_code') }}

),

own as (

    select code_list, {{ folded_code('code') }} as source_code, meaning
    from (
        select '' as code_list, '' as code, '' as meaning
        {%- for code_list, meanings in var('codes').items() %}
        {%- for code, meaning in meanings.items() %}
        union all
        select '{{ code_list }}', '{{ code | replace("'", "''") }}', '{{ meaning }}'
        {%- endfor %}
        {%- endfor %}
    ) as given
    where code_list <> ''

),

final as (

    select * from own
    union all
    select shipped.*
    from shipped
    left join own on shipped.code_list = own.code_list and shipped.source_code = own.source_code
    where own.code_list is null

)

select * from final
