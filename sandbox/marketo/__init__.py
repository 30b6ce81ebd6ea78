"""Marketo's API, simulated over a tenant folder."""
