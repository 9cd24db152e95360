"""Alembic's entry: runs the scripts on the connection that `ingest.database` hands over."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=False)
context.run_migrations()
