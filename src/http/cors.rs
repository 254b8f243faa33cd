//! Which pages in a browser may call the service (rule 58).

use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ALLOW, HeaderMap,
    HeaderValue, ORIGIN, VARY,
};

use crate::config::Origins;

/// What a page may see of a reply beside its body.
const EXPOSED: HeaderValue = HeaderValue::from_static("X-Decision-Record, Idempotent-Replay, Retry-After");
const ASKED: HeaderValue = HeaderValue::from_static("authorization, content-type");

/// What the request asks of CORS, kept until its reply is there.
pub(super) struct Asked {
    origin: Option<HeaderValue>,
    is_preflight: bool,
}

impl Asked {
    /// An origin is named where `origins` allow it. What is no text, or `null`, is nobody's.
    pub(super) fn of(method: &Method, headers: &HeaderMap, origins: &Origins) -> Self {
        let origin = headers.get(ORIGIN).filter(|origin| origin.to_str().is_ok_and(|origin| origins.allow(origin)));
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
