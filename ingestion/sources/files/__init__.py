"""Dropped files: CSV and XLSX, in a folder or over SFTP."""
