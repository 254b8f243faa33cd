"""PostgreSQL is away and the spool is full: by its own limit, with both policies, and because the disk is."""

import os
import subprocess
import time
from pathlib import Path

from cluster import Cluster
from machine import NotDone
from outcome import Outcome
from service import Herald
from stage import Stage, calm, conclude

SMALL_SPOOL = "spool_bytes = 100000\n"
# The spool may grow beyond the disk; of its segments of 200 kB, two fit.
SMALL_DISK = "size=500k,mode=700"
SPOOL_BEYOND_DISK = "spool_bytes = 800000\n"
# Whoever is refused asks again: fewer clients, or they are all that is measured.
REFUSED_RATE = 30


def spool_full_serve(stage: Stage) -> Outcome:
    """A spool of 100 kB, policy `serve`: cards go on, and each reply says that it is not recorded."""
    cluster = stage.cluster()
    herald = stage.herald(cluster.url("herald_service"), SMALL_SPOOL + 'when_spool_full = "serve"\n').start()
    outcome, status = _overflow(stage, cluster, herald)
    return _visibly_unrecorded(outcome, status, herald)


def spool_full_refuse(stage: Stage) -> Outcome:
    """The same with the policy `refuse`: 503, and nothing is shown that is not kept."""
    cluster = stage.cluster()
    herald = stage.herald(cluster.url("herald_service"), SMALL_SPOOL + 'when_spool_full = "refuse"\n').start()
    outcome, status = _overflow(stage, cluster, herald, REFUSED_RATE)
    outcome.must(outcome.unrecorded == 0, "cards were shown that no record holds")
    outcome.must(outcome.failed > 0, "nobody was refused, so the spool was not full")
    outcome.must(status == "critical", f"/health said {status}")
    return outcome


def disk_full(stage: Stage) -> Outcome:
    """The data directory lies on a disk smaller than the spool may be: the kernel says that it is full."""
    cluster = stage.cluster()
    herald = stage.herald(cluster.url("herald_service"), SPOOL_BEYOND_DISK)
    _small_disk(stage, herald.data_dir)
    herald.start()
    outcome, status = _overflow(stage, cluster, herald)
    return _visibly_unrecorded(outcome, status, herald)


def _overflow(stage: Stage, cluster: Cluster, herald: Herald, rate: float | None = None) -> tuple[Outcome, str]:
    """Six seconds without a database. Returns also what /health said at the end of them."""
    with stage.load(herald.address, rate) as load:
        calm()
        load.fault_begins()
        cluster.kill()
        time.sleep(6)
        status = herald.health().get("status", "nothing")
        cluster.start()
        load.fault_is_over()
        recovered = load.recovered_after()
        calm()
        outcome = conclude(load, cluster, [herald], recovered)
    outcome.must(outcome.spooled > 0, "nothing was spooled before it was full")
    return outcome, status


def _visibly_unrecorded(outcome: Outcome, status: str, herald: Herald) -> Outcome:
    counted = herald.counter("herald_decisions_unrecorded_total")
    outcome.must(outcome.unrecorded > 0, "no reply said unrecorded, so the disk was not full")
    outcome.must(outcome.failed == 0, "requests failed although cards go on")
    outcome.must(counted == outcome.unrecorded, f"the counter says {counted}, the replies {outcome.unrecorded}")
    outcome.must(status == "critical", f"/health said {status}")
    return outcome


def _small_disk(stage: Stage, directory: Path) -> None:
    """A disk in memory: only root can mount one."""
    if os.geteuid() != 0:
        raise NotDone("only root can mount a small disk")
    directory.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", SMALL_DISK, "tmpfs", directory], capture_output=True, text=True)
    if mounted.returncode != 0:
        raise NotDone(f"no small disk: {mounted.stderr.strip()}")
    stage.at_the_end(lambda: subprocess.run(["umount", "--lazy", directory], check=True))
