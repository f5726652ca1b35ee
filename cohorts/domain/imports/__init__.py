"""Bringing people and organisations in from a spreadsheet: read, planned, looked at, and written in one piece."""
