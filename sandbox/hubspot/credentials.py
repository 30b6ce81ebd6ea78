"""Sign-in data this sandbox accepts. They open nothing else."""

CLIENT_ID = "sandbox-hubspot-client"
CLIENT_SECRET = "sandbox-hubspot-secret"
REFRESH_TOKEN = "sandbox-hubspot-refresh-token"
TOKEN = "sandbox-hubspot-token"
