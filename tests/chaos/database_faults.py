"""The database is there but cannot be reached, or refuses a row for what is in it."""

import time
import uuid

from load import Load
from outcome import Outcome
from relay import Relay
from stage import Stage, calm, conclude

# A constraint that no release of Herald knows: content that PostgreSQL refuses and the door lets pass.
REFUSES = "ALTER TABLE decision ADD CONSTRAINT chaos_poison CHECK (hook_instance NOT LIKE 'poison-%')"
BURSTS, IN_A_BURST = 4, 32


def network_cut(stage: Stage) -> Outcome:
    """For four seconds no packet passes between Herald and PostgreSQL; then every connection is reset."""
    cluster = stage.cluster()
    relay = Relay(("127.0.0.1", cluster.port))
    stage.at_the_end(relay.close)
    herald = stage.herald(cluster.url("herald_service", relay.port)).start()
    with stage.load(herald.address) as load:
        calm()
        load.fault_begins()
        relay.cut()
        time.sleep(4)
        relay.reset()
        load.fault_is_over()
        recovered = load.recovered_after()
        calm()
        outcome = conclude(load, cluster, [herald], recovered)
    outcome.must(outcome.spooled > 0, "nothing was spooled, so the fault was not felt")
    outcome.must(outcome.unrecorded == 0, "replies said unrecorded although there was a disk")
    outcome.must(outcome.failed == 0, "requests failed although Herald ran")
    return outcome


def poison(stage: Stage) -> Outcome:
    """Bursts of 32 requests with one in them that PostgreSQL refuses for ever; at first live, then out of the spool."""
    cluster = stage.cluster()
    cluster.ask(REFUSES)
    herald = stage.herald(cluster.url("herald_service")).start()
    refused: set[str] = set()
    with stage.load(herald.address) as load:
        calm()
        load.fault_begins()
        for _ in range(BURSTS):
            refused.add(_burst(load))
            time.sleep(1)
        cluster.kill()
        refused.add(_burst(load))
        time.sleep(1)
        cluster.start()
        load.fault_is_over()
        recovered = load.recovered_after()
        calm()
        outcome = conclude(load, cluster, [herald], recovered, poison=frozenset(refused))
    replies = [attempt for attempt in load.attempts if attempt.instance in refused and attempt.status == 200]
    outcome.must(len({attempt.instance for attempt in replies}) == len(refused), "a request with a refused row got no cards")
    outcome.must(all(attempt.record == "spooled" for attempt in replies), "a refused row was not called spooled")
    outcome.must(herald.quarantined() == len(refused), f"{herald.quarantined()} of {len(refused)} are in quarantine")
    outcome.must(outcome.unrecorded == 0, "replies said unrecorded although there was a disk")
    slowest = max(attempt.ms for attempt in replies)
    outcome.notes.append(f"{len(refused)} refused rows, each among {IN_A_BURST}: in quarantine, the slowest reply after {slowest:.0f} ms")
    return outcome


def _burst(load: Load) -> str:
    """So many requests at once, one of them poison; returns its hookInstance."""
    instances = [str(uuid.uuid4()) for _ in range(IN_A_BURST)]
    instances[IN_A_BURST // 2] = f"poison-{uuid.uuid4()}"
    load.burst(instances)
    return instances[IN_A_BURST // 2]
