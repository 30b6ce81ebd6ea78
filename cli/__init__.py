"""What `make` calls: run, up, down, status, rollback, rebuild."""
