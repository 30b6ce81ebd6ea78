{{ config(pre_hook="{{ forget_changed_drops('crm__account', 'account_id') }}") }}

{{ typed_drop('crm__account', key='account_id') }}
