{% macro choice_var(name, options) -%}
    {%- if var(name) not in options -%}
        {{ exceptions.raise_compiler_error(
            "var " ~ name ~ " is '" ~ var(name) ~ "' but must be one of: " ~ options | join(', ')
        ) }}
    {%- endif -%}
    {{ return(var(name)) }}
{%- endmacro %}
