"""Salesforce's API, simulated over a tenant folder."""
