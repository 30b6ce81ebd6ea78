"""What the DAGs' tasks do: extract, check and commit an area; build, audit and publish the warehouse."""
