"""The same warehouse on Apache Spark."""
