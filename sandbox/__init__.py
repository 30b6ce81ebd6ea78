"""The vendor APIs on 127.0.0.1 over a tenant folder, and the demo-tenant generator."""
