"""Data in: connectors, the raw lake, the load into the warehouse and the sandbox of vendor APIs."""
