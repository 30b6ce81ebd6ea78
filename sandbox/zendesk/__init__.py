"""Zendesk's API, simulated over a tenant folder."""
