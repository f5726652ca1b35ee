"""Confidential content: sealed with a key of its own pairing, readable only with a master key kept outside
the database.
"""
