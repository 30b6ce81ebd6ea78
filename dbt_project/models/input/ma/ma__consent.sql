with files as (

    select
        *,
        {{ known_code('channel', ['email', 'app_push', 'sms', 'call', 'line']) }} as channel_code,
        {{ known_code('purpose_code', ['service_info', 'marketing', 'third_party', 'analytics']) }} as known_purpose,
        lower(action) as lower_action
    from {{ ref('stg_files__ma__consent') }}

)

select
    {{ entity_select('ma__consent', renamed={
        'channel': 'channel_code', 'purpose_code': 'known_purpose', 'action': 'lower_action',
    }) }}
from files
