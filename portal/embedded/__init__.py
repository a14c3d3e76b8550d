"""PostgreSQL 18 and Redis from the wheels' binaries, for a machine that has nothing but Python.

Used when no `DATABASE_URL` or `REDIS_URL` is set: `services.Services` starts both as our own children,
with their data in `$KONTER_HOME`, and tells other programs of this project where they are through
`$KONTER_HOME/services.env`. Importing this package imports none of that: settings do it on every command.
"""

from portal.embedded.environment import StartError, read_environment

__all__ = ["StartError", "read_environment"]
