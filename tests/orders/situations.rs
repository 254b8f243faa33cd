//! One situation for each thing that a check can find.

use herald::domain::evidence::ResultStatus;
use herald::domain::history::{Erbb2Mutation, Extent, HormoneReceptor, Ras, StageGroup};
use herald::domain::specimen::SpecimenKind;
use herald::domain::tumour::Tumour;

use super::builder::{Case, breast, of};
use super::situation::{Situation, choosing, signing, tdxd};

/// A core of 3+, docetaxel with trastuzumab, and a resection with 1+, at stage III.
pub fn residual(order: &str) -> Situation {
    residual_of(order, breast().ihc("3+"), breast().ihc("1+"))
}

/// The same with these results.
pub fn residual_of(order: &str, core: Case, residual: Case) -> Situation {
    let mut resection = residual;
    resection.specimen.kind = SpecimenKind::Resection;
    let record = signing(order).result_on(core, "2026-03-10").result(resection);
    let treated = record.given("trastuzumab", "2026-04-01").given("taxane", "2026-04-01");
    treated.extent(Extent::Early).stage(StageGroup::Three).lvef("61", "2026-11-01")
}

/// An order of a medicine under way: LVEF before the first dose, and now.
pub fn course(medicine: &str, before: &str, now: &str) -> Situation {
    let begun = signing(medicine).result(breast().ihc("3+")).lvef(before, "2026-06-01").given(medicine, "2026-06-10");
    begun.lvef(now, "2026-11-20")
}

/// Trastuzumab deruxtecan at a HER2-ultralow breast cancer.
pub fn ultralow(receptor: Option<HormoneReceptor>, extent: Option<Extent>) -> Situation {
    let mut situation =
        signing("trastuzumab_deruxtecan").result(breast().ihc("0").percent("5")).lvef("61", "2026-11-01");
    situation.0.history.hormone_receptor = receptor;
    situation.0.history.extent = extent;
    situation
}

/// A result of carcinoma in situ.
pub fn in_situ(score: &str) -> Case {
    let mut case = breast().ihc(score);
    case.specimen.invasive = Some(false);
    case
}

/// One situation for each thing that a check can find, at signing, and some in which several meet.
pub fn situations() -> Vec<(&'static str, Situation)> {
    let low = |case: Case| case.ihc("1+");
    let colorectal = || of(Tumour::Colorectal).scoring("heracles").ihc("3+").percent("80");
    let gastric = || signing("trastuzumab").order("pembrolizumab").result(of(Tumour::Gastroesophageal).ihc("3+"));
    let healthy = |situation: Situation| situation.lvef("61", "2026-11-01");
    vec![
        ("trastuzumab, HER2-negative", healthy(signing("trastuzumab").result(low(breast())))),
        ("trastuzumab chosen, HER2-negative", healthy(choosing("trastuzumab").result(low(breast())))),
        (
            "trastuzumab and pertuzumab in one product, HER2-negative",
            healthy(signing("trastuzumab, pertuzumab").result(low(breast()))),
        ),
        (
            "four medicines, HER2-negative",
            healthy(
                signing("trastuzumab")
                    .order("pertuzumab")
                    .order("lapatinib")
                    .order("margetuximab")
                    .result(breast().ihc("2+").dual("1.2", "2.4")),
            ),
        ),
        (
            "trastuzumab, negative now and positive before",
            healthy(signing("trastuzumab").result_on(breast().ihc("3+"), "2023-03-07").result(breast().ihc("0"))),
        ),
        ("trastuzumab, equivocal", healthy(signing("trastuzumab").result(breast().ihc("2+")))),
        (
            "trastuzumab, preliminary",
            healthy(signing("trastuzumab").result(breast().ihc("3+").status(ResultStatus::Preliminary))),
        ),
        ("trastuzumab, no result", healthy(signing("trastuzumab").tumour(Tumour::Breast))),
        ("trastuzumab, results not visible", healthy(signing("trastuzumab").tumour(Tumour::Breast).unseen("her2"))),
        ("trastuzumab, tumour not known", healthy(signing("trastuzumab").result(of(Tumour::Unknown).ihc("3+")))),
        ("trastuzumab, result not assessable", healthy(signing("trastuzumab").result(breast().ihc("indeterminate")))),
        ("trastuzumab deruxtecan, result of another tumour", healthy(tdxd().tumour(Tumour::Ovarian))),
        (
            "trastuzumab deruxtecan, two tumours that differ",
            healthy(
                signing("trastuzumab_deruxtecan")
                    .result_on(breast().ihc("3+"), "2026-10-14")
                    .result_on(of(Tumour::Ovarian).ihc("1+"), "2026-10-14")
                    .tumour(Tumour::Unknown),
            ),
        ),
        (
            "trastuzumab deruxtecan, ovarian 2+ amplified",
            healthy(signing("trastuzumab_deruxtecan").result(of(Tumour::Ovarian).ihc("2+").dual("2.6", "6.4"))),
        ),
        (
            "trastuzumab deruxtecan, IHC 0 not described",
            healthy(signing("trastuzumab_deruxtecan").result(breast().ihc("0"))),
        ),
        ("zongertinib, mutation not tested", signing("zongertinib").result(of(Tumour::Lung).ihc("0"))),
        ("trastuzumab deruxtecan, no LVEF", tdxd()),
        ("trastuzumab deruxtecan, LVEF not visible", tdxd().unseen("lvef").unseen("echoReports")),
        ("trastuzumab deruxtecan, last LVEF not read", tdxd().lvef("60", "2026-11-01").unread_lvef("2026-11-20")),
        ("trastuzumab deruxtecan, old LVEF", tdxd().lvef("55", "2025-09-19")),
        ("margetuximab, LVEF without a date", signing("margetuximab").result(breast().ihc("3+")).lvef("55", "")),
        ("trastuzumab deruxtecan, LVEF 45 %", tdxd().lvef("45", "2026-11-01")),
        (
            "pertuzumab, LVEF 52 %, setting not known",
            signing("pertuzumab").result(breast().ihc("3+")).lvef("52", "2026-11-01"),
        ),
        (
            "trastuzumab, LVEF fallen",
            signing("trastuzumab")
                .result(breast().ihc("3+"))
                .extent(Extent::Early)
                .lvef("66", "2026-06-01")
                .given("trastuzumab", "2026-06-10")
                .lvef("48", "2026-11-20"),
        ),
        ("trastuzumab deruxtecan, pregnancy", healthy(tdxd().pregnancy_test(true, "2026-11-20"))),
        ("trastuzumab deruxtecan, LVEF of a year", tdxd().lvef("62", "2026")),
        ("trastuzumab deruxtecan, no LVEF and no pregnancy test", tdxd().without_pregnancy_test()),
        (
            "trastuzumab deruxtecan, LVEF and pregnancy not visible",
            tdxd().without_pregnancy_test().unseen("lvef").unseen("echoReports").unseen("pregnancy"),
        ),
        (
            "trastuzumab and pertuzumab, no pregnancy test",
            healthy(signing("trastuzumab").order("pertuzumab").result(breast().ihc("3+")).without_pregnancy_test()),
        ),
        (
            "trastuzumab, pregnancy tests not visible",
            healthy(signing("trastuzumab").result(breast().ihc("3+")).without_pregnancy_test().unseen("pregnancy")),
        ),
        ("trastuzumab deruxtecan, pregnancy test not read", healthy(tdxd().unread_pregnancy_test("2026-11-20"))),
        ("lapatinib, LVEF 45 %", signing("lapatinib").result(breast().ihc("3+")).lvef("45", "2026-11-01")),
        ("trastuzumab deruxtecan, lung disease", healthy(tdxd().lung_disease("2025-03"))),
        (
            "trastuzumab beside trastuzumab emtansine",
            healthy(signing("trastuzumab").order("trastuzumab_emtansine").result(breast().ihc("3+"))),
        ),
        (
            "code and name differ",
            healthy(signing("trastuzumab, trastuzumab_emtansine").ambiguous().result(breast().ihc("3+"))),
        ),
        ("trastuzumab deruxtecan after emtansine", healthy(tdxd().given("trastuzumab_emtansine", "2026-11-05"))),
        ("tucatinib, RAS not known", signing("tucatinib").result(colorectal())),
        ("tucatinib, RAS not settled", signing("tucatinib").result(colorectal()).ras_open()),
        ("zongertinib, breast cancer with IHC 0", healthy(signing("zongertinib").result(breast().ihc("0")))),
        ("pertuzumab, ovarian 2+", healthy(signing("pertuzumab").result(of(Tumour::Ovarian).ihc("2+")))),
        (
            "trastuzumab deruxtecan, lung disease under it",
            healthy(tdxd().given("trastuzumab_deruxtecan", "2026-07-01").lung_disease("2026-10-29")),
        ),
        ("tucatinib, RAS mutated", signing("tucatinib").result(colorectal()).ras(Ras::Mutant)),
        ("tucatinib, gastric cancer", signing("tucatinib").result(of(Tumour::Gastroesophageal).ihc("3+"))),
        ("one order unread, breast cancer", healthy(signing("taxane").result(breast().ihc("0")).unread(1))),
        ("many orders unread, breast cancer", healthy(signing("taxane").result(breast().ihc("0")).unread(3))),
        ("zanidatamab chosen, breast cancer", healthy(choosing("zanidatamab").result(breast().ihc("3+")))),
        ("pembrolizumab with trastuzumab, no CPS", healthy(gastric())),
        ("pembrolizumab with trastuzumab, CPS 0", healthy(gastric().cps("0"))),
        // as a clinical reviewer sent them
        ("trastuzumab emtansine, residual tumour 1+ after a core of 3+", residual("trastuzumab_emtansine")),
        ("trastuzumab and pertuzumab, residual tumour 1+ after a core of 3+", residual("trastuzumab, pertuzumab")),
        ("trastuzumab, ISH group 2", healthy(signing("trastuzumab").result(low(breast()).dual("2.2", "3.3")))),
        ("trastuzumab, ISH group 4", healthy(signing("trastuzumab").result(breast().ihc("0").dual("1.6", "5.1")))),
        ("trastuzumab, LVEF 35 %", signing("trastuzumab").result(breast().ihc("3+")).lvef("35", "2026-11-01")),
        ("trastuzumab, LVEF 45 %", signing("trastuzumab").result(breast().ihc("3+")).lvef("45", "2026-11-01")),
        ("trastuzumab deruxtecan, LVEF 48 % before the first dose", tdxd().lvef("48", "2026-11-01")),
        (
            "trastuzumab deruxtecan, LVEF fallen by 21 points",
            course("trastuzumab_deruxtecan", "70", "49").extent(Extent::Metastatic),
        ),
        (
            "trastuzumab emtansine, LVEF fallen by 15 points to 45 %",
            course("trastuzumab_emtansine", "60", "45").extent(Extent::Metastatic),
        ),
        (
            "trastuzumab emtansine, LVEF 42 % after 47 %",
            course("trastuzumab_emtansine", "47", "42").extent(Extent::Metastatic),
        ),
        (
            "trastuzumab deruxtecan, ultralow with negative receptors",
            ultralow(Some(HormoneReceptor::Negative), Some(Extent::Metastatic)),
        ),
        ("trastuzumab deruxtecan, ultralow with unknown receptors", ultralow(None, Some(Extent::Metastatic))),
        (
            "trastuzumab deruxtecan, low at stage I",
            healthy(
                signing("trastuzumab_deruxtecan").result(low(breast())).extent(Extent::Early).stage(StageGroup::One),
            ),
        ),
        (
            "trastuzumab emtansine, lung disease before it",
            healthy(signing("trastuzumab_emtansine").result(breast().ihc("3+")).lung_disease("2025-03")),
        ),
        (
            "trastuzumab deruxtecan, ERBB2 variant not classified",
            healthy(signing("trastuzumab_deruxtecan").tumour(Tumour::Lung).variant(Erbb2Mutation::Unclassified)),
        ),
        (
            "zongertinib, ERBB2 mutation outside a known domain",
            signing("zongertinib").tumour(Tumour::Lung).variant(Erbb2Mutation::Activating),
        ),
        ("trastuzumab, carcinoma in situ only", healthy(signing("trastuzumab").result(in_situ("3+")))),
        (
            "everything at once",
            signing("trastuzumab")
                .order("trastuzumab_deruxtecan")
                .result(breast().ihc("0").percent("0"))
                .lvef("38", "2026-11-01")
                .pregnancy_test(true, "2026-11-20")
                .lung_disease("2025-03")
                .unseen("biomarkers"),
        ),
    ]
}
