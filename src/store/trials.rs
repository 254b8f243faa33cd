//! The small trial registry: read whole at start, written by the loader of the sample.

use sqlx::Row;
use sqlx::postgres::PgRow;

use crate::trials::ListedTrial;

use super::instants::{day_from_stored, day_to_stored};
use super::{Store, StoreError};

impl Store {
    /// Every listed trial, by NCT id and tumour.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], or [`StoreError::Inconsistent`] where a row holds a word this version does not know.
    pub async fn trials(&self) -> Result<Vec<ListedTrial>, StoreError> {
        self.read().await?.within(sqlx::query(ALL_TRIALS).persistent(false)).await?.iter().map(listed).collect()
    }

    /// Writes `trials` into the registry. What is there under the same NCT id and tumour is replaced where the given
    /// row was verified later, so that a start never overwrites newer knowledge by the sample.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], or [`StoreError::Rejected`] for a row that breaks the table's rules.
    pub async fn load_trials(&self, trials: &[ListedTrial]) -> Result<(), StoreError> {
        let mut reading = self.read().await?;
        for trial in trials {
            let her2: Vec<&str> = trial.her2.iter().map(|condition| condition.as_str()).collect();
            let query = sqlx::query(STORE_TRIAL)
                .bind(&trial.nct)
                .bind(trial.tumour.as_str())
                .bind(&trial.title)
                .bind(&trial.phase)
                .bind(&trial.status)
                .bind(day_to_stored(trial.verified))
                .bind(her2)
                .bind(&trial.source);
            reading.within(query.persistent(false)).await?;
        }
        Ok(())
    }
}

fn listed(row: &PgRow) -> Result<ListedTrial, StoreError> {
    let unknown_word = |_| StoreError::Inconsistent("word of a trial");
    let her2: Vec<String> = row.try_get("her2")?;
    Ok(ListedTrial {
        nct: row.try_get("nct")?,
        title: row.try_get("title")?,
        phase: row.try_get("phase")?,
        status: row.try_get("status")?,
        verified: day_from_stored(row.try_get("verified")?)?,
        source: row.try_get("source")?,
        tumour: row.try_get::<&str, _>("tumour")?.parse().map_err(unknown_word)?,
        her2: her2.iter().map(|word| word.parse().map_err(unknown_word)).collect::<Result<_, _>>()?,
    })
}

pub(super) const ALL_TRIALS: &str = "\
SELECT nct, tumour, title, phase, status, verified, her2, source FROM trial ORDER BY nct, tumour";

pub(super) const STORE_TRIAL: &str = "\
INSERT INTO trial (nct, tumour, title, phase, status, verified, her2, source)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (nct, tumour) DO UPDATE
   SET title = excluded.title, phase = excluded.phase, status = excluded.status, verified = excluded.verified,
       her2 = excluded.her2, source = excluded.source
 WHERE trial.verified < excluded.verified";
