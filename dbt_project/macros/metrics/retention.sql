{% macro retention_segment_types() -%}
    {{ return(['touch_model', 'industry_code', 'region_code', 'employee_band', 'plan_tier', 'cohort_year']) }}
{%- endmacro %}

{% macro mrr_movement_types() -%}
    {{ return(['new', 'reactivation', 'upsell', 'cross_sell', 'price_uplift', 'contraction', 'churn']) }}
{%- endmacro %}

{% macro retention_segment_value() -%}
    case segment_type
        when 'all' then 'all'
        {%- for segment_type in retention_segment_types() %}
        when '{{ segment_type }}' then {{ segment_type }}
        {%- endfor %}
    end
{%- endmacro %}
