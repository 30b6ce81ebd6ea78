"""Sign-in data the sandbox accepts. They open nothing but the sandbox on this machine."""

SALESFORCE_CLIENT_ID = "sandbox-salesforce-client"
SALESFORCE_CLIENT_SECRET = "sandbox-salesforce-secret"
# JWT bearer: issuer is the client id, subject this user; the key is whoever's public key was set
# by PUT /_sandbox/salesforce_certificate.
SALESFORCE_USERNAME = "warehouse@sandbox.example"
MARKETO_CLIENT_ID = "sandbox-marketo-client"
MARKETO_CLIENT_SECRET = "sandbox-marketo-secret"
HUBSPOT_CLIENT_ID = "sandbox-hubspot-client"
HUBSPOT_CLIENT_SECRET = "sandbox-hubspot-secret"
HUBSPOT_REFRESH_TOKEN = "sandbox-hubspot-refresh-token"
HUBSPOT_TOKEN = "sandbox-hubspot-token"
ZENDESK_REFRESH_TOKEN = "sandbox-zendesk-refresh-token"
ZENDESK_EMAIL = "admin@sandbox.example"
ZENDESK_API_TOKEN = "sandbox-zendesk-api-token"
ZENDESK_CLIENT_ID = "sandbox-zendesk-client"
ZENDESK_CLIENT_SECRET = "sandbox-zendesk-secret"
