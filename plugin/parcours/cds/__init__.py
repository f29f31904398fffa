"""CDS Hooks: what the services are, what they read of a call, and a ``Decision`` as cards.

Pure: no clock, no network, no HTTP.
"""
