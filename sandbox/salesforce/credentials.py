"""Sign-in data this sandbox accepts. They open nothing else."""

CLIENT_ID = "sandbox-salesforce-client"
CLIENT_SECRET = "sandbox-salesforce-secret"
# JWT bearer: issuer is the client id, subject this user; the key is whoever's public key was set
# by PUT /_sandbox/salesforce_certificate.
USERNAME = "warehouse@sandbox.example"
