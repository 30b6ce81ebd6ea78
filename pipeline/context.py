"""What every task needs to know: settings, tenant, lake."""

from dataclasses import dataclass

from ingestion.lake import Lake
from pipeline import file_columns
from runtime.errors import TenantError
from runtime.findings import FindingStore
from runtime.settings import Settings, get_settings
from runtime.tenant import Tenant, load_tenant


@dataclass(frozen=True)
class Context:
    """Settings, tenant and lake of this process."""

    settings: Settings
    tenant: Tenant
    lake: Lake

    def __post_init__(self) -> None:
        """Raises TenantError if tenant.yml speaks of files of an entity, or maps a column, that there is not."""
        file_columns.check(self.tenant.files)

    @property
    def findings(self) -> FindingStore:
        """What is not, or not as it came, in the numbers."""
        return FindingStore(self.settings.findings_dir)


def load_context() -> Context:
    """Read the environment and the tenant it names; raises TenantError."""
    settings = get_settings()
    if settings.tenant is None:
        raise TenantError("no tenant is set", "set CSW_TENANT to a folder with a tenant.yml")
    return Context(settings, load_tenant(settings.tenant), Lake(settings.lake_root))
