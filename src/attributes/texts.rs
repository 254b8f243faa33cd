//! What is said in each of the 13 points. Plain facts about this software and its rules, a gap included.

use crate::cdshooks::Service;

/// Numbers and names of the points, in the order of the regulation.
pub(super) const NAMES: [&str; 13] = [
    "Bibliographic citation",
    "Developer",
    "Funding of the technical implementation",
    "Release and revision dates",
    "Use of race",
    "Use of ethnicity",
    "Use of language",
    "Use of sexual orientation",
    "Use of gender identity",
    "Use of sex",
    "Use of date of birth",
    "Use of social determinants of health",
    "Use of health status assessments",
];

pub(super) const DEVELOPER: &str = "The Herald contributors, as an open source project under MIT or Apache-2.0. Whoever runs the service \
     at a site answers for its set-up there. No clinician has been named as responsible for the rules unless the signatures \
     say so.";

pub(super) const FUNDING: &str = "No funding of the implementation is recorded in this project: no payment by a maker of medicines, \
     tests or record systems is known to it. The trials behind the labels that the rules cite were funded by the makers of \
     these medicines in most cases.";

pub(super) const RACE: &str = "Not read and not used: no rule has a condition on race. The Patient resource that is asked for may hold \
     it; only its type, its id and whether its gender says male are looked at. HER2 status is a finding in the tumour, scored by the same thresholds for everyone. What this does not settle: many \
     of the cited trials enrolled few patients of some groups, so how well a labelled benefit carries over to them is less \
     certain than the rules can show, and a person who was never tested gets no advice from a result.";

pub(super) const ETHNICITY: &str = "Not read and not used: no rule has a condition on ethnicity. The Patient resource that is asked for \
     may hold it; only its type, its id and whether its gender says male are looked at. Feedback is counted without it, so this \
     service cannot show whether its cards are answered differently in different groups: a site has to look at that itself.";

pub(super) const LANGUAGE: &str = "The language of the patient is not read and not used. The Patient resource that is asked for may hold \
     it; only its type, its id and whether its gender says male are looked at. Cards and handouts are in English only. The \
     words of a result are read in English, German, French and Spanish, and some in Italian and Dutch: one that stands in the words of another language alone \
     is said to be missing or unreadable, never negative.";

pub(super) const ORIENTATION: &str =
    "Not read and not used. It has no bearing on a HER2 result or on a labelled indication.";

pub(super) const GENDER: &str = "Not read and not used. The Patient resource that is asked for may hold it; only its type, \
     id and administrative sex (see there) are looked at. It has no bearing on a HER2 result. A pregnancy test counts where one \
     was sent, whoever it is of.";

pub(super) const SEX: &str = "Not used for the HER2 status, labels or trials. At ordering a patient whose record says \"male\" is not \
     asked for a pregnancy test; every other one is, also where the record names no sex, and no age is computed: the card says \
     \"where pregnancy is possible\". A positive test counts whoever it is of. Breast cancer of a man and of a woman is classified by the same table, and a \
     tumour is recognised by its diagnosis, never by sex. One label asks for a postmenopausal patient; this is named as an \
     open condition and is not derived from sex or age.";

pub(super) const BIRTH: &str = "Not read and not used; no age is computed. The Patient resource that is asked for may hold it; only \
     its type, its id and whether its gender says male are looked at. The guidelines and labels are for adults, and the service \
     does not check that the patient is one: it must not be used for children. The ages that do count are those of a result \
     and of a measurement of the heart.";

pub(super) const SOCIAL: &str = "Not read and not used. Housing, income, insurance, transport and distance from a trial site are not \
     known to the rules. They decide in practice whether a test, a medicine or a trial can be reached: a card that names an \
     option says nothing about access to it.";

/// What of health status assessments a service uses.
pub(super) const fn health_status(service: Service) -> &'static str {
    match service {
        Service::ChartReview => {
            "Not used for the status. Performance status, function and disability are not read; trials that ask for ECOG \
             performance status list it among what has to be asked. The test results, diagnoses, treatments and heart \
             measurements that are used are clinical data and no such assessments."
        }
        Service::OrderSelect | Service::OrderSign => {
            "Pregnancy status is used, from laboratory tests only: a positive test of the last 42 weeks stands against medicines \
             whose label warns of harm to the unborn. A test that was not sent is not taken for a negative one. Performance \
             status, function, disability and smoking are not read."
        }
    }
}
