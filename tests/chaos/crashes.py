"""Processes that are killed or stopped under load."""

import time

import machine
from cluster import PrivateCluster
from outcome import Outcome
from stage import Stage, calm, conclude


def herald_killed(stage: Stage) -> Outcome:
    """kill -9 of Herald, back after half a second, twice."""
    cluster = stage.cluster()
    herald = stage.herald(cluster.url("herald_service")).start()
    with stage.load(herald.address) as load:
        for _ in range(2):
            calm()
            load.fault_begins()
            herald.kill()
            time.sleep(0.5)
            load.fault_is_over()
            herald.launch()
            recovered = load.recovered_after()
        calm()
        return conclude(load, cluster, [herald], recovered)


def postgres_killed(stage: Stage) -> Outcome:
    """kill -9 of the postmaster, started again after two seconds, twice."""
    cluster = stage.cluster()
    herald = stage.herald(cluster.url("herald_service")).start()
    with stage.load(herald.address) as load:
        for _ in range(2):
            calm()
            load.fault_begins()
            cluster.kill()
            time.sleep(2)
            cluster.start()
            load.fault_is_over()
            recovered = load.recovered_after()
        calm()
        outcome = conclude(load, cluster, [herald], recovered)
    return _served_without_database(outcome)


def both_killed(stage: Stage) -> Outcome:
    """PostgreSQL is killed; while the spool fills, Herald is killed too. Herald is back first, PostgreSQL later."""
    cluster = stage.cluster()
    herald = stage.herald(cluster.url("herald_service")).start()
    with stage.load(herald.address) as load:
        calm()
        load.fault_begins()
        cluster.kill()
        time.sleep(2)
        waiting = herald.health()["record"]["spool"]["segments"]
        herald.kill()
        time.sleep(0.5)
        ready = herald.seconds_to_ready()
        time.sleep(1)
        cluster.start()
        load.fault_is_over()
        recovered = load.recovered_after()
        calm()
        outcome = conclude(load, cluster, [herald], recovered)
    outcome.must(waiting > 0, "the spool was empty when Herald was killed, so its replay was not shown")
    outcome.must(outcome.unrecorded == 0, "replies said unrecorded although there was a disk")
    outcome.notes.append(f"ready {ready:.2f} s after the restart, with a spool to replay and no database")
    return outcome


def private_cluster_killed(stage: Stage) -> Outcome:
    """The same with the private cluster: Herald brings PostgreSQL back by itself, also when a process of it lives on."""
    herald = stage.herald(None).start()
    cluster = PrivateCluster(herald.data_dir)
    with stage.load(herald.address) as load:
        calm()
        load.fault_begins()
        cluster.kill()
        machine.until(lambda: herald.health()["record"]["spool"]["segments"] > 0, 10, "nothing was spooled")
        herald.kill()
        load.fault_is_over()
        ready = herald.seconds_to_ready()
        load.recovered_after()
        calm()
        load.fault_begins()
        cluster.kill_with_straggler(3)
        load.fault_is_over()
        recovered = load.recovered_after()
        calm()
        outcome = conclude(load, cluster, [herald], recovered)
    outcome.must(outcome.unrecorded == 0, "replies said unrecorded although there was a disk")
    outcome.notes.append(f"ready {ready:.2f} s after the restart, with a spool to replay and a cluster to recover")
    return outcome


def postgres_stopped(stage: Stage) -> Outcome:
    """SIGSTOP of every process of PostgreSQL for four seconds: connections stay, nothing answers."""
    cluster = stage.cluster()
    herald = stage.herald(cluster.url("herald_service")).start()
    with stage.load(herald.address) as load:
        calm()
        load.fault_begins()
        cluster.pause()
        time.sleep(4)
        cluster.resume()
        load.fault_is_over()
        recovered = load.recovered_after()
        calm()
        outcome = conclude(load, cluster, [herald], recovered)
    return _served_without_database(outcome)


def _served_without_database(outcome: Outcome) -> Outcome:
    outcome.must(outcome.spooled > 0, "nothing was spooled, so the fault was not felt")
    outcome.must(outcome.unrecorded == 0, "replies said unrecorded although there was a disk")
    outcome.must(outcome.failed == 0, "requests failed although Herald ran")
    return outcome
