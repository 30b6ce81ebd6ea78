"""The GX expectation of a rule about rows: what breaks it is counted, and read no second time.

GX's own also fetches up to 200 of the rows, which no result may show (validate.py).
"""

from typing import Any

from great_expectations.expectations import UnexpectedRowsExpectation

COUNT = "unexpected_rows_query.row_count"


class ExpectNoRows(UnexpectedRowsExpectation):
    """Passes if its query returns no row; observes how many it returns."""

    metric_dependencies = (COUNT,)

    def _validate(self, metrics: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        count = metrics[COUNT]
        return {"success": count == 0, "result": {"observed_value": count}}
