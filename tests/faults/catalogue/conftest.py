"""The databases of these tests."""

from tests.store.databases import cluster, postgres_url, sqlite_url, url

__all__ = ["cluster", "postgres_url", "sqlite_url", "url"]
