"""HubSpot's API, simulated over a tenant folder."""
