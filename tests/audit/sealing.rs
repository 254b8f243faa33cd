//! What is sealed when, by whom, and what is published.

use std::time::Duration;

use herald::record::{prove, published_head};
use herald::seal::{Damage, Fault};

use crate::sealed::{Sealed, TENANTS, of};

#[tokio::test]
async fn rows_are_sealed_once_they_are_old_enough_and_the_next_sealer_goes_on_where_the_last_one_ended() {
    let sealed = Sealed::empty().await;
    sealed.record(of("north", "young", 1)).await;
    assert_eq!(sealed.sealer(Duration::from_secs(60)).look().await.unwrap(), 0, "a transaction may still be open");
    sealed.database.free_leases().await;
    assert_eq!(sealed.sealer(Duration::ZERO).look().await.unwrap(), 1);
    sealed.record(of("north", "next", 1)).await;
    // The lease of the one that ended is still held.
    assert_eq!(sealed.sealer(Duration::ZERO).look().await.unwrap(), 0);
    sealed.database.free_leases().await;
    assert_eq!(sealed.sealer(Duration::ZERO).look().await.unwrap(), 1);
    let report = sealed.audit().await;
    assert_eq!((report.findings.len(), report.tally.seals, report.tally.sealed), (0, 2, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_that_seal_at_once_seal_each_row_once_whoever_holds_the_lease() {
    let sealed = Sealed::empty().await;
    for row in 0..40 {
        sealed.record(of(TENANTS[row % 2], &format!("row-{row}"), 1)).await;
    }
    let mut replicas: Vec<_> = (0..4).map(|_| sealed.sealer(Duration::ZERO)).collect();
    for round in 0..4 {
        sealed.record(of("north", &format!("round-{round}"), 1)).await;
        let mut looks = tokio::task::JoinSet::new();
        for mut replica in replicas.drain(..) {
            looks.spawn(async move {
                replica.look().await.unwrap();
                replica
            });
        }
        // As if every lease ran out in the middle of it.
        sealed.database.free_leases().await;
        replicas = looks.join_all().await;
        sealed.database.free_leases().await;
    }
    replicas[0].look().await.unwrap();
    let report = sealed.audit().await;
    assert_eq!((report.findings.as_slice(), report.tally.sealed, report.tally.not_sealed_yet), (&[][..], 44, 0));
}

#[tokio::test]
async fn for_a_seal_of_a_long_backlog_no_more_rows_are_read_than_it_seals() {
    let sealed = with_4001_rows().await;
    let mut line = sealed.database.store.open_sealer().await.unwrap();
    let mut last = None;
    for _ in 0..10 {
        let leaves = line.unsealed("north", last, Duration::ZERO, 100).await.unwrap();
        assert_eq!(leaves.len(), 100);
        last = leaves.last().map(|leaf| (leaf.stored_at, leaf.id));
    }
    line.close().await;
    let seen = read_along_the_index(&sealed, 1_000).await;
    assert!((1_000..1_100).contains(&seen), "{seen} rows were read for 1,000");
}

#[tokio::test]
async fn rows_that_are_too_young_to_be_sealed_are_not_even_read() {
    let sealed = with_4001_rows().await;
    sealed
        .database
        .run("UPDATE decision SET stored_at = stored_at - interval '1 hour' WHERE hook_instance LIKE 'first1%'")
        .await;
    let mut line = sealed.database.store.open_sealer().await.unwrap();
    let old = line.unsealed("north", None, Duration::from_secs(60), 4_096).await.unwrap().len();
    assert!((1_000..2_000).contains(&old), "{old} rows are an hour old");
    line.close().await;
    let seen = read_along_the_index(&sealed, old).await;
    assert!(seen < old as i64 + 100, "{seen} rows were read for {old}");
}

/// Of one tenant, stored one after the other.
async fn with_4001_rows() -> Sealed {
    let sealed = Sealed::empty().await;
    sealed.record(of("north", "first", 1)).await;
    sealed
        .database
        .run(
            "INSERT INTO decision (tenant_id, received_month, decision_id, received_at, packing, service_id, hook_instance, hook,
                                   category, next_step, pseudonym_key, request_hash, rules_digest, record_hash, card_ids, content)
             SELECT tenant_id, received_month, gen_random_uuid(), received_at, packing, service_id, hook_instance || n, hook,
                    category, next_step, pseudonym_key, request_hash, rules_digest, record_hash, card_ids, content
               FROM decision, generate_series(1, 4000) AS n",
        )
        .await;
    sealed
}

/// Entries of the sealer's indexes that were read, once there are `expected` of them: what a connection counted is seen by
/// others a moment after it was closed.
async fn read_along_the_index(sealed: &Sealed, expected: usize) -> i64 {
    let read = "SELECT coalesce(sum(idx_tup_read), 0)::int8 FROM pg_stat_all_indexes \
                WHERE relname LIKE 'decision_%' AND indexrelname LIKE '%stored_at%'";
    let mut seen = 0;
    for _ in 0..100 {
        seen = sealed.database.number(read).await;
        if usize::try_from(seen).is_ok_and(|seen| seen >= expected) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    seen
}

#[tokio::test]
async fn a_row_that_is_inserted_behind_the_seals_is_never_sealed_and_is_named() {
    let sealed = Sealed::with(1, 3).await;
    let forged = of("north", "forged", 1);
    let id = forged.decision_id;
    sealed.record(forged).await;
    sealed
        .database
        .run("UPDATE decision SET stored_at = stored_at - interval '1 hour' WHERE hook_instance = 'forged'")
        .await;
    sealed.database.free_leases().await;
    assert_eq!(sealed.sealer(Duration::ZERO).look().await.unwrap(), 0);
    let found: Vec<Damage> = sealed.audit().await.findings.into_iter().map(|finding| finding.damage).collect();
    assert!(matches!(found[..], [Damage::Row(_, row, Fault::Inserted)] if row == id), "{found:?}");
}

#[tokio::test]
async fn a_database_whose_newest_seals_are_cut_off_is_not_sealed_any_further() {
    let sealed = Sealed::with(2, 3).await;
    sealed.database.run("DELETE FROM seal WHERE seq = 2 AND tenant_id = 'north'").await;
    sealed.database.free_leases().await;
    let before = published_head(sealed.data_dir()).unwrap();
    sealed.record(of("south", "goes on", 1)).await;
    assert_eq!(sealed.sealer(Duration::ZERO).look().await.unwrap(), 1, "the other tenant is");
    let after = published_head(sealed.data_dir()).unwrap();
    let of_north = |heads: Option<herald::seal::Heads>| heads.unwrap().of("north").cloned();
    assert_eq!(of_north(after), of_north(before), "what was published stays published");
    let found = sealed.audit().await.findings;
    assert!(found.iter().any(|finding| finding.damage == Damage::CutOff { published: 2, found: 1 }), "{found:?}");
}

#[tokio::test]
async fn a_seal_that_nobody_signed_is_no_link_of_the_chain_and_is_not_published() {
    let sealed = Sealed::with(1, 3).await;
    let before = published_head(sealed.data_dir()).unwrap();
    sealed
        .database
        .run(
            "INSERT INTO seal SELECT (jsonb_populate_record(s, jsonb_build_object('seq', 500000,
                                      'signature', '\\x' || repeat('00', 64)))).*
               FROM seal s WHERE tenant_id = 'north'",
        )
        .await;
    sealed.record(of("north", "after it", 1)).await;
    sealed.database.free_leases().await;
    assert_eq!(sealed.sealer(Duration::ZERO).look().await.unwrap(), 0);
    assert_eq!(published_head(sealed.data_dir()).unwrap(), before, "what was published stays published");
    sealed.database.run("DELETE FROM seal WHERE seq = 500000").await;
    sealed.database.free_leases().await;
    assert_eq!(sealed.sealer(Duration::ZERO).look().await.unwrap(), 1, "and it goes on once the forged one is gone");
    assert_eq!(sealed.audit().await.findings, []);
}

#[tokio::test]
async fn damage_to_the_seals_of_one_tenant_does_not_keep_another_from_being_sealed() {
    let sealed = Sealed::with(1, 3).await;
    sealed.database.run("UPDATE seal SET leaves = '\\x00' WHERE tenant_id = 'north'").await;
    for tenant in TENANTS {
        sealed.record(of(tenant, "next", 1)).await;
    }
    sealed.database.free_leases().await;
    assert_eq!(sealed.sealer(Duration::ZERO).look().await.unwrap(), 1);
    let found = sealed.audit().await.findings;
    assert!(!found.is_empty() && found.iter().all(|finding| finding.tenant == "north"), "{found:?}");
}

#[tokio::test]
async fn one_decision_is_proved_without_the_others() {
    let sealed = Sealed::with(2, 5).await;
    let decision = of("north", "proved", 1);
    let id = decision.decision_id;
    sealed.record(decision).await;
    let mut line = sealed.database.store.open_audit().await.unwrap();
    assert_eq!(prove(&mut line, id, &[sealed.key]).await.unwrap(), None, "it is not sealed yet");
    line.close().await;
    sealed.database.free_leases().await;
    sealed.sealer(Duration::ZERO).look().await.unwrap();
    let mut line = sealed.database.store.open_audit().await.unwrap();
    let proof = prove(&mut line, id, &[sealed.key]).await.unwrap().unwrap();
    assert!(proof.holds(sealed.key) && proof.decision == id.to_string());
}

#[tokio::test]
async fn an_audit_with_another_key_believes_no_seal() {
    let mut sealed = Sealed::with(1, 3).await;
    sealed.key.0[0] ^= 1;
    let report = sealed.audit().await;
    assert_eq!(report.findings.len(), TENANTS.len());
    assert!(report.findings[0].to_string().contains("a key that is not known"), "{}", report.findings[0]);
}
