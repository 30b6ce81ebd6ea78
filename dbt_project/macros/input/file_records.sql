{% macro file_records(entity) %}
    {%- set key = (raw_table('files__' ~ entity).key or ['']) [0] %}
    {%- set links = [] %}
    {%- for column in [
        'contact_id', 'contract_id', 'order_id', 'previous_contract_id', 'product_id', 'opportunity_id',
        'converted_account_id', 'converted_contact_id', 'converted_opportunity_id', 'referrer_account_id',
    ] %}
        {%- if column in entity_columns(entity) and column != key %}{% do links.append(column) %}{% endif %}
    {%- endfor %}
    (
        select
        {%- for column in entity_columns(entity) %}
            {% if column in links %}coalesce({{ column }}_meant.record_id, landed.{{ column }}) as {% else %}landed.{% endif %}{{ column }},
        {%- endfor %}
            landed._source_file,
            landed._row,
            landed._build_id
        from {{ ref('stg_files__' ~ entity) }} as landed
        {%- for column in links %}
        left join {{ ref('int_record_id') }} as {{ column }}_meant on landed.{{ column }} = {{ column }}_meant.given_id
        {%- endfor %}
        {%- if key in ['account_id', 'contact_id', 'contract_id', 'order_id', 'order_line_id', 'product_id', 'line_id', 'opportunity_id', 'lead_id'] %}
        where landed.{{ key }} not in (select given_id from {{ ref('int_record_id') }} where given_id <> record_id)
        {%- endif %}
    )
{%- endmacro %}
