//! Other results and treatment that rules and labels ask about. None always means "the record does not say".

use jiff::civil::Date;
use smol_str::SmolStr;

use super::decimal::Quantity;
use super::medicine::Medicine;
use super::when::When;
use super::words::vocabulary;

vocabulary! {
    /// RAS (KRAS and NRAS) status of a colorectal cancer.
    Ras, "RAS status" {
        WildType = "wild_type",
        Mutant = "mutant",
    }
}

vocabulary! {
    /// ERBB2 mutation by sequencing: another biomarker than the protein, and never an ISH result.
    Erbb2Mutation, "ERBB2 mutation status" {
        /// Activating, in the kinase domain.
        KinaseDomainActivating = "tkd_activating",
        /// Activating, outside the kinase domain, or domain not known.
        Activating = "activating",
        /// A variant was found, and what was sent does not say that it is activating.
        Unclassified = "unclassified",
        /// Tested, none found.
        Negative = "negative",
    }
}

vocabulary! {
    /// Oestrogen and progesterone receptors taken together: positive if either is.
    HormoneReceptor, "hormone receptor status" {
        Positive = "positive",
        Negative = "negative",
    }
}

vocabulary! {
    /// How far the disease has spread, as far as a record shows it.
    Extent, "extent of disease" {
        /// No metastasis, stage I to III.
        Early = "early",
        /// Stage IV, or a metastasis on record.
        Metastatic = "metastatic",
    }
}

vocabulary! {
    /// Stage group of the American Joint Committee on Cancer or of FIGO, without its letters.
    StageGroup, "stage group" {
        One = "I",
        Two = "II",
        Three = "III",
        Four = "IV",
    }
}

vocabulary! {
    /// Which kind of resource says that a medicine was used.
    TreatmentSource, "source of a treatment" {
        /// An order that may or may not have been carried out.
        Ordered = "ordered",
        /// An order whose actions have all been carried out.
        Fulfilled = "fulfilled",
        /// An administered dose.
        Given = "given",
        /// A statement that it was or is taken.
        Stated = "stated",
    }
}

/// One medicine in the past or present of the patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Treatment {
    /// The medicine.
    pub medicine: Medicine,
    /// What kind of record it is.
    pub source: TreatmentSource,
    /// First day that is known.
    pub from: Option<When>,
    /// Last day that is known.
    pub until: Option<When>,
    /// The sender calls it completed or stopped. Of a dose or an order that says nothing of the treatment.
    pub ended: bool,
    /// `MedicationAdministration/id`, else the fullUrl, else the place.
    pub reference: SmolStr,
}

/// One left ventricular ejection fraction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EjectionFraction {
    /// In percent, as sent.
    pub percent: Quantity,
    /// When it was measured.
    pub when: Option<When>,
    /// Where it was read.
    pub reference: SmolStr,
}

/// One pregnancy test with a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PregnancyTest {
    /// Positive or negative.
    pub positive: bool,
    /// Not final: it can still change. Only positive ones are kept, since a preliminary negative reassures nobody.
    pub preliminary: bool,
    /// When it was taken.
    pub when: Option<When>,
    /// Where it was read.
    pub reference: SmolStr,
}

/// A diagnosis or an operation: what happened when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Onset, or the day of the operation; None if the record does not say.
    pub when: Option<When>,
    /// Where it was read.
    pub reference: SmolStr,
}

impl Treatment {
    /// The record says that the medicine was used. An order that stands may not have been carried out.
    #[must_use]
    pub const fn was_used(&self) -> bool {
        match self.source {
            TreatmentSource::Fulfilled | TreatmentSource::Given | TreatmentSource::Stated => true,
            TreatmentSource::Ordered => false,
        }
    }

    /// Not dated in the future.
    #[must_use]
    pub fn has_begun(&self, today: Date) -> bool {
        self.from.as_ref().or(self.until.as_ref()).is_none_or(|from| from.first_day() <= today)
    }
}

/// What the record shows beside HER2. An empty list means that nothing was seen, never that nothing happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// RAS status.
    pub ras: Option<Ras>,
    /// Something on RAS is on file that settles nothing: not read, KRAS alone, or results that differ. It is not "none found".
    pub ras_open: bool,
    /// ERBB2 mutation status.
    pub erbb2_mutation: Option<Erbb2Mutation>,
    /// A diagnosis says squamous cell carcinoma, and none of this tumour says another kind.
    pub squamous: bool,
    /// Hormone receptor status.
    pub hormone_receptor: Option<HormoneReceptor>,
    /// PD-L1 combined positive score, as sent.
    pub pd_l1_cps: Option<Quantity>,
    /// Extent of the disease.
    pub extent: Option<Extent>,
    /// Stage group, where all that are stated agree.
    pub stage: Option<StageGroup>,
    /// First day on which metastases were on record.
    pub metastatic_since: Option<When>,
    /// Of the metastases at a named site, each with the first day on which it is known, the newest.
    pub newest_metastasis: Option<When>,
    /// The diagnoses, past ones among them, do not name one tumour: which treatment was for which nobody knows.
    pub tumours_differ: bool,
    /// Medicines, in the order in which they were sent.
    pub treatments: Vec<Treatment>,
    /// Ejection fractions, in the order in which they were sent.
    pub ejection_fractions: Vec<EjectionFraction>,
    /// Ejection fractions with a value that is not used: not in percent, a range, a text, or preliminary.
    pub unread_ejection_fractions: Vec<Event>,
    /// Pregnancy tests, in the order in which they were sent.
    pub pregnancy_tests: Vec<PregnancyTest>,
    /// Pregnancy tests with a value that is not used: they contradict themselves, hold no yes or no, or are preliminary.
    pub unread_pregnancy_tests: Vec<Event>,
    /// The record calls the patient male: no pregnancy test is asked for. False where it says something else or nothing.
    pub recorded_male: bool,
    /// Interstitial lung disease or pneumonitis, past or present.
    pub lung_disease: Vec<Event>,
    /// Operations on the primary tumour.
    pub operations: Vec<Event>,
    /// Days on which progression or recurrence was recorded.
    pub progressions: Vec<Event>,
}
