"""Scenario 36: an API version the vendor ends; the version is a setting."""

import pytest
from salesforce_records import ACCOUNT, DAY, DAYS, START, names, record

from runtime.errors import SourceError

VERSIONS = [record(1, START, Name="old"), record(1, START + DAY, Name="new")]


@pytest.mark.parametrize(("version", "status"), [("30.0", 410), ("99.0", 404)])
def test_an_ended_version_names_the_setting_and_another_one_goes_on(play, version, status):
    """Scenario 36: 410 of a retired, 404 of an unknown version; the next run catches up."""
    daily = play({"salesforce/Account": VERSIONS})
    daily.extra["salesforce"] = {"api_version": "58.0"}
    (run,) = daily.run(DAYS[0], ACCOUNT)
    assert run.api["version"] == "58.0"
    daily.extra["salesforce"] = {"api_version": version}
    with pytest.raises(SourceError, match=rf"{status}.*api_version.*`salesforce_default`"):
        daily.run(DAYS[1], ACCOUNT)
    assert daily.waits == []
    daily.extra["salesforce"] = {"api_version": "68.0"}
    daily.run(DAYS[2], ACCOUNT)
    assert names(daily) == {1: "new"}
