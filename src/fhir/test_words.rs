//! Words that may stand in the name of a HER2 test on tissue, in four languages, without accents.

/// One of the words below, or of a method.
pub(super) fn is_of_a_tissue_test(word: &str) -> bool {
    is_ihc(word)
        || is_ish(word)
        || [GENE, METHOD, RESULT, TISSUE, SMALL].iter().any(|list| list.split(' ').any(|one| one == word))
}

pub(super) fn is_ihc(word: &str) -> bool {
    word == "ihc" || ["immunohist", "immunhist", "inmunohist"].iter().any(|start| word.starts_with(start))
}

pub(super) fn is_ish(word: &str) -> bool {
    let hybridisation = ["hybridi", "hybridat", "hibridac"].iter().any(|start| word.starts_with(start));
    hybridisation || matches!(word, "fish" | "cish" | "sish" | "dish" | "ddish" | "ish")
}

/// The gene and its protein.
const GENE: &str = "\
    her2 neu c cep17 gene gen oncogene protein oncoprotein receptor ag antigen human epidermal growth factor marker \
    biomarker recepteur rezeptor";

/// Stains, probes, kits, clones, guidelines.
const METHOD: &str = "\
    immune stain staining stained immunostain immunostaining dual single probe color colour fluorescence fluorescent \
    chromogenic silver brightfield method assay herceptest 4b5 clone pathway pathvysion ventana dako farbung faerbung \
    anfarbung methode metodo qualitative qual manual automated analysis analyse vysis sp3 cb11 asco cap 2013 2018 2023 \
    semiquantitative ratio her2ratio quotient reflex repeat";

/// What a test gives, and what it looks for.
const RESULT: &str = "\
    score status result results interpretation presence overall final summary finding findings test testing amplification \
    duplication expression overexpression ergebnis befund nachweis bestimmung gesamt gesamtstatus interp genamplifikation \
    rezeptorstatus amplifikation uberexpression ueberexpression resultat statut surexpression resultado estado expresion \
    sobreexpresion puntuacion amplificacion interpretacion";

/// Where the tissue came from and how it was taken.
const TISSUE: &str = "\
    tissue specimen tumor tumour cancer carcinoma adenocarcinoma breast mammary gastric stomach gastroesophageal invasive \
    component primary metastasis metastatic lymph node biopsy core needle resection excision block part junction gej \
    mastectomy lumpectomy chest wall magen stanzbiopsie cell cytology aspirate fna surgical paraffin ffpe left right \
    axilla axillary liver bone lung brain skin ovary ovarian colon colorectal endometrial endometrium esophageal \
    oesophageal links rechts gewebe mamma mammakarzinom magenkarzinom karzinom biopsie resektat tissu sein tumeur tejido \
    mama biopsia gastrico";

/// Small words of four languages.
const SMALL: &str = "\
    a w by of in the and or to with on from im am der des von mittels per und mit du de le la par el en por d l";
