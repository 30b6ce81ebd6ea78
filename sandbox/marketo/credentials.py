"""Sign-in data this sandbox accepts. They open nothing else."""

CLIENT_ID = "sandbox-marketo-client"
CLIENT_SECRET = "sandbox-marketo-secret"
