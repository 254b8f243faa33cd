"""Many faults in a random order and rhythm, drawn from the seed; and the proof that the checker sees what is wrong."""

import random
import time

from cluster import Cluster
from outcome import Outcome, judge
from service import Herald
from stage import Stage, calm, conclude

FAULTS = 12
# One decision is taken out, another is given a second record: a checker that sees nothing would pass everything.
TAMPER = """
WITH victim AS (SELECT tenant_id, received_month, decision_id FROM decision ORDER BY decision_id LIMIT 1)
DELETE FROM decision d USING victim v
 WHERE (d.tenant_id, d.received_month, d.decision_id) = (v.tenant_id, v.received_month, v.decision_id);
INSERT INTO decision SELECT (jsonb_populate_record(d, jsonb_build_object('decision_id', gen_random_uuid()))).*
  FROM decision d ORDER BY decision_id DESC LIMIT 1;
"""


def storm(stage: Stage) -> Outcome:
    """Twelve faults: Herald killed, PostgreSQL killed, both, PostgreSQL stopped; also while the last one is not over."""
    cluster = stage.cluster()
    herald = stage.herald(cluster.url("herald_service")).start()
    dice = random.Random(stage.seed)
    with stage.load(herald.address) as load:
        calm()
        load.fault_begins()
        for _ in range(FAULTS):
            dice.choice((_herald_dies, _postgres_dies, _both_die, _postgres_stands_still))(cluster, herald, dice)
            time.sleep(dice.uniform(0, 2))
        load.fault_is_over()
        recovered = load.recovered_after()
        calm()
        outcome = conclude(load, cluster, [herald], recovered)
    outcome.must(outcome.unrecorded == 0, "replies said unrecorded although there was a disk")
    return outcome


def control(stage: Stage) -> Outcome:
    """No fault, but the database is tampered with: the checker must find one loss and one duplicate."""
    cluster = stage.cluster()
    herald = stage.herald(cluster.url("herald_service")).start()
    with stage.load(herald.address) as load:
        load.fault_begins()
        calm()
        load.fault_is_over()
        recovered = load.recovered_after()
    herald.until_settled()
    whole = judge(load, cluster, recovered)
    cluster.ask(TAMPER)
    tampered = judge(load, cluster, recovered)
    whole.must((tampered.lost, tampered.duplicates) == (1, 1), f"the checker sees {tampered.lost} lost, {tampered.duplicates} twice")
    whole.notes.append("of a database in which one decision was deleted and one doubled, the checker says so")
    return whole


def _herald_dies(_: Cluster, herald: Herald, dice: random.Random) -> None:
    herald.kill()
    time.sleep(dice.uniform(0, 0.5))
    herald.launch()


def _postgres_dies(cluster: Cluster, _: Herald, dice: random.Random) -> None:
    cluster.kill()
    time.sleep(dice.uniform(0, 2))
    cluster.start()


def _both_die(cluster: Cluster, herald: Herald, dice: random.Random) -> None:
    first, second = dice.sample((cluster.kill, herald.kill), 2)
    first()
    time.sleep(dice.uniform(0, 1))
    second()
    herald.launch()
    time.sleep(dice.uniform(0, 1))
    cluster.start()


def _postgres_stands_still(cluster: Cluster, _: Herald, dice: random.Random) -> None:
    cluster.pause()
    time.sleep(dice.uniform(0.1, 2))
    cluster.resume()
