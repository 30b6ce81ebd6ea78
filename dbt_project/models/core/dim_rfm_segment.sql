-- grain: RFM segment (docs/domain/segments.md#rfm); its names are those of the first rule that gives it
select
    rfm_segment,
    cast(min(rule_no) as smallint) as segment_no,
    min_by(segment_name_en, rule_no) as segment_name_en,
    min_by(segment_name_ja, rule_no) as segment_name_ja
from {{ ref('rfm_segment_map') }}
group by rfm_segment
