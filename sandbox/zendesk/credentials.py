"""Sign-in data this sandbox accepts. They open nothing else."""

CLIENT_ID = "sandbox-zendesk-client"
CLIENT_SECRET = "sandbox-zendesk-secret"
REFRESH_TOKEN = "sandbox-zendesk-refresh-token"
EMAIL = "admin@sandbox.example"
API_TOKEN = "sandbox-zendesk-api-token"
