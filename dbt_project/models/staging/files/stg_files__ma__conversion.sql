{{ config(pre_hook="{{ forget_changed_drops('ma__conversion') }}") }}

{{ typed_drop('ma__conversion') }}
