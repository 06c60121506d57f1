"""One recording plan an adapter: what its strict issuer knows, what is asked, and what the answers must mean."""
