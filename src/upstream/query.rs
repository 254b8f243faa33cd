//! The addresses that are asked: templates filled in, and next pages that lie below the registered base.

use reqwest::Url;

/// Above this length a search goes by POST: some servers and what stands before them cut longer addresses off.
const LONGEST_GET: usize = 1_500;
/// Longest address of a next page.
const LONGEST_NEXT: usize = 8_000;

const TOKEN: &str = "{{context.patientId}}";

/// One question to the FHIR server.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Query {
    /// `GET` of one resource: 404 means that there is none.
    Read(Url),
    /// `GET` of a search or of a page of one.
    Search(Url),
    /// `POST [type]/_search` with the parameters as a form.
    PostedSearch {
        /// `[base]/[type]/_search`
        url: Url,
        /// The parameters.
        form: String,
    },
}

/// `template` filled in for the patient with this id and set behind `base`, which has no slash at its end. None where the
/// address would not lie below the base: `..` is a FHIR id by its grammar.
pub(super) fn query(base: &str, template: &str, patient: &str) -> Option<Query> {
    let (path, parameters) = template.split_once('?').map_or((template, None), |(path, rest)| (path, Some(rest)));
    if matches!(patient, "." | "..") {
        return None;
    }
    let path = path.replace(TOKEN, patient);
    let Some(parameters) = parameters else {
        return Url::parse(&format!("{base}/{path}")).ok().map(Query::Read);
    };
    let form = encoded(&parameters.replace(TOKEN, patient));
    let address = format!("{base}/{path}?{form}");
    if address.len() <= LONGEST_GET {
        Url::parse(&address).ok().map(Query::Search)
    } else {
        let url = Url::parse(&format!("{base}/{path}/_search")).ok()?;
        Some(Query::PostedSearch { url, form })
    }
}

/// The resource of this type and id below `base`. None for an id that would lead elsewhere.
pub(super) fn resource(base: &str, kind: &str, id: &str) -> Option<Query> {
    if matches!(id, "." | "..") {
        return None;
    }
    Url::parse(&format!("{base}/{kind}/{id}")).ok().map(Query::Read)
}

/// Parameters with every value percent-encoded (RFC 3986, section 2.3: all but unreserved characters).
fn encoded(parameters: &str) -> String {
    let mut encoded = String::with_capacity(2 * parameters.len());
    for (nth, parameter) in parameters.split('&').enumerate() {
        if nth > 0 {
            encoded.push('&');
        }
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        encoded.push_str(name);
        encoded.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                encoded.push(char::from(byte));
            } else {
                encoded.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    encoded
}

/// The next page that a Bundle tells of, if it lies on the same server and below the same base (rule 20). Anywhere else it
/// would carry the token away; an address that two programs may read in two ways is taken for such a one.
pub(super) fn next_page(base: &str, link: &str) -> Option<Query> {
    let is_clean =
        (1..=LONGEST_NEXT).contains(&link.len()) && link.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if !is_clean || link.contains('#') {
        return None;
    }
    let base = Url::parse(&format!("{base}/")).ok()?;
    let next = base.join(link).ok()?;
    let same_server = next.scheme() == "https"
        && next.host_str() == base.host_str()
        && next.port_or_known_default() == base.port_or_known_default()
        && next.username().is_empty()
        && next.password().is_none();
    // servers disagree on `%2f`, `%2e%2e` and `..;`, so none of them is let through
    let path = link.split('?').next().unwrap_or_default();
    let is_plain = !path.contains(['%', ';']) && !path.split('/').any(|segment| matches!(segment, "." | ".."));
    let below = next.path().starts_with(base.path()) || format!("{}/", next.path()) == base.path();
    (same_server && is_plain && below).then_some(Query::Search(next))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cdshooks::Key;

    const BASE: &str = "https://fhir.example.org:8443/r4";

    fn url(query: Option<Query>) -> Option<String> {
        query.map(|query| match query {
            Query::Read(url) | Query::Search(url) | Query::PostedSearch { url, .. } => url.to_string(),
        })
    }

    #[test]
    fn cdsh_r22_templates_are_filled_in_and_percent_encoded() {
        assert_eq!(url(query(BASE, Key::Patient.template(), "p-1.x")).unwrap(), format!("{BASE}/Patient/p-1.x"));
        let asked = url(query(BASE, Key::EchoReports.template(), "p1")).unwrap();
        assert_eq!(
            asked,
            format!(
                "{BASE}/DiagnosticReport?patient=p1&category=http%3A%2F%2Floinc.org%7CLP29708-2&_sort=-date&_count=10"
            )
        );
        let asked = url(query(BASE, Key::MedRequests.template(), "p1")).unwrap();
        assert!(asked.contains("&intent=order%2Cplan&"), "{asked}");
    }

    #[test]
    fn every_template_stays_below_the_length_that_every_server_takes_and_a_longer_one_is_posted() {
        for key in Key::ALL {
            let asked = query(BASE, key.template(), &"p".repeat(64)).unwrap();
            assert!(!matches!(asked, Query::PostedSearch { .. }), "{}", key.name());
        }
        let long = format!("{BASE}/{}", "a".repeat(LONGEST_GET));
        let Some(Query::PostedSearch { url, form }) = query(&long, Key::Lvef.template(), "p1") else { panic!() };
        assert_eq!(url.as_str(), format!("{long}/Observation/_search"));
        assert!(form.starts_with("patient=p1&code=http%3A%2F%2Floinc.org%7C10230-1%2C"), "{form}");
    }

    #[test]
    fn a_patient_whose_id_is_two_dots_is_never_asked_for() {
        for key in Key::ALL {
            assert!(query(BASE, key.template(), "..").is_none() && query(BASE, key.template(), ".").is_none());
            assert!(query(BASE, key.template(), "...").is_some());
        }
    }

    #[test]
    fn cdsh_r20_a_next_page_is_followed_below_the_registered_base() {
        for (link, followed) in [
            ("https://fhir.example.org:8443/r4?_getpages=1&x=%2F..%2F", "?_getpages=1&x=%2F..%2F"),
            ("https://fhir.example.org:8443/r4/?page=2", "/?page=2"),
            ("https://fhir.example.org:8443/r4/Observation?page=2", "/Observation?page=2"),
            ("https://FHIR.example.org:8443/r4/Observation?page=2", "/Observation?page=2"),
            ("Observation?page=2", "/Observation?page=2"),
            ("/r4/Observation?page=2", "/Observation?page=2"),
        ] {
            assert_eq!(url(next_page(BASE, link)), Some(format!("{BASE}{followed}")), "{link}");
        }
    }
}
