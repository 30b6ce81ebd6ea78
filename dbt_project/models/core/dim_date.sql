{%- set fiscal_start = var('fiscal_year_start_month') -%}
{%- set label_years = 1 if var('fiscal_year_label') == 'end' and fiscal_start > 1 else 0 -%}

with days as (

    select
        {{ date_series(
            first_calendar_day(), "cast(year(" ~ as_of_date() ~ ") + 5 || '-12-31' as date)", 'day'
        ) }} as date_day

),

holidays as (

    select * from {{ ref('holiday') }}

),

eras as (

    select
        era_name,
        cast(first_date as date) as first_date,
        lead(cast(first_date as date)) over (order by first_date) as next_era_date
    from {{ ref('era') }}

),

-- docs/domain/japan.md#fiscal-year: the fiscal year of a day is that of the month as many months back as the year
-- starts after January
fiscal as (

    select
        date_day,
        cast(year({{ add_months('date_day', 1 - fiscal_start) }}) + {{ label_years }} as integer) as fiscal_year,
        cast(month({{ add_months(month_of('date_day'), 1 - fiscal_start) }}) as integer) as fiscal_month_no,
        -- ISO 8601: Monday is 1, as was 27 December 1999; a week's year is that of its Thursday
        cast({{ dbt.datediff("cast('1999-12-27' as date)", 'date_day', 'day') }} % 7 + 1 as integer) as iso_weekday
    from days

),

final as (

    select
        fiscal.date_day,
        {{ month_of('fiscal.date_day') }} as month,
        fiscal.fiscal_year,
        cast(ceil(fiscal.fiscal_month_no / 3.0) as integer) as fiscal_quarter,
        fiscal.fiscal_month_no,
        case when fiscal.fiscal_month_no <= 6 then '上期' else '下期' end as fiscal_half,
        eras.era_name
        || case
            when year(fiscal.date_day) = year(eras.first_date) then '元'
            else cast(year(fiscal.date_day) - year(eras.first_date) + 1 as {{ dbt.type_string() }})
        end
        || '年' || month(fiscal.date_day) || '月' || day(fiscal.date_day) || '日' as wareki,
        year(fiscal.date_day + (4 - fiscal.iso_weekday)) || '-W'
        || lpad(cast(weekofyear(fiscal.date_day) as {{ dbt.type_string() }}), 2, '0') as iso_week,
        fiscal.iso_weekday,
        month(fiscal.date_day) <> month(fiscal.date_day + 1) as is_month_end,
        holidays.holiday_date is null and fiscal.iso_weekday <= 5 as is_business_day,
        holidays.holiday_name
    from fiscal
    left join holidays on fiscal.date_day = holidays.holiday_date
    inner join eras
        on fiscal.date_day >= eras.first_date
        and (fiscal.date_day < eras.next_era_date or eras.next_era_date is null)

)

select * from final
