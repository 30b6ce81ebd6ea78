-- grain: Zendesk user × time in a role (docs/domain/service.md#past-and-present); before the first version that landed,
-- the role it has. A time has an end on either side, the first and the last far away: what looks into it is an equi-join.
-- Deactivated users too.
with version as (

    {{ record_versions('zendesk__users', keep_deleted=true) }}

),

roles as (

    select
        id as user_id,
        {{ zendesk_role() }} as role,
        _version_time as changed_at
    from version

),

final as (

    select
        user_id,
        role,
        case
            when lag(changed_at) over (partition by user_id order by changed_at) is not null then changed_at
            else {{ local_midnight("date '1900-01-01'") }}
        end as held_from,
        coalesce(
            lead(changed_at) over (partition by user_id order by changed_at), {{ local_midnight(far_future()) }}
        ) as held_until
    from roles

)

select * from final
