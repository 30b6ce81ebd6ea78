"""The registry of sources: one entry each, read by whatever asks which sources there are or what they are like.

A connector and a sandbox are named here, not imported: they are loaded where they are used.
"""

from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any


@dataclass(frozen=True)
class SourceSpec:
    """What is known of a source without loading it.

    Attributes:
        name: as in objects.yml, tenant.yml, the lake and the raw tables.
        english: what people call it.
        japanese: the same in Japanese.
        connector: ``module:class`` of its `Source`.
        concurrency: objects that are read at the same time: what the vendor bears, as an Airflow pool.
        connection_id: its Airflow connection.
        sandbox: ``module:class`` of the API that stands for the vendor on this machine; empty = none does.
        lands_entities: its objects are named after the input entities they feed and are held to those contracts.
        is_file_drop: its objects are the folders it holds, in the catalogue or not, the versions of a record its
            files; without a connection it reads the folder of its name in the tenant folder.
    """

    name: str
    english: str
    japanese: str
    connector: str
    concurrency: int
    connection_id: str
    sandbox: str = ""
    lands_entities: bool = False
    is_file_drop: bool = False

    @property
    def pool(self) -> str:
        """The Airflow pool that holds its objects back to its concurrency."""
        return f"source_{self.name}"

    @property
    def connection_variable(self) -> str:
        """The environment variable that holds its Airflow connection."""
        return f"AIRFLOW_CONN_{self.connection_id.upper()}"

    def connector_class(self) -> Any:
        """The class of its connector, a subclass of `ingestion.sources.base.Source`."""
        return resolve_name(self.connector)


SOURCES = {
    spec.name: spec
    for spec in (
        SourceSpec(
            name="salesforce",
            english="Salesforce",
            japanese="Salesforce（CRM・SFA）",
            connector="ingestion.sources.salesforce.connector:Salesforce",
            concurrency=5,
            connection_id="salesforce_default",
            sandbox="sandbox.salesforce.api:Salesforce",
        ),
        SourceSpec(
            name="hubspot",
            english="HubSpot",
            japanese="HubSpot（MA）",
            connector="ingestion.sources.hubspot.connector:HubSpot",
            concurrency=3,
            connection_id="hubspot_default",
            sandbox="sandbox.hubspot.api:HubSpot",
        ),
        SourceSpec(
            name="marketo",
            english="Marketo",
            japanese="Marketo（MA）",
            connector="ingestion.sources.marketo.connector:Marketo",
            concurrency=2,
            connection_id="marketo_default",
            sandbox="sandbox.marketo.api:Marketo",
        ),
        SourceSpec(
            name="zendesk",
            english="Zendesk",
            japanese="Zendesk（サポート）",
            connector="ingestion.sources.zendesk.connector:Zendesk",
            concurrency=1,  # its exports allow ten calls a minute
            connection_id="zendesk_default",
            sandbox="sandbox.zendesk.api:Zendesk",
        ),
        SourceSpec(
            name="database",
            english="Own database",
            japanese="自社データベース",
            connector="ingestion.sources.database.connector:Database",
            concurrency=2,
            connection_id="database_default",
            lands_entities=True,
        ),
        SourceSpec(
            name="files",
            english="Dropped files",
            japanese="ファイル連携（CSV・Excel）",
            connector="ingestion.sources.files.connector:FileDrop",
            concurrency=4,
            connection_id="file_drop_default",
            lands_entities=True,
            is_file_drop=True,
        ),
    )
}
