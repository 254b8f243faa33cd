"""The leader of a synchronous cluster dies, and another node takes its place."""

import time

import machine
from balancer import Balancer
from outcome import Outcome
from patroni import PatroniCluster
from stage import Stage, calm, conclude

SPOOLED_AT_MOST = 30.0


def patroni_failover(stage: Stage) -> Outcome:
    """kill -9 of the leading node. HAProxy leads Herald to whichever node leads."""
    cluster = PatroniCluster(stage)
    leader = cluster.leader()
    stage.migrate(f"postgres://herald_migrate@127.0.0.1:{leader.port}/herald")
    ports, asked = [node.port for node in cluster.nodes], [node.rest_port for node in cluster.nodes]
    balancer = Balancer(stage, ports, "GET /primary", "tcp", asked)
    herald = stage.herald(f"postgres://herald_service@127.0.0.1:{balancer.address[1]}/herald").start()
    with stage.load(herald.address) as load:
        calm()
        load.fault_begins()
        died = time.monotonic()
        leader.kill()
        machine.until(lambda: cluster.leader() is not None, 90, "no other node leads")
        load.fault_is_over()
        recovered = load.recovered_after()
        away = time.monotonic() - died
        calm()
        outcome = conclude(load, cluster.leader().database, [herald], recovered)
    outcome.must(outcome.spooled > 0, "nothing was spooled, so the fault was not felt")
    outcome.must(outcome.unrecorded == 0, "replies said unrecorded although there was a disk")
    outcome.must(outcome.failed == 0, "requests failed although Herald ran")
    outcome.must(away <= SPOOLED_AT_MOST, f"replies were spooled for {away:.0f} s")
    outcome.notes.append(f"{leader.name} died, {cluster.leader().name} leads; spooled for {away:.1f} s")
    return outcome
