"""What a dropped file may be at most: one odd file must not stop or starve the day (docs/tenant.md#limits-of-a-file)."""

EXCEL_ROWS = 1_048_576
ROWS = 20_000_000
COLUMNS = 1_000
CELL_CHARACTERS = 1_000_000
ROW_CHARACTERS = 8_000_000
UNPACKED_BYTES = 2_000_000_000  # of a workbook
SECONDS = 900
MEMORY_BYTES = 2_000_000_000  # of the process that reads it
