"""What people fill in about themselves. A form says what is wrong beside the field; the domain has the last word."""
