"""PgBouncer between Herald and PostgreSQL."""

import shutil
import time

import machine
from machine import NotDone
from outcome import Outcome
from stage import CALM, Stage, calm, conclude

CONFIGURATION = """
[databases]
herald = host={host} port={target} dbname=herald
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = {mode}
default_pool_size = 12
max_client_conn = 200
ignore_startup_parameters = extra_float_digits,options
server_check_delay = 1
server_login_retry = 1
"""
# PgBouncer drops what Herald asks for when it connects, so the limits stand with the login.
LIMITS = """
ALTER ROLE herald_pooled SET statement_timeout = '5s';
ALTER ROLE herald_pooled SET lock_timeout = '500ms';
ALTER ROLE herald_pooled SET idle_in_transaction_session_timeout = '5s';
"""
# The pooler opens its connections to the server when the first requests come.
WARM = 2.0
ASTRAY = ("26000", "42P05")  # no such prepared statement; one of that name is there already
# Before PgBouncer 1.21 a statement that was prepared on one connection is not there on the next.
NOTHING_PREPARED = "?statement-cache-capacity=0"


def pgbouncer(stage: Stage) -> Outcome:
    """Transaction mode and a login that inherits the four roles; PostgreSQL is killed behind the pooler."""
    binary = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
    if binary is None:
        raise NotDone("no pgbouncer on this machine: scripts/setup.sh chaos installs it")
    cluster = stage.cluster()
    cluster.ask(LIMITS)
    directory = stage.subdirectory("pgbouncer")
    users = directory / "users.txt"
    users.write_text('"herald_pooled" ""\n')
    port = machine.free_port()
    text = CONFIGURATION.format(host=cluster.host, target=cluster.port, port=port, users=users, mode="transaction")
    (directory / "pgbouncer.ini").write_text(text)
    stage.process([binary, str(directory / "pgbouncer.ini")], as_server=True)
    herald = stage.herald(cluster.url("herald_pooled", port) + NOTHING_PREPARED).start()
    with stage.load(herald.address) as load:
        calm(WARM + CALM)
        load.fault_begins()
        cluster.kill()
        time.sleep(2)
        cluster.start()
        load.fault_is_over()
        recovered = load.recovered_after()
        calm()
        outcome = conclude(load, cluster, [herald], recovered)
    began = load.faults[0][0]
    calmly = [attempt.record for attempt in load.attempts if began - CALM < attempt.due < began]
    durable = calmly.count("durable")
    outcome.must(2 * durable > len(calmly), f"{durable} of {len(calmly)} decisions durable in the two seconds before the fault")
    astray = [state for state in ASTRAY if f"SQLSTATE {state}" in herald.log.read_text()]
    outcome.must(not astray, f"statements met the wrong connection: {astray}")
    outcome.must(outcome.failed == 0, "requests failed although Herald ran")
    outcome.must(outcome.unrecorded == 0, "replies said unrecorded although there was a disk")
    return outcome
