"""Issuers in Python, for the tests. They share no code with the adapters that ask them."""
