"""The demo tenant: 語り部株式会社 (Kataribe), whose customers publish content with its help.

``generate`` plays 24 months of some 300 customers into a tenant folder (docs/tenant.md):
Salesforce, HubSpot, Zendesk and dropped files; ``add_days`` plays days after them. A larger world
is blocks of 300 customers, of which the first one is the demo. Equal seeds give equal bytes.

On purpose in the data: two companies of one name in different prefectures; a corporate number with
a wrong check digit; three accounts entered twice and merged; one order older than its account;
order lines that end the day before they start; withdrawn renewals; prices corrected weeks later;
renewals signed late; codes of churn (R-01 …) that nobody has mapped; one drop in CP932, one with a
byte order mark, one as XLSX; and three rows that break a rule: an NPS answer of 11, a survey answer
of 6 of 5, a feature use of -3.
"""

from demo.tenant import BLOCK, SEED, World, add_days, generate, remembered_world

__all__ = ["BLOCK", "SEED", "World", "add_days", "generate", "remembered_world"]
