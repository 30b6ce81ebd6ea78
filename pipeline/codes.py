"""The code lists a company may add to (tenant.yml, `codes`): which there are and what a code of each may mean."""

import re
import unicodedata
from collections.abc import Mapping

from runtime.errors import TenantError

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
# code list → what its codes may mean, as a pattern (docs/domain/conventions.md#codes)
MEANINGS = {
    "order_status": "ordered|shipped|cancelled|returned",
    "charge_type": "recurring|one_time|usage|trial",
    "billing_period": "term|daily|weekly|monthly|annual|one_time|[1-9][0-9]{0,2}_months",
    "contract_status": "draft|active|expired|cancelled",
    "opportunity_stage": "open|won|lost",
    "opportunity_type": "new|renewal|upsell|cross_sell",
    "ticket_status": "new|open|pending|hold|solved|closed",
    "ticket_priority": "low|normal|high|urgent",
    "ticket_channel": "email|phone|chat|line|form|side_conversation",
    "call_direction": "inbound|outbound",
    "call_result": "answered|abandoned|other",
    "adoption_driver": "forced|incentive|convenience",
    "answer_role": "end_user|agent",
    "churn_reason": "low_usage|no_result|budget|champion_left|competitor|support|product|business_change|other",
    "account_status": "prospect|active|churned|blacklist",
    "touch_model": "high|low|tech",
    "industry": "[A-T]",
    "currency": "[A-Z]{3}",
}


def folded(code: str) -> str:
    """A code as codes are compared: in one width, trimmed, in lower case, without marks that nobody sees."""
    return unicodedata.normalize("NFKC", INVISIBLE.sub("", code)).strip().lower()


def check(codes: Mapping[str, Mapping[str, str]]) -> None:
    """Refuse code lists, meanings and codes that nothing could be made of.

    Args:
        codes: code list → code → meaning.

    Raises:
        TenantError: a list or a meaning is unknown, a code is empty, or stands twice in a list.
    """
    for code_list, meanings in codes.items():
        if code_list not in MEANINGS:
            raise TenantError(
                f"tenant.yml: codes: there is no code list {code_list!r}",
                f"known are {', '.join(MEANINGS)}",
            )
        seen: dict[str, str] = {}
        for code, meaning in meanings.items():
            where = f"tenant.yml: codes: {code_list}: {code!r}"
            if not re.fullmatch(MEANINGS[code_list], meaning):
                raise TenantError(
                    f"{where} cannot mean {meaning!r}",
                    f"it may mean {MEANINGS[code_list].replace('|', ', ')}",
                )
            if not folded(code):
                raise TenantError(f"{where} is empty", "write the code as the source has it")
            if folded(code) in seen:
                raise TenantError(
                    f"{where} is mapped twice: {seen[folded(code)]!r} is the same code",
                    "width, spaces around it and upper or lower case say nothing; keep one of them",
                )
            seen[folded(code)] = code
