"""What every part stands on: settings, tenant, errors, locks, files, the clock of the business date, progress."""
