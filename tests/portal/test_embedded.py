"""PostgreSQL and Redis as our own children: their roles, their secrets, and the ways a killed run leaves them."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import errors

from portal import embedded
from portal.embedded import StartError
from portal.embedded.account import unprivileged_account
from portal.embedded.environment import keep_secrets, write_environment
from portal.embedded.home import LONGEST_SOCKET_PATH, Home
from portal.embedded.postgres import Postgres
from portal.embedded.services import Services
from portal.lib.parent import is_alive
from portal.processes import Child, Process, wait_until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short folder that every account may enter, unlike tmp_path."""
    made = Path(tempfile.mkdtemp(prefix="konter-tests-own-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


def connect(role: str) -> closing[psycopg2.extensions.connection]:
    """A connection of the session's own PostgreSQL."""
    names = {"konter_app": "DATABASE_URL", "konter_owner": "DATABASE_OWNER_URL", "konter_audit": "DATABASE_AUDIT_URL"}
    connection = psycopg2.connect(os.environ[names[role]])
    connection.autocommit = True
    return closing(connection)


def postgres_of(services: Services) -> Postgres:
    assert services.postgres is not None
    return services.postgres


def test_the_environment_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    values = {"DATABASE_URL": "postgresql://a:b@/c?host=%2Fx&port=5432", "KONTER_ENCRYPTION_KEYS": "0a:Zm9v=="}
    write_environment(tmp_path, values)
    assert embedded.read_environment(tmp_path) == values


def test_only_its_user_can_read_the_environment(tmp_path: Path) -> None:
    write_environment(tmp_path, {"SECRET_KEY": "x"})
    assert stat.S_IMODE((tmp_path / "services.env").stat().st_mode) == 0o600


def test_a_home_without_services_has_an_empty_environment(tmp_path: Path) -> None:
    assert embedded.read_environment(tmp_path / "nowhere") == {}


def test_secrets_are_made_once(tmp_path: Path) -> None:
    assert keep_secrets(tmp_path) == keep_secrets(tmp_path)


def test_secrets_that_cannot_be_read_are_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("half a fi")
    with pytest.raises(StartError, match=r"secrets\.json"):
        keep_secrets(tmp_path)


@pytest.mark.parametrize(
    ("role", "sees_through_policies"), [("konter_app", False), ("konter_owner", True), ("konter_audit", True)]
)
def test_no_role_is_a_superuser_and_the_serving_one_obeys_policies(role: str, sees_through_policies: bool) -> None:
    with connect(role) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (role, False, sees_through_policies)


@pytest.mark.parametrize("role", ["konter_app", "konter_audit"])
@pytest.mark.parametrize("statement", ["CREATE TABLE t (id int)", "CREATE TEMPORARY TABLE t (id int)"])
def test_only_the_owner_creates(role: str, statement: str) -> None:
    with connect(role) as connection, connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = off")
        with pytest.raises(errors.InsufficientPrivilege):
            cursor.execute(statement)


@pytest.fixture
def owners_table() -> Iterator[str]:
    with connect("konter_owner") as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE of_the_owner (id int)")
        cursor.execute("CREATE FUNCTION of_the_owner_too() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        yield "of_the_owner"
        cursor.execute("DROP TABLE of_the_owner")
        cursor.execute("DROP FUNCTION of_the_owner_too()")


def test_the_app_may_change_rows_of_a_new_table_but_not_empty_it(owners_table: str) -> None:
    with connect("konter_app") as connection, connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {owners_table} VALUES (1)")
        cursor.execute(f"UPDATE {owners_table} SET id = 2")
        cursor.execute(f"DELETE FROM {owners_table}")
        with pytest.raises(errors.InsufficientPrivilege):
            cursor.execute(f"TRUNCATE {owners_table}")


def test_the_audit_reads_a_new_table_and_cannot_write_it(owners_table: str) -> None:
    with connect("konter_audit") as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {owners_table}")
        cursor.execute("SET default_transaction_read_only = off")
        with pytest.raises(errors.InsufficientPrivilege):
            cursor.execute(f"INSERT INTO {owners_table} VALUES (1)")


def test_a_new_function_is_for_the_app_and_not_for_everybody(owners_table: str) -> None:
    with connect("konter_app") as connection, connection.cursor() as cursor:
        cursor.execute("SELECT of_the_owner_too()")
    with (
        connect("konter_audit") as connection,
        connection.cursor() as cursor,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        cursor.execute("SELECT of_the_owner_too()")


def test_a_home_in_use_names_its_holder(folder: Path) -> None:
    first = Home(folder / "home")
    first.open()
    with pytest.raises(StartError, match=f"process {os.getpid()}"):
        Home(folder / "home").open()
    first.close()


def test_a_failed_second_start_leaves_the_first_ones_environment(folder: Path) -> None:
    first = Services(folder / "home", postgres=False, durable=False)
    with first:
        second = Services(folder / "home", postgres=False, durable=False)
        with pytest.raises(StartError):
            second.start()
        second.close()
        assert embedded.read_environment(folder / "home")["REDIS_URL"]


def test_a_home_that_is_a_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(StartError, match="KONTER_HOME"):
        Home(tmp_path / "home").open()


def test_a_deep_home_gets_a_short_private_socket_folder_that_goes_with_it(folder: Path) -> None:
    home = Home(folder / ("deep" * 30) / "home")
    home.open()
    sockets = home.sockets
    assert len(str(sockets / "postgres/.s.PGSQL.5432.lock")) <= LONGEST_SOCKET_PATH
    assert not stat.S_IMODE(sockets.stat().st_mode) & 0o066
    home.close()
    assert not sockets.exists()


def test_a_killed_runs_socket_folder_is_used_again_but_not_by_a_copy_of_the_home(folder: Path) -> None:
    path, copy = folder / ("deep" * 30) / "home", folder / ("deep" * 30) / "copy"
    home = Home(path)
    home.open()
    shutil.copytree(path, copy)
    os.close(home._lock.fileno())  # type: ignore[union-attr] # as the kernel does for a killed process
    again, copied = Home(path), Home(copy)
    again.open()
    copied.open()
    assert again.sockets == home.sockets
    assert copied.sockets != home.sockets
    again.close()
    copied.close()


def test_data_outlive_a_stop_and_a_half_made_cluster_does_not_matter(folder: Path) -> None:
    (folder / "home/cluster/draft").mkdir(parents=True)
    services = Services(folder / "home", redis=False, durable=False)
    for statement in ("CREATE TABLE kept (id int)", "SELECT * FROM kept"):
        with services, closing(psycopg2.connect(services.environment()["DATABASE_OWNER_URL"])) as connection:
            connection.cursor().execute(statement)
            connection.commit()


def test_a_pid_file_whose_pid_is_another_programs_by_now_does_not_matter(folder: Path) -> None:
    services = Services(folder / "home", redis=False, durable=False)
    services.start()
    data, sockets = postgres_of(services).data, postgres_of(services).sockets
    pid_file = (data / "postmaster.pid").read_text().splitlines()
    services.stop()
    # Of the same user: that is the one whose pid PostgreSQL itself would take for a living server.
    other = Child(
        Process(name="other", argv=["/bin/sleep", "60"], environment={}, account=unprivileged_account()),
        output=subprocess.DEVNULL,
    )
    (data / "postmaster.pid").write_text("\n".join([str(other.pid), *pid_file[1:]]) + "\n")
    assert not sockets.exists()
    try:
        services.start()
        assert is_alive(other.pid)
    finally:
        services.stop()
        other.kill_group()


def test_an_orphan_of_an_earlier_run_is_ended_before_the_next_start(folder: Path) -> None:
    services = Services(folder / "home", redis=False, durable=False)
    services.start()
    try:
        orphan = services._children.pop()
        postgres_of(services).prepare()
        assert orphan.has_ended()
    finally:
        services.stop()


def test_passwords_that_do_not_fit_the_data_are_said_to(folder: Path) -> None:
    services = Services(folder / "home", redis=False, durable=False)
    services.start()
    services.stop()
    (folder / "home/secrets.json").unlink()
    with pytest.raises(StartError, match=r"secrets\.json"):
        services.start()


_STARTER = """
import sys, time
from pathlib import Path
from portal.embedded.services import Services
services = Services(Path(sys.argv[1]), durable=False)
services.start()
print(*[child.pid for child in services._children], flush=True)
time.sleep(600)
"""


def test_the_servers_end_when_their_starter_is_killed(folder: Path) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", _STARTER, str(folder / "home")], stdout=subprocess.PIPE, cwd=ROOT, text=True
    )
    assert starter.stdout is not None
    pids = [int(word) for word in starter.stdout.readline().split()]
    assert len(pids) == 2
    starter.send_signal(signal.SIGKILL)
    starter.communicate()
    assert wait_until(lambda: not any(_runs(pid) for pid in pids), seconds=10)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to move the database")
def test_roots_database_lies_where_its_account_can_reach_and_no_folder_is_opened(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    services = Services(closed / "home", redis=False, durable=False)
    services.start()
    place = postgres_of(services).data.parents[1]
    try:
        assert not place.is_relative_to(folder)
        assert (closed / "home/postgres.path").read_text() == str(place)
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert stat.S_IMODE(folder.stat().st_mode) == 0o711
        assert postgres_of(services).data.stat().st_uid != 0
    finally:
        services.stop()
        shutil.rmtree(place)
