//! The services: which hook calls them and which prefetch keys they ask for.

use super::templates::Key;

/// A hook of the CDS Hooks Library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hook {
    /// A patient's record is opened.
    PatientView,
    /// An order is being chosen.
    OrderSelect,
    /// Orders are about to be signed.
    OrderSign,
}

impl Hook {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PatientView => "patient-view",
            Self::OrderSelect => "order-select",
            Self::OrderSign => "order-sign",
        }
    }

    /// The version on the page of the hook.
    #[must_use]
    pub const fn version(self) -> &'static str {
        match self {
            Self::PatientView | Self::OrderSelect | Self::OrderSign => "1.0",
        }
    }

    /// Does the context of this hook carry draft orders?
    #[must_use]
    pub const fn has_draft_orders(self) -> bool {
        match self {
            Self::PatientView => false,
            Self::OrderSelect | Self::OrderSign => true,
        }
    }
}

/// A service. Ids are distinct, because clients that key services by address let a second entry overwrite the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// The HER2 status of a patient in one card.
    ChartReview,
    /// A HER2-directed medicine is being chosen.
    OrderSelect,
    /// A HER2-directed medicine is about to be signed.
    OrderSign,
}

impl Service {
    /// The services that this version offers, in the order of discovery.
    pub const OFFERED: &'static [Self] = &[Self::ChartReview, Self::OrderSelect, Self::OrderSign];

    /// The offered service with this id, compared exactly.
    #[must_use]
    pub fn offered(id: &str) -> Option<Self> {
        Self::OFFERED.iter().copied().find(|service| service.id() == id)
    }

    /// The service behind the last part of an address: its id, or the name of its hook, which is what a site tends to enter in
    /// an EHR that does not read discovery. Both are one service: record, tokens and feedback go by its id.
    #[must_use]
    pub fn called(name: &str) -> Option<Self> {
        Self::offered(name).or_else(|| Self::OFFERED.iter().copied().find(|service| service.hook().name() == name))
    }

    /// The id in the address.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::ChartReview => "her2-chart-review",
            Self::OrderSelect => "her2-order-select",
            Self::OrderSign => "her2-order-sign",
        }
    }

    /// The hook that calls it.
    #[must_use]
    pub const fn hook(self) -> Hook {
        match self {
            Self::ChartReview => Hook::PatientView,
            Self::OrderSelect => Hook::OrderSelect,
            Self::OrderSign => Hook::OrderSign,
        }
    }

    /// The name a person reads in a list of services.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::ChartReview => "HER2 status review",
            Self::OrderSelect => "HER2 check of a chosen drug",
            Self::OrderSign => "HER2 check before signing",
        }
    }

    /// What it does, for the person who decides whether to switch it on.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::ChartReview => {
                "Reads the HER2 results of the opened record by the guideline of the tumour and shows at most one card: \
                 a missing, equivocal, discordant or contradictory result and the next test that is due or, where the result is \
                 settled, labels and trials that can be considered."
            }
            Self::OrderSelect => {
                "Looks at HER2-directed medicines that are being chosen and shows at most two cards: HER2 status negative, \
                 unknown or of another tumour, LVEF missing, old or low, pregnancy, lung disease, products mixed up."
            }
            Self::OrderSign => {
                "Looks at HER2-directed medicines before they are signed and shows at most two cards. Critical are three \
                 only: a HER2-negative tumour, LVEF below the limit of the label, a positive pregnancy test."
            }
        }
    }

    /// The prefetch keys it asks for, in the order of discovery.
    #[must_use]
    pub const fn keys(self) -> &'static [Key] {
        match self {
            Self::ChartReview => &[
                Key::Patient,
                Key::Her2,
                Key::Pathology,
                Key::Conditions,
                Key::MedRequests,
                Key::MedAdmins,
                Key::MedStatements,
                Key::Procedures,
                Key::Lvef,
                Key::EchoReports,
                Key::Biomarkers,
                Key::Specimens,
            ],
            Self::OrderSelect => &[
                Key::Patient,
                Key::Her2,
                Key::Pathology,
                Key::Conditions,
                Key::MedRequests,
                Key::Lvef,
                Key::EchoReports,
                Key::Pregnancy,
                Key::Biomarkers,
                Key::Specimens,
            ],
            Self::OrderSign => &[
                Key::Patient,
                Key::Her2,
                Key::Pathology,
                Key::Conditions,
                Key::MedRequests,
                Key::MedAdmins,
                Key::MedStatements,
                Key::Lvef,
                Key::EchoReports,
                Key::Pregnancy,
                Key::Biomarkers,
                Key::Specimens,
            ],
        }
    }

    /// The keys of which one at least must be had, as data or as the word that there are none. A HER2 status without HER2
    /// results and without pathology reports would be a guess.
    #[must_use]
    pub const fn one_of(self) -> &'static [Key] {
        match self {
            Self::ChartReview | Self::OrderSelect | Self::OrderSign => &[Key::Her2, Key::Pathology],
        }
    }
}
