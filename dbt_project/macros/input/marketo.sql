{#- Marketo's activities that are mail, by its own numbers; its others (pages, forms, changes of data) are none. -#}
{% macro marketo_mail() -%}
    {{ return({
        6: 'sent', 7: 'delivered', 8: 'bounce', 9: 'unsubscribe', 10: 'open', 11: 'click', 27: 'bounce',
    }) }}
{%- endmacro %}
