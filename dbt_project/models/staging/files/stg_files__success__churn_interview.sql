{{ config(pre_hook="{{ forget_changed_drops('success__churn_interview', 'interview_id') }}") }}

{{ typed_drop('success__churn_interview', key='interview_id') }}
