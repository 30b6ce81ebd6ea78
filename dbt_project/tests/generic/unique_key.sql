{% test unique_key(model, columns, build_column=none, touched_keys=none, touched_columns=none) %}

{{ duplicate_keys(model, columns, build_column, touched_keys, touched_columns) }}

{% endtest %}
