{% macro fixed_segment_types() -%}
    {{ return(retention_segment_types() | reject('equalto', 'touch_model') | list) }}
{%- endmacro %}

{% macro fixed_segment_value() -%}
    case segment_type
        when 'all' then 'all'
        {%- for segment_type in fixed_segment_types() %}
        when '{{ segment_type }}' then {{ segment_type }}
        {%- endfor %}
    end
{%- endmacro %}

{% macro phase_parts() -%}
    {{ return([
        'customers_in_phase', 'opening_customers', 'churned_in_phase', 'entered', 'achieved', 'through_num', 'through_den',
        'out_of_order', 'rate_num', 'cross_sell_num', 'rate_den', 'csat_num', 'csat_den', 'promoters', 'detractors', 'nps_den',
        'response_num', 'response_den', 'licence_num', 'licence_den',
    ]) }}
{%- endmacro %}
