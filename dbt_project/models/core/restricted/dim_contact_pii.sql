-- Direct personal data, for administrators only: never published (docs/domain/conventions.md#personal-data,
-- docs/domain/japan.md#kana, docs/domain/japan.md#addresses).
with contact as (

    select * from {{ ref('crm__contact') }}

),

final as (

    select
        {{ surrogate_key(['contact_id']) }} as contact_key,
        contact_id,
        last_name,
        first_name,
        {{ katakana('last_name_kana') }} as last_name_kana,
        {{ katakana('first_name_kana') }} as first_name_kana,
        lower(trim(email)) as email,
        {{ phone_digits('phone') }} as phone,
        {{ phone_digits('mobile') }} as mobile,
        birth_date
    from contact

)

select * from final
