"""Run by Alembic for every step, on the connection and in the transaction that the caller brings."""

from alembic import context

from parcours.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=True
)
with context.begin_transaction():
    context.run_migrations()
