//! The registration sheet: what a site enters into its EHR, and what it has to ask for. Of vendors only what they publish
//! themselves is stated, with its age.

use crate::cdshooks::{EhrProfile, Key, Service, SpecVersion};
use crate::config::{Client, FhirAccess};

/// What the sheet is about.
pub(super) struct Site<'a> {
    /// The address under which clients reach the service.
    pub public_base: Option<&'a str>,
    /// Who calls.
    pub client: &'a Client,
    /// The services it may call.
    pub services: &'a [Service],
    /// Texts that are accepted as `aud` beside the address that is called.
    pub audiences: Vec<&'a str>,
    /// How the client proves who it is. None: no client is configured yet.
    pub credentials: Option<Credentials<'a>>,
}

/// What is accepted of the tokens of a client.
pub(super) struct Credentials<'a> {
    /// `iss`, compared exactly.
    pub issuer: &'a str,
    /// Names of the signatures that are accepted.
    pub algorithms: Vec<&'static str>,
    /// The only `jku` that a token may name.
    pub jku: Option<&'a str>,
    /// Longest time from `iat` to `exp`, in seconds.
    pub longest_life: u64,
    /// Requests per second.
    pub rate: u32,
}

/// Stands where the address is not known.
const NO_BASE: &str = "https://PUBLIC-ADDRESS";

/// The sheet as Markdown.
pub(super) fn sheet(site: &Site<'_>) -> String {
    let base = site.public_base.map_or(NO_BASE, |base| base.trim_end_matches('/'));
    [
        head(site),
        contacts(),
        services(site, base),
        addresses(site, base),
        token(site, base),
        prefetch(site),
        access(site),
        screens(site, base),
        vendor(site.client.profile).to_owned(),
    ]
    .join("\n\n")
        + "\n"
}

fn head(site: &Site<'_>) -> String {
    let of = match site.credentials {
        Some(_) => format!("client `{}` of tenant `{}`", site.client.name, site.client.tenant),
        None => "any client; none is configured yet".to_owned(),
    };
    let base = match site.public_base {
        Some(_) => "",
        None => {
            "\n\n**No public address is configured.** Set `public_base` and print this sheet again: addresses below begin with a stand-in."
        }
    };
    format!(
        "# Registration of Herald {} at a site\n\nFor {of}. Profile `{}`, CDS Hooks {}.{base}",
        env!("CARGO_PKG_VERSION"),
        profile_word(site.client.profile),
        match site.client.spec {
            SpecVersion::V1 => "1.0",
            SpecVersion::V2 => "2.0.1",
        }
    )
}

fn contacts() -> String {
    "## To be filled in by the site\n\n\
     | | |\n|---|---|\n\
     | site and environment (test, production) | |\n\
     | clinical owner: decides which services are on and reads the feedback | |\n\
     | technical contact, telephone in working hours | |\n\
     | contact for security incidents | |\n\
     | person who answers for the rules (two signatures, `herald rules sign`) | |\n\
     | day of the go-live, and of the review after it | |"
        .to_owned()
}

fn services(site: &Site<'_>, base: &str) -> String {
    let mut text = "## Services\n\n| hook | address | what it does |\n|---|---|---|".to_owned();
    for service in site.services {
        let (id, hook) = (service.id(), service.hook().name());
        text.push_str(&format!("\n| {hook} | `{base}/cds-services/{id}` | {} |", service.title()));
    }
    text.push_str(
        "\n\nHook version 1.0, FHIR R4. An EHR that does not read discovery is given these addresses by hand.",
    );
    text
}

fn addresses(site: &Site<'_>, base: &str) -> String {
    let feedback = match site.client.spec {
        SpecVersion::V1 => "none: CDS Hooks 1.0 has no feedback".to_owned(),
        SpecVersion::V2 => format!("`{base}/cds-services/{{service}}/feedback`, one for each service"),
    };
    format!(
        "## Other addresses\n\n* discovery: `{base}/cds-services`\n* feedback: {feedback}\n\
         * source attributes: `{base}/.well-known/dsi/{{service}}.json`, `.md`, `.html`\n\
         * interface: `{base}/openapi.json`"
    )
}

fn token(site: &Site<'_>, base: &str) -> String {
    let mut text = "## Token (JWT) with each call\n\n".to_owned();
    let audiences: Vec<String> = site.audiences.iter().map(|audience| format!("`{audience}`")).collect();
    let beside = if audiences.is_empty() { String::new() } else { format!(", or {}", audiences.join(", ")) };
    let (issuer, algorithms, life, rate) = match &site.credentials {
        Some(known) => (
            format!("`{}`, exactly", known.issuer),
            known.algorithms.join(", "),
            format!("{} seconds", known.longest_life),
            format!("{} a second; beyond it 429 with `Retry-After`", known.rate),
        ),
        None => (
            "to be configured (`issuer`)".to_owned(),
            "ES384 or RS384 recommended, ES256 and RS256 possible (`algorithms`)".to_owned(),
            "300 seconds, unless `max_token_seconds` says otherwise".to_owned(),
            "as configured (`rate_per_second`)".to_owned(),
        ),
    };
    let jku = site.credentials.as_ref().and_then(|known| known.jku);
    let jku = jku.map_or_else(
        || "not to be sent; the key set is exchanged out of band (`jwks`)".to_owned(),
        |jku| format!("`{jku}` or none; no other is accepted, and it is never fetched because a token names it"),
    );
    for (name, words) in [
        ("header `typ`", "`JWT`".to_owned()),
        ("header `alg`", format!("{algorithms}; never `none`, never a shared secret")),
        ("header `kid`", "names a key of the registered set".to_owned()),
        ("header `jku`", jku),
        ("`iss`", issuer),
        (
            "`aud`",
            format!("the address that is called, `{base}/cds-services/…` with `/feedback` where it is called{beside}"),
        ),
        ("`iat`, `exp`", format!("required; from the one to the other at most {life}")),
        (
            "`jti`",
            "required, another one for each call; a token that comes twice for different requests is refused"
                .to_owned(),
        ),
        (
            "refusal",
            "401 without a reason. The service counts the kind of fault (`herald_auth_refusals_total`), and logs it where \
             `iss` is the registered one"
                .to_owned(),
        ),
        ("calls", rate),
    ] {
        text.push_str(&format!("* {name}: {words}\n"));
    }
    text.trim_end().to_owned()
}

fn prefetch(site: &Site<'_>) -> String {
    let mut text = "## Prefetch\n\n`her2` is required unless `pathology` comes. `patient` changes no answer; every other key makes it better. \
                    Keys that do not come are named or counted on the card. No data is `null`, never a key left out."
        .to_owned();
    for key in keys(site) {
        let of: Vec<&str> = site
            .services
            .iter()
            .filter(|service| service.keys().contains(&key))
            .map(|service| service.hook().name())
            .collect();
        text.push_str(&format!("\n\n`{}` ({})\n\n```\n{}\n```", key.name(), of.join(", "), key.template()));
    }
    text
}

/// The keys of all services of the site, in the order of discovery.
fn keys(site: &Site<'_>) -> Vec<Key> {
    let mut all: Vec<Key> = Vec::new();
    for &key in site.services.iter().flat_map(|service| service.keys()) {
        if !all.contains(&key) {
            all.push(key);
        }
    }
    all
}

/// The resource type that a template asks for.
fn resource(key: Key) -> &'static str {
    key.template().split(['/', '?']).next().unwrap_or_default()
}

fn access(site: &Site<'_>) -> String {
    let mut types: Vec<&str> = keys(site).into_iter().map(resource).collect();
    // No key asks for it: a Medication is read where an order only refers to it.
    types.push("Medication");
    types.sort_unstable();
    types.dedup();
    let list = |of: &dyn Fn(&str) -> String| {
        types.iter().map(|kind| format!("`patient/{}`", of(kind))).collect::<Vec<_>>().join(" ")
    };
    let server = match site.client.fhir.as_ref().map(FhirAccess::base) {
        Some(base) => format!(
            "Missing keys are fetched from `{base}` and from no other server, with the access token of the request, which is \
             neither stored nor logged. It has to answer within 350 ms."
        ),
        None => "Nothing is fetched: no FHIR server is registered (`fhir_base`). A required key that does not come is answered with 412."
            .to_owned(),
    };
    format!(
        "## FHIR access\n\n{server}\n\nScopes, reading only:\n\n* SMART v1: {}\n* SMART v2: {}",
        list(&|kind| format!("{kind}.read")),
        list(&|kind| if matches!(kind, "Patient" | "Medication") { format!("{kind}.r") } else { format!("{kind}.rs") }),
    )
}

fn screens(site: &Site<'_>, base: &str) -> String {
    let most = "one card at most when a chart is opened, two when medicines are ordered";
    let suggestions = match site.client.profile {
        EhrProfile::Generic | EhrProfile::Athena => {
            "one suggestion at most, a draft order (with the site's own code, see `order_codes`) or the removal of a draft, `at-most-one`"
        }
        EhrProfile::Epic => {
            "one suggestion at most with one action, `any`; a draft order can carry the site's own code (`order_codes`)"
        }
        EhrProfile::Cerner => "no suggestions",
    };
    format!(
        "## On the screens\n\n* cards: {most}; `critical` at signing only\n* suggestions: {suggestions}; never applied by \
         themselves, no system actions\n* links to allow: `{base}/` as a beginning; cards of this version hold no links\n\
         * calls from a browser (CORS): not needed where the EHR calls from a server; otherwise name the exact origin"
    )
}

const fn profile_word(profile: EhrProfile) -> &'static str {
    match profile {
        EhrProfile::Generic => "generic",
        EhrProfile::Epic => "epic",
        EhrProfile::Cerner => "cerner",
        EhrProfile::Athena => "athena",
    }
}

/// What the vendor itself has published, and what has to be asked.
const fn vendor(profile: EhrProfile) -> &'static str {
    match profile {
        EhrProfile::Cerner => {
            "## Oracle Health (Cerner)\n\n\
             From its own draft documentation of 2021, whose repository was archived in 2024; ask whether it still holds:\n\n\
             * only patient-view is called; services are registered by a form, discovery is not read\n\
             * `iss` is `https://cds-hooks.cerner.com`, and its `jku` stands at `https://authorization.cerner.com/jwk`\n\
             * a card has an eighth of the screen; `critical` opens a window, the others stand at the side\n\
             * links that are not on the site's list are removed without a word; `appContext` is not supported\n\n\
             Not published, to be asked: which prefetch comes, how long the EHR waits, whether feedback is sent."
        }
        EhrProfile::Epic | EhrProfile::Athena | EhrProfile::Generic => {
            "## To be asked of the vendor\n\n\
             Nothing is stated here that the vendor does not publish itself.\n\n\
             * which of these hooks are called, from which place in the workflow\n\
             * is discovery read, or are addresses and audience entered by hand\n\
             * issuer, key set, algorithm and lifetime of the token\n\
             * which prefetch keys come, and what a key without data looks like\n\
             * how long the EHR waits for an answer, and what it shows when none comes\n\
             * how `detail` is shown: Markdown, plain text, or HTML\n\
             * how many suggestions and actions are shown, and which order codes a suggestion needs\n\
             * is feedback sent, for which actions, and when\n\
             * which links have to be on a list"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sheet_of_a_site_reads_as_reviewed() {
        let any = Client::local();
        let main = Client {
            name: "main-ehr".into(),
            tenant: "north".into(),
            profile: EhrProfile::Cerner,
            fhir: FhirAccess::parse("https://ehr.example.org/fhir", None, &[]).ok(),
            ..Client::local()
        };
        let open = Site {
            public_base: None,
            client: &any,
            services: Service::OFFERED,
            audiences: Vec::new(),
            credentials: None,
        };
        let registered = Site {
            public_base: Some("https://cds.example.org/"),
            client: &main,
            services: &[Service::ChartReview],
            audiences: vec!["herald-north"],
            credentials: Some(Credentials {
                issuer: "https://ehr.example.org/fhir",
                algorithms: vec!["ES384"],
                jku: None,
                longest_life: 300,
                rate: 50,
            }),
        };
        insta::assert_snapshot!("registration_any", sheet(&open));
        insta::assert_snapshot!("registration_cerner", sheet(&registered));
    }

    #[test]
    fn every_key_that_is_asked_for_has_its_template_and_its_scope_on_the_sheet() {
        let any = Client::local();
        let site = Site {
            public_base: Some("https://cds.example.org"),
            client: &any,
            services: Service::OFFERED,
            audiences: Vec::new(),
            credentials: None,
        };
        let text = sheet(&site);
        for key in Service::OFFERED.iter().flat_map(|service| service.keys()) {
            assert!(text.contains(key.template()), "{}", key.name());
            assert!(text.contains(&format!("patient/{}.r", resource(*key))), "{}", key.name());
        }
        assert!(!text.contains("PUBLIC-ADDRESS"));
    }
}
