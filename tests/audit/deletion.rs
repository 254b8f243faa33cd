//! Deletion by age: what goes, what stays, and what is still proved afterwards.

use std::time::Duration;

use herald::record::{Decision, prove};
use herald::seal::Month;
use herald::store::{Hold, MonthOutcome};

use crate::sealed::{Sealed, of};

fn received(tenant: &str, key: &str, at: &str) -> Decision {
    let mut decision = of(tenant, key, 1);
    decision.received_at = at.parse().unwrap();
    decision
}

fn month(year: i32, month: u8) -> Month {
    Month::new(year, month).unwrap()
}

/// Three months of two tenants. September has a partition of its own, August lies in the default one.
async fn three_months() -> (Sealed, uuid::Uuid) {
    let sealed = Sealed::empty().await;
    let partition =
        "CREATE TABLE decision_2026_09 PARTITION OF decision FOR VALUES FROM ('2026-09-01') TO ('2026-10-01')";
    sealed.database.run(partition).await;
    sealed.database.run("ALTER TABLE decision_2026_09 OWNER TO herald_owner").await;
    let old = received("north", "september", "2026-09-10T10:00:00Z");
    let id = old.decision_id;
    sealed.record(old).await;
    sealed.record(received("north", "august", "2026-08-10T10:00:00Z")).await;
    sealed.record(received("south", "august", "2026-08-10T10:00:00Z")).await;
    sealed.record(of("north", "november", 1)).await;
    (sealed, id)
}

#[tokio::test]
async fn whole_months_are_deleted_with_their_keys_and_every_row_of_them_is_still_proved() {
    let (sealed, id) = three_months().await;
    let second = {
        let mut second = of("north", "september", 2);
        second.received_at = "2026-09-11T10:00:00Z".parse().unwrap();
        second
    };
    sealed.record(second).await;
    sealed.sealer(Duration::ZERO).look().await.unwrap();
    let mut line = sealed.database.store.open_retention().await.unwrap();
    let gone = |tenant: &str, decisions, conflicts| MonthOutcome::Deleted {
        tenant: tenant.to_owned(),
        decisions,
        conflicts,
        keys: decisions,
    };
    let outcomes = line.delete_before(month(2026, 10)).await.unwrap();
    let expected = [
        (month(2026, 8), gone("north", 1, 0)),
        (month(2026, 8), gone("south", 1, 0)),
        (month(2026, 9), gone("north", 1, 1)),
    ];
    assert_eq!(outcomes, expected);
    assert_eq!(line.seals_of(month(2026, 9)).await.unwrap().len(), 1, "the certificate has its root");
    assert_eq!(line.delete_before(month(2026, 10)).await.unwrap(), [], "there is nothing left of them");
    for left in ["SELECT count(*) FROM decision", "SELECT count(*) FROM decision_key"] {
        assert_eq!(sealed.database.number(left).await, 1, "{left}");
    }
    assert_eq!(sealed.database.number("SELECT count(*) FROM decision_conflict").await, 0);
    assert_eq!(sealed.database.number("SELECT count(*) FROM pg_class WHERE relname = 'decision_2026_09'").await, 0);
    let report = sealed.audit().await;
    assert_eq!((report.findings.as_slice(), report.tally.sealed, report.tally.deleted), (&[][..], 1, 4));
    let mut line = sealed.database.store.open_audit().await.unwrap();
    assert!(prove(&mut line, id, &[sealed.key]).await.unwrap().unwrap().holds(sealed.key));
}

#[tokio::test]
async fn a_month_that_somebody_holds_stays_for_all_until_it_is_let_go() {
    let (sealed, _) = three_months().await;
    sealed.sealer(Duration::ZERO).look().await.unwrap();
    let mut line = sealed.database.store.open_retention().await.unwrap();
    let hold = Hold { tenant: "south", month: month(2026, 8), held: true, by: "A. Doe", why: "court order" };
    line.hold(hold).await.unwrap();
    assert_eq!(line.holds().await.unwrap(), [("south".to_owned(), month(2026, 8))]);
    let outcomes = line.delete_before(month(2026, 11)).await.unwrap();
    assert_eq!(outcomes[0], (month(2026, 8), MonthOutcome::Held));
    assert_eq!(outcomes.len(), 2, "September went: {outcomes:?}");
    line.hold(Hold { held: false, ..hold }).await.unwrap();
    assert_eq!(line.delete_before(month(2026, 11)).await.unwrap().len(), 2, "both tenants' August");
}

#[tokio::test]
async fn nothing_goes_before_it_is_sealed_and_no_month_that_is_not_over() {
    let (sealed, _) = three_months().await;
    let mut line = sealed.database.store.open_retention().await.unwrap();
    let outcomes = line.delete_before(month(2026, 10)).await.unwrap();
    assert_eq!(outcomes, [(month(2026, 8), MonthOutcome::NotSealed), (month(2026, 9), MonthOutcome::NotSealed)]);
    assert_eq!(sealed.database.number("SELECT count(*) FROM decision").await, 4);
    let never = month(9_000 / 2, 1);
    assert_eq!(line.delete_before(never).await.unwrap(), [(never, MonthOutcome::NotOver)]);
}
