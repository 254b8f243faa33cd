//! An audit of the whole record: every hash, tree, signature and chain is computed again from what the database holds.

use crate::seal::{Audit, Damage, Finding, Heads, Kind, Proof, PublicKey, Row, Tally};
use crate::store::{AuditConnection, StoreError, StoredContent, StoredRow};
use uuid::Uuid;

use super::leaf::{LeafBytes, LeafContent};
use super::pseudonym::People;

/// What an audit found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditReport {
    /// Everything that is wrong, by tenant.
    pub findings: Vec<Finding>,
    /// How much was looked at.
    pub tally: Tally,
}

/// Audits `tenant`, or everybody, with these public keys and against the head that was published.
///
/// # Errors
/// [`StoreError`]: the audit could not be finished.
pub async fn audit(
    line: &mut AuditConnection,
    tenant: Option<&str>,
    keys: &[PublicKey],
    head: Option<&Heads>,
) -> Result<AuditReport, StoreError> {
    let tenants = match tenant {
        Some(tenant) => vec![tenant.to_owned()],
        None => line.tenants().await?,
    };
    let mut report = AuditReport::default();
    for tenant in &tenants {
        let deleted = line.deleted(tenant).await?;
        let mut audit = Audit::new(tenant, keys, &deleted);
        let mut seq = 0;
        while let Some((number, seal)) = line.seal_after(tenant, seq).await? {
            seq = number;
            audit.seal(number, seal);
        }
        for kind in [Kind::Decision, Kind::Conflict] {
            let mut rows = line.rows_after(kind, tenant, None).await?;
            while !rows.is_empty() {
                rows.iter().for_each(|row| audit.row(&row_of(tenant, row)));
                rows = line.rows_after(kind, tenant, rows.last()).await?;
            }
        }
        let (findings, tally) = audit.finish(head.and_then(|heads| heads.of(tenant)));
        report.findings.extend(findings);
        report.tally += tally;
    }
    if tenant.is_none() {
        // of whom nothing at all is left is not among those of the database
        let erased = head.into_iter().flat_map(|heads| heads.beside(&tenants));
        report.findings.extend(erased.map(|head| Finding {
            tenant: format!("the tenant whose name has the SHA-256 {}", head.tenant_sha256),
            damage: Damage::CutOff { published: head.seq, found: 0 },
        }));
    }
    Ok(report)
}

/// The proof that the row of `id` is sealed, with `key` as the one that signed. None: no seal holds it.
///
/// # Errors
/// As for [`audit`].
pub async fn prove(line: &mut AuditConnection, id: Uuid, keys: &[PublicKey]) -> Result<Option<Proof>, StoreError> {
    for tenant in line.tenants().await? {
        let mut seq = 0;
        while let Some((number, seal)) = line.seal_after(&tenant, seq).await? {
            seq = number;
            let Some(seal) = seal else { continue };
            let place = seal.draft.leaves.iter().position(|leaf| leaf.id == id);
            let key = keys.iter().find(|key| key.id() == seal.key);
            if let (Some(place), Some(key)) = (place, key) {
                return Ok(Proof::of(&seal, place, *key));
            }
        }
    }
    Ok(None)
}

fn row_of(tenant: &str, stored: &StoredRow) -> Row {
    Row {
        kind: stored.kind,
        id: stored.decision_id,
        month: stored.month,
        packing: stored.packing,
        stored_at: stored.stored_at,
        record_hash: stored.record_hash.as_slice().try_into().ok(),
        computed: computed(tenant, stored),
        key_agrees: stored.key_agrees,
    }
}

/// The hash of the row, as the service computed it before it was stored. None: the service never writes such columns.
fn computed(tenant: &str, stored: &StoredRow) -> Option<[u8; 32]> {
    let reference = |bytes: &Option<Vec<u8>>| match bytes {
        None => Some(None),
        Some(bytes) => bytes.as_slice().try_into().ok().map(Some),
    };
    let people = People {
        key: stored.pseudonym_key.as_slice().try_into().ok()?,
        patient: reference(&stored.patient_ref)?,
        user: reference(&stored.user_ref)?,
    };
    let content = match &stored.content {
        StoredContent::Block(block) => LeafBytes::Block(block),
        StoredContent::Apart(unpacked) => LeafBytes::Apart { evidence: &unpacked.evidence, reply: &unpacked.reply },
        StoredContent::Damaged => return None,
    };
    let leaf = LeafContent {
        tenant,
        service: &stored.service,
        hook_instance: &stored.hook_instance,
        hook: &stored.hook,
        decision_id: stored.decision_id,
        client_at: stored.client_at,
        received_at: stored.received_at,
        category: &stored.category,
        next_step: &stored.next_step,
        people: &people,
        request_hash: stored.request_hash.as_slice().try_into().ok()?,
        rules_digest: stored.rules_digest.as_slice().try_into().ok()?,
        card_ids: &stored.card_ids,
        content,
        checked_here: stored.checked_here,
    };
    Some(leaf.hash())
}
