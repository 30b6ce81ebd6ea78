"""Data out: the read-only snapshots for BI and the site."""
