"""Calls out: to configured addresses only, resolved once, under one deadline, with a cap on every size."""
