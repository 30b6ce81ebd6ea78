{{ config(meta={'touched': {'response_id': "{{ loaded_since('zendesk__survey_responses') }}"}}) }}

-- A response's rating, the first of several, on the scale that its options give; five points where they are not told.
with source as (

    {{ current_records('zendesk__survey_responses') }}

),

answer as (

    select
        source.id as response_id,
        position,
        lower({{ json_text('child', 'type') }}) as answer_type,
        try_cast({{ json_text('child', 'rating') }} as integer) as rating,
        coalesce({{ json_greatest('child', 'question.options[*].rating') }}, 5) as scale_max,
        {{ json_text('child', 'value') }} as comment,
        {{ json_instant('child', 'updated_at') }} as answered_at
    from source
    {{ each_json_element('source.answers', 'child', 'position') }}

),

rating as (

    select * from answer
    where rating is not null
    qualify row_number() over (partition by response_id order by position asc) = 1

),

comment as (

    select * from answer
    where answer_type = 'open_ended' and comment is not null
    qualify row_number() over (partition by response_id order by position asc) = 1

)

select
    source.id as response_id,
    nullif(regexp_extract(source.subjects, 'ticket:([^"]+)', 1), '') as ticket_id,
    source.responder_id,
    rating.rating as score,
    rating.scale_max,
    comment.comment,
    rating.answered_at as responded_at,
    {{ var('build_id') }} as _build_id
from source
left join rating on source.id = rating.response_id
left join comment on source.id = comment.response_id
