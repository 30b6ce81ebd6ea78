"""The company's own database: tables of any SQLAlchemy URL."""
