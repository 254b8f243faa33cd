"""Herald is stopped and started again as an operator does it, under load."""

import secrets
import signal
import time

import machine
from balancer import Balancer
from outcome import Outcome
from service import Herald
from stage import Stage, calm, conclude

EXIT_LIMIT = 25.0
# One key for all replicas, as the documentation asks; time for the balancer to notice that a replica leaves.
REPLICA = 'pseudonym_key_file = "../pseudonym.key"\nsealing_key_file = "../sealing.key"\nstop_wait_seconds = 2\n'


def sigterm(stage: Stage) -> Outcome:
    """SIGTERM under load: every request that was made before it is answered."""
    return _stopped_by(stage, signal.SIGTERM)


def sigint(stage: Stage) -> Outcome:
    """The same with SIGINT."""
    return _stopped_by(stage, signal.SIGINT)


def _stopped_by(stage: Stage, number: signal.Signals) -> Outcome:
    cluster = stage.cluster()
    herald = stage.herald(cluster.url("herald_service")).start()
    with stage.load(herald.address) as load:
        calm()
        load.fault_begins()
        signalled = time.monotonic()
        herald.signal(number)
        status = herald.ended(EXIT_LIMIT)
        took = time.monotonic() - signalled
        load.fault_is_over()
        if status is None:
            herald.kill()
        herald.launch()
        recovered = load.recovered_after()
        calm()
        outcome = conclude(load, cluster, [herald], recovered)
    cut = [attempt for attempt in load.attempts if attempt.due < signalled and attempt.status != 200]
    outcome.must(not cut, f"{len(cut)} requests in flight were not answered")
    outcome.must(status == 0, f"exit status {status} within {EXIT_LIMIT:.0f} s")
    outcome.must(outcome.unrecorded == 0, "replies said unrecorded")
    outcome.notes.append(f"ended after {took:.2f} s")
    return outcome


def rolling_restart(stage: Stage) -> Outcome:
    """Three replicas behind a balancer, each stopped and started in turn. No client notices."""
    cluster = stage.cluster()
    for name in ("pseudonym.key", "sealing.key"):
        _make_key(stage, name)
    replicas = [stage.herald(cluster.url("herald_service"), REPLICA, f"replica-{n}") for n in range(3)]
    for replica in replicas:
        replica.start()
    balancer = Balancer(stage, [replica.port for replica in replicas], "GET /readyz")
    with stage.load(balancer.address) as load:
        calm()
        load.fault_begins()
        for replica in replicas:
            _restart(replica)
        load.fault_is_over()
        recovered = load.recovered_after()
        calm()
        outcome = conclude(load, cluster, replicas, recovered)
    outcome.must(outcome.failed == 0, f"{outcome.failed} requests failed")
    outcome.must(outcome.unrecorded == 0, "replies said unrecorded")
    outcome.notes.append(f"behind {balancer.what}")
    return outcome


def _restart(replica: Herald) -> None:
    replica.signal(signal.SIGTERM)
    if replica.ended(EXIT_LIMIT) != 0:
        raise machine.NotDone("a replica did not end")
    replica.launch()
    replica.until_settled()
    time.sleep(1)  # the balancer takes it in again


def _make_key(stage: Stage, name: str) -> None:
    """A key as the service would make it, for replicas to share."""
    path = stage.directory / name
    path.touch(0o600)
    path.write_text(secrets.token_hex(32))
