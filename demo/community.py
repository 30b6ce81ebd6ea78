"""Files of training and of the users' community, what drives adoption, and whether a customer fits.

Who is well with the product learns more of it, and helps others.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from demo import times
from demo.customers import HORIZON, Customer
from demo.success import file_day
from demo.writer import Ledger

# mood: odds that a person takes a course, that one is completed, of membership, of a post a month, of coming to an event
LIVELY = {
    "ideal": (0.9, 0.95, 0.85, 0.35, 0.5),
    "steady": (0.8, 0.9, 0.6, 0.2, 0.35),
    "slow": (0.6, 0.75, 0.4, 0.12, 0.2),
    "stuck": (0.5, 0.6, 0.3, 0.12, 0.12),
    "starter": (0.5, 0.55, 0.2, 0.06, 0.1),
    "idle": (0.3, 0.4, 0.1, 0.02, 0.04),
}
COURSES = {"basic": 20, "writing": 75, "analytics": 200}  # days after the first paid one
USER_GROUP_MONTHS = (2, 5, 8, 11)
USER_GROUP_DAY = 15
QUESTIONS, ANSWERED_BY = 0.55, (["end_user", "agent", None], [50, 38, 12])
DRIVERS = (["forced", "incentive", "convenience"], [45, 25, 30])
FITS = {"ideal": 0.99, "steady": 0.98, "slow": 0.9, "stuck": 0.8, "starter": 0.75, "idle": 0.6}
ASSESSED_DAYS, INITIATIVE_DAYS = 14, (30, 120)


def record_community(ledger: Ledger, seed: int | str, customers: Sequence[Customer]) -> None:
    """Record what each customer's people learn, ask and attend."""
    for customer in customers:
        rng = Random(f"{seed}:community:{customer.number}")
        _courses(ledger, rng, customer)
        _months(ledger, rng, customer)
        _adoption(ledger, rng, customer)


def _drop(ledger: Ledger, entity: str, day: date, row: dict[str, object]) -> None:
    ledger.drop(f"success__{entity}", file_day(day), row)


def _courses(ledger: Ledger, rng: Random, customer: Customer) -> None:
    start = customer.spells[0].start
    odds, odds_of_end, *_ = LIVELY[customer.mood(start)]
    for person, contact in enumerate(customer.contacts[:3], 1):
        for course, after in COURSES.items():
            day = start + timedelta(days=after + rng.randrange(30))
            if rng.random() >= odds or not customer.is_active(day):
                break
            moment = times.in_office(rng, day)
            row = {
                "enrolment_id": f"TR-{customer.number:05d}-{person}-{course}",
                "account_id": customer.account_id,
                "contact_id": contact.contact_id,
                "course_code": course,
                "enrolled_at": times.file_time(moment),
                "completed_at": None,
                "score": None,
            }
            end = times.in_office(rng, moment.date() + timedelta(days=rng.randint(3, 45)))
            is_done = rng.random() < odds_of_end and customer.is_active(end.date())
            told = file_day(moment.date())
            if not is_done or file_day(end.date()) != told:
                ledger.drop("success__training_enrolment", told, row)
            if is_done:
                score = min(100, round(rng.gauss(78, 10)))
                done = {"completed_at": times.file_time(end), "score": score}
                _drop(ledger, "training_enrolment", end.date(), {**row, **done})


def _months(ledger: Ledger, rng: Random, customer: Customer) -> None:
    """Membership, posts and user-group meetings, month by month while the customer pays."""
    month = max(customer.spells[0].start, times.FIRST_DAY).replace(day=1)
    is_member = False
    while month < HORIZON:
        day = month + timedelta(days=rng.randrange(28))
        *_, membership, post, meeting = LIVELY[customer.mood(day)]
        contact = rng.choice(customer.contacts)
        common = {"account_id": customer.account_id, "contact_id": contact.contact_id}
        name, chance = f"{customer.number:05d}-{month:%y%m}", rng.random()
        if not is_member and chance < membership / 4 and customer.is_active(day):
            is_member = True
            joined = {"member_id": f"CM-{name}", **common}
            joined["joined_at"] = times.file_time(times.by_day(rng, day))
            _drop(ledger, "community_member", day, joined)
        elif is_member and chance < post and customer.is_active(day):
            _post(ledger, rng, f"CP-{name}", common, day)
        held = month.replace(day=USER_GROUP_DAY)
        came = rng.random() < meeting
        if month.month in USER_GROUP_MONTHS and came and customer.is_active(held):
            attendance = {
                "attendance_id": f"CE-{name}",
                **common,
                "event_code": f"user-group-{month:%Y-%m}",
                "held_at": f"{held:%Y-%m-%d}T15:00:00+09:00",
                "attended": rng.random() < 0.9,
            }
            _drop(ledger, "community_event", held, attendance)
        month = times.add_months(month, 1)


def _post(ledger: Ledger, rng: Random, name: str, common: dict[str, object], day: date) -> None:
    moment = times.by_day(rng, day)
    is_question = rng.random() < QUESTIONS
    role = rng.choices(*ANSWERED_BY)[0] if is_question else None
    answered = moment + timedelta(minutes=rng.randint(20, 2000)) if role else None
    if answered and file_day(answered.date()) != file_day(day):
        answered, role = None, None  # each post is told once
    row = {
        "post_id": name,
        **common,
        "posted_at": times.file_time(moment),
        "is_question": is_question,
        "answered_at": times.file_time(answered) if answered else None,
        "answered_by_role": role,
    }
    _drop(ledger, "community_post", day, row)


def _adoption(ledger: Ledger, rng: Random, customer: Customer) -> None:
    start = customer.spells[0].start
    mood = customer.mood(start)
    assessed = start + timedelta(days=ASSESSED_DAYS)
    is_fit = rng.random() < FITS[mood]
    assessment = {
        "assessment_id": f"FA-{customer.number:05d}",
        "account_id": customer.account_id,
        "assessed_on": assessed.isoformat(),
        "is_fit": is_fit,
        "reason_code": None if is_fit else rng.choice(["no_writer", "no_budget", "other_purpose"]),
    }
    _drop(ledger, "fit_assessment", assessed, assessment)
    day = start
    for number in range(1, 1 + rng.choice([0, 1, 1, 2])):
        day += timedelta(days=rng.randint(*INITIATIVE_DAYS))
        if not customer.is_active(day):
            break
        initiative = {
            "initiative_id": f"AI-{customer.number:05d}-{number}",
            "account_id": customer.account_id,
            "driver": rng.choices(*DRIVERS)[0],
            "started_on": day.isoformat(),
            "ended_on": (day + timedelta(days=rng.randint(60, 400))).isoformat(),
        }
        _drop(ledger, "adoption_initiative", day, initiative)
