-- One row per person, without anything that names them (docs/domain/conventions.md#personal-data); names and addresses:
-- dim_contact_pii.
with contact as (

    select * from {{ ref('crm__contact') }}

),

identity as (

    select account_id, customer_key from {{ ref('int_customer_identity') }}

),

title_class as (

    select * from {{ ref('job_title_class') }}

),

salt as (

    select salt from {{ source('ops', 'salt') }}

),

-- each title once: many people share one
title as (

    select job_title, upper({{ fold_width('job_title') }}) as folded
    from (select distinct job_title from contact where job_title is not null) as written

),

classified as (

    select title.job_title, title_class.job_title_class
    from title
    inner join title_class on title.folded like '%' || title_class.keyword || '%'
    qualify row_number() over (partition by title.job_title order by title_class.rule_no) = 1

),

person as (

    -- completed years: a birthday still to come this year takes one off
    select
        contact_id,
        year({{ as_of_date() }}) - year(birth_date)
        - case
            when month({{ as_of_date() }}) * 100 + day({{ as_of_date() }}) < month(birth_date) * 100 + day(birth_date)
                then 1
            else 0
        end as age
    from contact

),

final as (

    select
        {{ surrogate_key(['contact.contact_id']) }} as contact_key,
        coalesce(identity.customer_key, 'unknown') as customer_key,
        {{ sha256_text("salt.salt || lower(trim(contact.email))") }} as email_hash,
        {{ url_host("regexp_replace(contact.email, '^[^@]*@', '')") }} as email_domain,
        substr(contact.last_name, 1, 1) || '＊' as name_masked,
        contact.gender,
        coalesce(contact.age_band, {{ integer_divide('person.age', 10) }} * 10 || 's') as age_band,
        contact.marital_status,
        contact.has_children,
        contact.education,
        case when contact.job_title is not null then coalesce(classified.job_title_class, 'other') end
            as job_title_class,
        contact.job_function,
        contact.is_decision_maker,
        contact.income_band,
        contact.household_type,
        contact.housing_type,
        contact.home_prefecture_code,
        contact.work_prefecture_code,
        contact.rail_line,
        contact.nearest_station,
        contact.transport_mode,
        contact.primary_device,
        contact.primary_media
    from contact
    inner join person on contact.contact_id = person.contact_id
    left join identity on contact.account_id = identity.account_id
    left join classified on contact.job_title = classified.job_title
    -- without a salt people stay and hashes are missing, which the contract blocks
    left join salt on true

)

select * from final
