select
    {{ entity_select('ma__consent', expressions={
        'channel': known_code('channel', ['email', 'app_push', 'sms', 'call', 'line']),
        'purpose_code': known_code('purpose_code', ['service_info', 'marketing', 'third_party', 'analytics']),
        'action': 'lower(action)',
    }) }}
from {{ ref('stg_files__ma__consent') }}
