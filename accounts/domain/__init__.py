"""What people can do about themselves and their organisations. Every change is one function and one transaction."""
