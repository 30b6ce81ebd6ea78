{{ config(pre_hook="{{ forget_changed_drops('ma__consent') }}") }}

{{ typed_drop('ma__consent') }}
