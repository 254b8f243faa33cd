//! The small trial registry: read whole at start, written by the loader of the sample.

use sqlx::Row;
use sqlx::postgres::PgRow;

use crate::trials::{Cohort, Need, SettingCriterion};

use super::{Store, StoreError};

impl Store {
    /// Every cohort that recruits or soon will, by NCT number and cohort.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], or [`StoreError::Inconsistent`] where a row holds a word this version does not know.
    pub async fn trials(&self) -> Result<Vec<Cohort>, StoreError> {
        self.keeper().await?.within(sqlx::query(ALL_TRIALS).persistent(false)).await?.iter().map(cohort).collect()
    }

    /// Writes `cohorts` into the registry. What is there under the same number and cohort is replaced only where the
    /// given row was verified later, or at the same time by the same source (a correction of the sample), so that a start
    /// never overwrites newer knowledge by the sample.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], or [`StoreError::Rejected`] for a row that breaks the table's rules.
    pub async fn load_trials(&self, cohorts: &[Cohort], source: &str) -> Result<(), StoreError> {
        let mut reading = self.keeper().await?;
        for cohort in cohorts {
            let tumours: Vec<&str> = cohort.tumours.iter().map(|tumour| tumour.as_str()).collect();
            let what: Vec<&str> = cohort.needs.iter().map(|need| &*need.what).collect();
            let cost: Vec<i16> = cohort.needs.iter().map(|need| i16::from(need.cost)).collect();
            let query = sqlx::query(STORE_TRIAL)
                .bind(&*cohort.nct)
                .bind(&*cohort.cohort)
                .bind(&*cohort.title)
                .bind(tumours)
                .bind(cohort.her2.as_str())
                .bind(cohort.status.as_str())
                .bind(&*cohort.verified)
                .bind(what)
                .bind(cost)
                .bind(source)
                .bind(cohort.setting.map(SettingCriterion::as_str));
            reading.within(query.persistent(false)).await?;
        }
        Ok(())
    }
}

fn cohort(row: &PgRow) -> Result<Cohort, StoreError> {
    let unknown_word = |_| StoreError::Inconsistent("word of a trial");
    let text = |column| row.try_get::<String, _>(column).map(String::into_boxed_str);
    let tumours: Vec<String> = row.try_get("tumours")?;
    let what: Vec<String> = row.try_get("need_what")?;
    let cost: Vec<i16> = row.try_get("need_cost")?;
    let need = |(what, cost): (String, i16)| {
        let cost = u8::try_from(cost).map_err(|_| StoreError::Inconsistent("cost of a need"))?;
        Ok(Need { what: what.into_boxed_str(), cost })
    };
    Ok(Cohort {
        nct: text("nct")?,
        cohort: text("cohort")?,
        title: text("title")?,
        tumours: tumours.iter().map(|word| word.parse().map_err(unknown_word)).collect::<Result<_, _>>()?,
        her2: row.try_get::<&str, _>("her2")?.parse().map_err(unknown_word)?,
        setting: row
            .try_get::<Option<&str>, _>("setting")?
            .map(|word| word.parse().map_err(unknown_word))
            .transpose()?,
        status: row.try_get::<&str, _>("status")?.parse().map_err(unknown_word)?,
        verified: text("verified")?,
        needs: what.into_iter().zip(cost).map(need).collect::<Result<_, StoreError>>()?,
    })
}

pub(super) const ALL_TRIALS: &str = "\
SELECT nct, cohort, title, tumours, her2, setting, status, verified, need_what, need_cost
  FROM trial
 WHERE status IN ('RECRUITING', 'NOT_YET_RECRUITING', 'ENROLLING_BY_INVITATION')
 ORDER BY nct, cohort";

pub(super) const STORE_TRIAL: &str = "\
INSERT INTO trial (nct, cohort, title, tumours, her2, status, verified, need_what, need_cost, source, setting)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (nct, cohort) DO UPDATE
   SET title = excluded.title, tumours = excluded.tumours, her2 = excluded.her2, status = excluded.status,
       verified = excluded.verified, need_what = excluded.need_what, need_cost = excluded.need_cost,
       source = excluded.source, setting = excluded.setting
 WHERE trial.verified < excluded.verified
    OR (trial.verified = excluded.verified AND trial.source = excluded.source)";
