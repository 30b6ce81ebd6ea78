{{ config(pre_hook="{{ forget_changed_drops('crm__contract', 'contract_id') }}") }}

{{ typed_drop('crm__contract', key='contract_id') }}
