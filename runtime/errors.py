"""Errors that end a run with one clear message: what happened, where, what to do."""


class WarehouseError(Exception):
    """Base of every error the user is meant to read.

    Args:
        message: what happened and where, in one sentence.
        hint: what to do about it, in one sentence.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = message
        self.hint = hint
        super().__init__(f"{message} → {hint}" if hint else message)


class TenantError(WarehouseError):
    """The tenant folder or its tenant.yml cannot be used."""


class CatalogueError(WarehouseError):
    """ingestion/objects.yml is not valid."""


class StateError(WarehouseError):
    """The state folder (CSW_HOME) is locked, belongs to another tenant, or lacks what is asked of it."""


class ContractError(WarehouseError):
    """A data contract is malformed, or data broke a blocking rule of it."""


class BuildError(WarehouseError):
    """dbt failed; the message names the models."""


class SourceError(WarehouseError):
    """A source system or one of its objects cannot be read.

    Args:
        source: catalogue name of the source (``salesforce``).
        object_name: object, file or endpoint the error is about.
        message: what happened, without secrets.
        hint: what to do about it.
    """

    def __init__(self, source: str, object_name: str, message: str, hint: str = "") -> None:
        self.source = source
        self.object_name = object_name
        super().__init__(f"{source} / {object_name}: {message}", hint)


class AuthenticationError(SourceError):
    """The vendor refused the credentials."""


class SchemaError(SourceError):
    """A field the source announced cannot be read, or a required one is missing."""
