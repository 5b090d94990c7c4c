"""Alembic's entry: runs the migrations on the connection that store.migrate hands over."""

from alembic import context

from tonval.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, user_module_prefix="tables.")
with context.begin_transaction():
    context.run_migrations()
