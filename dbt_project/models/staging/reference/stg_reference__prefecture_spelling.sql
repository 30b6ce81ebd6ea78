{{ config(materialized='view') }}

-- Ways to write a prefecture (docs/domain/japan.md#addresses): 01, 1, JP-01; 東京都, 東京, Tokyo. One row a spelling, in
-- lower case.
with prefectures as (

    select * from {{ ref('prefecture') }}
    where prefecture_code <> '00'

),

spellings as (

    select prefecture_code, prefecture_code as spelling from prefectures
    union all
    select prefecture_code, substring(prefecture_code, 2) from prefectures where prefecture_code < '10'
    union all
    select prefecture_code, 'jp-' || prefecture_code from prefectures
    union all
    select prefecture_code, name_ja from prefectures
    union all
    -- 北海道 is never shortened
    select prefecture_code, substring(name_ja, 1, length(name_ja) - 1) from prefectures where prefecture_code <> '01'
    union all
    select prefecture_code, lower(name_en) from prefectures

)

select * from spellings
