"""Files of customer success: onboarding tasks, activities, recommendations, success plans, advice.

How fast and how far a customer gets follows its mood, as everything else does.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from demo import times
from demo.customers import HORIZON, Customer
from demo.writer import Ledger

# task: day it is due, after the first paid one; whether onboarding needs it
TASKS = {
    "kickoff": (7, True),
    "account_setup": (14, True),
    "goal_setting": (21, True),
    "user_training": (35, True),
    "first_publication": (60, True),
    "integration": (75, False),
}
# mood: pace of onboarding (1 = on the day due), odds that a task is never done
PACE = {
    "ideal": (0.8, 0.0),
    "steady": (1.0, 0.01),
    "slow": (1.4, 0.02),
    "stuck": (1.8, 0.03),
    "starter": (2.1, 0.05),
    "idle": (2.4, 0.09),
}
# mood: activities a month, odds of a recommendation a month, odds of a success plan
CARE = {
    "ideal": (0.9, 0.05, 0.7),
    "steady": (0.8, 0.02, 0.6),
    "slow": (0.7, 0.006, 0.45),
    "stuck": (0.7, 0.004, 0.35),
    "starter": (0.5, 0.002, 0.25),
    "idle": (0.3, 0.001, 0.15),
}
ONBOARDING_DAYS = 90
ACTIVITIES = ["meeting", "call", "email", "training", "review"]
ACTIVITY_WEIGHTS = [30, 28, 26, 8, 8]
ADVOCACY = ["review", "referral", "case_study", "speaking"]
ADVOCACY_WEIGHTS = [45, 30, 18, 7]
STEP_DAYS = (45, 150, 365)  # design, settle, improve: planned days after the first paid one
# advice: how soon it is given, in days after the first paid one; odds that the best customers take it up
ADVICE = {
    "change_meetings": (60, 0.7),
    "stop_double_entry": (120, 0.5),
    "use_chat": (200, 0.85),
    "morning_assembly": (260, 0.35),
}
GOALS = [
    ("new_orders", "公開記事経由の問合せ件数", 2, 12),
    ("existing_upsell", "既存顧客の提案件数", 5, 15),
    ("recruiting", "採用サイトの応募数", 8, 30),
]


def record_success(ledger: Ledger, seed: int | str, customers: Sequence[Customer]) -> None:
    """Record what customer success did with each customer, and what the customer did for us."""
    for customer in customers:
        rng = Random(f"{seed}:success:{customer.number}")
        _onboarding(ledger, rng, customer)
        _months(ledger, rng, customer)
        _plan(ledger, rng, customer)
        _advice(ledger, Random(f"{seed}:advice:{customer.number}"), customer)


def file_day(day: date) -> date:
    """Day of the monthly file that first tells of ``day``."""
    return times.FIRST_DAY if day <= times.FIRST_DAY else times.month_end(day)


def _onboarding(ledger: Ledger, rng: Random, customer: Customer) -> None:
    spell = customer.spells[0]
    pace, odds_never = PACE[customer.mood(spell.start)]
    pace *= rng.lognormvariate(0, 0.25)
    for number, (code, (due, is_mandatory)) in enumerate(TASKS.items()):
        done = spell.start + timedelta(days=round(due * pace * rng.uniform(0.7, 1.2)))
        is_done = rng.random() >= odds_never and done <= spell.end
        moment = times.in_office(rng, done)
        row = {
            "task_id": f"OT-{customer.number:05d}-{number + 1}",
            "account_id": customer.account_id,
            "task_code": code,
            "is_mandatory": is_mandatory,
            "due_date": (spell.start + timedelta(days=due)).isoformat(),
            "done_at": None,
        }
        told = file_day(spell.start)
        closed = file_day(moment.date()) if is_done else None
        if closed != told:
            ledger.drop("success__onboarding_task", told, row)
        if closed:
            row = {**row, "done_at": times.file_time(moment)}
            ledger.drop("success__onboarding_task", closed, row)


def _months(ledger: Ledger, rng: Random, customer: Customer) -> None:
    """Activities and recommendations, month by month while the customer pays."""
    start = customer.spells[0].start
    month = max(start, times.FIRST_DAY).replace(day=1)
    while month < HORIZON:
        days = [month + timedelta(days=rng.randrange(28)) for _ in range(4)]
        often, odds, _ = CARE[customer.mood(days[0])]
        if days[0] < start + timedelta(days=ONBOARDING_DAYS):
            often *= 2
        for number, day in enumerate(days[:3], 1):
            if rng.random() < often / 3 and customer.is_active(day):
                moment = times.in_office(rng, day)
                row = {
                    "activity_id": f"CA-{customer.number:05d}-{month:%y%m}{number}",
                    "account_id": customer.account_id,
                    "contact_id": rng.choice(customer.contacts).contact_id,
                    "type": rng.choices(ACTIVITIES, ACTIVITY_WEIGHTS)[0],
                    "owner_id": customer.csm,
                    "occurred_at": times.file_time(moment),
                }
                ledger.drop("success__cs_activity", file_day(moment.date()), row)
        if rng.random() < odds and customer.is_active(days[3]):
            moment = times.by_day(rng, days[3])
            row = {
                "event_id": f"AE-{customer.number:05d}-{month:%y%m}",
                "account_id": customer.account_id,
                "type": rng.choices(ADVOCACY, ADVOCACY_WEIGHTS)[0],
                "occurred_at": times.file_time(moment),
            }
            ledger.drop("success__advocacy_event", file_day(moment.date()), row)
        month = times.add_months(month, 1)


def _plan(ledger: Ledger, rng: Random, customer: Customer) -> None:
    """A plan and its three steps; each file tells how far it has come by then."""
    spell = customer.spells[0]
    mood = customer.mood(spell.start + timedelta(days=30))
    if rng.random() >= CARE[mood][2]:
        return
    pace = PACE[mood][0] * rng.lognormvariate(0, 0.2)
    began = [spell.start + timedelta(days=round(pace * day)) for day in (10, *STEP_DAYS)]
    goal, kpi, baseline, target = rng.choice(GOALS)
    plan_id = f"SP-{customer.number:05d}"
    plan = {
        "plan_id": plan_id,
        "account_id": customer.account_id,
        "goal_type": goal,
        "scope": rng.choices(["domestic", "overseas"], [9, 1])[0],
        "kpi_name": kpi,
        "kpi_baseline": baseline,
        "kpi_target": target,
        "kpi_actual": baseline,
        "exec_sponsor_confirmed": rng.random() < 1.1 - PACE[mood][0] / 2.4,
        "operation_team_confirmed": rng.random() < 1.2 - PACE[mood][0] / 2.4,
    }
    reached = rng.uniform(0.7, 1.3) / PACE[mood][0] ** 0.5
    for number, day in enumerate(began):
        if day > spell.end:
            break
        told = file_day(day)
        actual = round(baseline + (target * reached - baseline) * number / len(STEP_DAYS))
        if number == len(began) - 1 or file_day(min(began[number + 1], spell.end)) != told:
            ledger.drop("success__success_plan", told, plan | {"kpi_actual": max(0, actual)})
    for number, planned in enumerate(STEP_DAYS):
        row = {
            "step_id": f"{plan_id}-{number + 1}",
            "plan_id": plan_id,
            "step_no": number + 1,
            "roadmap_target_date": (spell.start + timedelta(days=planned)).isoformat(),
            "started_at": None,
            "achieved_at": None,
        }
        changes = {file_day(began[0]): row}
        if began[number] <= spell.end:
            row = {**row, "started_at": times.file_time(times.in_office(rng, began[number]))}
            changes[file_day(began[number])] = row
        if began[number + 1] <= spell.end:
            achieved = times.in_office(rng, began[number + 1])
            row = {**row, "achieved_at": times.file_time(achieved)}
            changes[file_day(achieved.date())] = row
        for day, version in changes.items():
            if day <= spell.end or day == times.FIRST_DAY:
                ledger.drop("success__success_plan_step", day, version)


def _advice(ledger: Ledger, rng: Random, customer: Customer) -> None:
    """Advice of the playbook; who does well takes more of it up, and sooner."""
    start = customer.spells[0].start
    for code, (after, odds) in ADVICE.items():
        day = start + timedelta(days=after + rng.randrange(60))
        pace, _ = PACE[customer.mood(day)]
        if rng.random() >= 0.6 or not customer.is_active(day):
            continue
        moment = times.in_office(rng, day)
        row = {
            "action_id": f"PA-{customer.number:05d}-{code}",
            "account_id": customer.account_id,
            "action_code": code,
            "advised_at": times.file_time(moment),
            "done_at": None,
            "owner_id": customer.csm,
        }
        done = moment.date() + timedelta(days=round(pace * rng.randint(5, 60)))
        is_done = rng.random() < odds / pace and customer.is_active(done)
        told, closed = file_day(moment.date()), file_day(done)
        if not is_done or closed != told:
            ledger.drop("success__playbook_action", told, row)
        if is_done:
            row = {**row, "done_at": times.file_time(times.in_office(rng, done))}
            ledger.drop("success__playbook_action", closed, row)
