"""Survey files: NPS waves, usefulness answers, interviews with customers that left, judgements of their use."""

from datetime import date, datetime, timedelta
from random import Random

from demo import reasons, times
from demo import vocabulary as words
from demo.customers import Customer
from demo.writer import Ledger

WAVES = [date(2025, 1, 14), date(2025, 7, 14), date(2026, 1, 13), date(2026, 7, 13)]
# mood: mean answer to the recommendation question, mean usefulness
OPINION = {
    "ideal": (9.0, 4.6),
    "steady": (8.2, 4.2),
    "slow": (7.1, 3.7),
    "stuck": (6.0, 3.2),
    "starter": (5.6, 3.0),
    "idle": (4.2, 2.4),
}
# the level at which a customer success manager who knows the mood sees a customer
JUDGED = {"ideal": 5, "steady": 4, "slow": 3, "stuck": 2, "starter": 1, "idle": 0}
SCORE_ELEVEN = 50  # this answer is 11 of 10, to be quarantined


def record_surveys(ledger: Ledger, seed: int | str, customers: list[Customer]) -> None:
    """Record NPS and usefulness answers of active customers and churn interviews of former ones."""
    rng = Random(f"{seed}:surveys")
    count = silent = ledger.offset
    for wave in WAVES:
        for customer in customers:
            for contact in customer.contacts:
                is_asked = customer.is_active(wave) and customer.met(contact) < wave
                if not is_asked:
                    continue
                sent = datetime.combine(wave, datetime.min.time()) + timedelta(hours=10)
                asked = {
                    "wave_id": f"{wave:%Y-%m}",
                    "account_id": customer.account_id,
                    "contact_id": contact.contact_id,
                    "sent_at": times.file_time(sent),
                }
                if rng.random() > 0.3:
                    silent += 1
                    nothing = {"score": None, "comment": None, "responded_at": None}
                    row = {"response_id": f"NPS-N{silent:05d}", **asked, **nothing}
                    ledger.drop("success__nps_response", times.month_end(wave), row)
                    continue
                count += 1
                answered = sent + timedelta(minutes=rng.randint(5, 12_000))
                mean = OPINION[customer.mood(wave)][0]
                score = min(10, max(0, round(rng.gauss(mean, 1.5))))
                row = {
                    "response_id": f"NPS-{count:05d}",
                    **asked,
                    "score": 11 if count == SCORE_ELEVEN else score,
                    "comment": _comment(rng, score),
                    "responded_at": times.file_time(answered),
                }
                ledger.drop("success__nps_response", times.month_end(answered.date()), row)
    _usefulness(ledger, rng, customers)
    _interviews(ledger, rng, customers)
    _reviews(ledger, Random(f"{seed}:reviews"), customers)


def _comment(rng: Random, score: int) -> str | None:
    if rng.random() > 0.25:
        return None
    return rng.choice(words.PRAISE if score >= 8 else words.COMPLAINTS)


def _usefulness(ledger: Ledger, rng: Random, customers: list[Customer]) -> None:
    count = ledger.offset
    for quarter in range(8):
        day = times.add_months(date(2024, 12, 10), quarter * 3)
        for customer in customers:
            if not customer.is_active(day) or rng.random() > 0.35:
                continue
            count += 1
            score = min(5, max(1, round(rng.gauss(OPINION[customer.mood(day)][1], 0.8))))
            row = {
                "response_id": f"CU-{count:05d}",
                "ticket_id": None,
                "ticket_external_id": None,
                "contact_id": customer.contacts[0].contact_id,
                "question_code": "usefulness",
                "score": score,
                "scale_max": 5,
                "comment": None,
                "responded_at": times.file_time(times.in_office(rng, day)),
            }
            ledger.drop("support__csat_response", times.month_end(day), row)


def _interviews(ledger: Ledger, rng: Random, customers: list[Customer]) -> None:
    for customer in customers:
        for spell in customer.spells:
            if spell.churn and spell.churn >= times.FIRST_DAY and rng.random() < 0.75:
                held = times.month_end(spell.churn + timedelta(days=rng.randint(0, 20)))
                row = {
                    "interview_id": f"CI-{customer.number:04d}",
                    "account_id": customer.account_id,
                    "churn_date": spell.churn.isoformat(),
                    "reason_code": reasons.told_code(customer, "interview"),
                    "refund_amount": None,
                    "comment": reasons.told_text(customer, "interview"),
                }
                ledger.drop("success__churn_interview", held, row)


def _reviews(ledger: Ledger, rng: Random, customers: list[Customer]) -> None:
    """Each quarter the customer success managers judge how far some of their customers have come."""
    count = ledger.offset
    for quarter in range(8):
        day = times.add_months(date(2025, 1, 20), quarter * 3)
        for customer in customers:
            if not customer.is_active(day) or rng.random() > 0.3:
                continue
            count += 1
            slip = rng.choices([-1, 0, 1], [1, 5, 1])[0]
            row = {
                "review_id": f"AR-{count:05d}",
                "account_id": customer.account_id,
                "process_id": "content_production",
                "review_date": day.isoformat(),
                "csm_level": min(5, max(0, JUDGED[customer.mood(day)] + slip)),
                "comment": None,
            }
            ledger.drop("success__activation_review", times.month_end(day), row)
