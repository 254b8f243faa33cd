//! Which pages in a browser may call the service (rule 58).

use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ALLOW, HeaderMap,
    HeaderValue, ORIGIN, VARY,
};

/// What a page may see of a reply beside its body.
const EXPOSED: HeaderValue = HeaderValue::from_static("X-Decision-Record, Idempotent-Replay, Retry-After");
const ASKED: HeaderValue = HeaderValue::from_static("authorization, content-type");

/// What the request asks of CORS, kept until its reply is there.
pub(super) struct Asked {
    origin: Option<HeaderValue>,
    is_preflight: bool,
}

/// Which pages may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pages {
    /// None: where clients have tokens, no page in a browser holds one.
    None,
    /// Those of this machine, in the loopback mode, so that a sandbox in a browser works at once; no others, and never `null`.
    OfThisMachine,
}

impl Asked {
    pub(super) fn of(method: &Method, headers: &HeaderMap, pages: Pages) -> Self {
        let may_call = |origin: &&HeaderValue| match pages {
            Pages::None => false,
            Pages::OfThisMachine => origin.to_str().is_ok_and(is_of_this_machine),
        };
        let origin = headers.get(ORIGIN).filter(may_call);
        let is_preflight = *method == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        Self { origin: origin.cloned(), is_preflight }
    }

    /// Adds the headers to a reply, whatever its status. A preflight may use the methods that the address allows.
    pub(super) fn answer(self, headers: &mut HeaderMap) {
        headers.append(VARY, HeaderValue::from_static("Origin"));
        let Some(origin) = self.origin else { return };
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        if let (true, Some(methods)) = (self.is_preflight, headers.get(ALLOW).cloned()) {
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, ASKED);
            headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        }
    }
}

/// `http://localhost` or `http://127.0.0.1`, with or without a port.
fn is_of_this_machine(origin: &str) -> bool {
    ["http://localhost", "http://127.0.0.1"].iter().filter_map(|host| origin.strip_prefix(host)).any(|rest| {
        rest.is_empty()
            || rest
                .strip_prefix(':')
                .is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cdsh_r58_only_pages_of_this_machine_are_named() {
        for good in ["http://localhost", "http://localhost:3000", "http://127.0.0.1:8080", "http://127.0.0.1"] {
            assert!(is_of_this_machine(good), "{good}");
        }
        for bad in [
            "null",
            "",
            "*",
            "https://localhost",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "http://localhost:",
            "http://localhost:80x",
            "http://localhost:99999",
            "http://localhost:+1",
            "http://localhost@evil.example",
            "http://evil.example",
        ] {
            assert!(!is_of_this_machine(bad), "{bad}");
        }
    }
}
