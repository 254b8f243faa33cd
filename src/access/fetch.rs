//! Fetching a key set: from a file, or over https from an address that was looked up and looked at first: a public one, or one
//! of a network that the site has opened for this client.

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap};
use reqwest::{Client, ClientBuilder, Url, redirect};

use crate::config::{KeyServer, KeySource, authorities, may_be_contacted};

/// Largest answer. A hundred keys are a tenth of it.
const LARGEST: usize = 256 * 1024;
const CONNECT_TIME: Duration = Duration::from_secs(3);
const WHOLE_TIME: Duration = Duration::from_secs(5);

/// What came.
#[derive(Debug)]
pub(super) struct Fetched {
    pub bytes: Vec<u8>,
    /// How long it is good, by its owner's word.
    pub life: Option<Duration>,
}

/// Why nothing came. Holds no piece of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum FetchFault {
    #[error("the file cannot be read ({0})")]
    File(std::io::ErrorKind),
    #[error("the name of the server has no address")]
    NoAddress,
    #[error("the name of the server leads to this machine or a private network")]
    Inside,
    #[error("the file of jwks_ca cannot be read as certificates ({0})")]
    Authority(std::io::ErrorKind),
    #[error("no answer in time, or none at all")]
    NoAnswer,
    #[error("the answer has status {0}")]
    Status(u16),
    #[error("the answer is not application/json")]
    MediaType,
    #[error("the answer is larger than {LARGEST} bytes")]
    TooLarge,
}

/// The bytes of a key set.
pub(super) async fn fetch(source: KeySource) -> Result<Fetched, FetchFault> {
    match source {
        KeySource::File(path) => {
            let bytes = tokio::fs::read(path).await.map_err(|error| FetchFault::File(error.kind()))?;
            if bytes.len() > LARGEST { Err(FetchFault::TooLarge) } else { Ok(Fetched { bytes, life: None }) }
        }
        KeySource::Url(server) => {
            tokio::time::timeout(WHOLE_TIME, over_https(server)).await.map_err(|_| FetchFault::NoAnswer)?
        }
    }
}

/// Can the authority of this server be read? Asked at the start, since a fetch would only log it.
pub(super) fn check_authority(server: &KeyServer) -> Result<(), FetchFault> {
    trusting(Client::builder(), server).map(drop)
}

/// The connection goes to an address that was looked at; the name is not asked for again.
async fn over_https(server: KeyServer) -> Result<Fetched, FetchFault> {
    let addresses = addresses(&server).await?;
    let host = server.url.host_str().unwrap_or_default();
    let client = Client::builder().https_only(true).resolve_to_addrs(host, &addresses);
    exchange(trusting(client, &server)?, server.url).await
}

/// With the authority that the site named for this server alone, if it named one.
fn trusting(client: ClientBuilder, server: &KeyServer) -> Result<ClientBuilder, FetchFault> {
    match &server.ca {
        None => Ok(client),
        Some(file) => {
            let found = authorities(file).map_err(|error| FetchFault::Authority(error.kind()))?;
            Ok(client.tls_certs_only(found))
        }
    }
}

async fn addresses(server: &KeyServer) -> Result<Vec<SocketAddr>, FetchFault> {
    let host = server.url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let port = server.url.port_or_known_default().unwrap_or(443);
    let found = tokio::net::lookup_host((host, port)).await.map_err(|_| FetchFault::NoAddress)?;
    let found: Vec<SocketAddr> = found.collect();
    if found.is_empty() {
        return Err(FetchFault::NoAddress);
    }
    // One address inside that nobody opened is enough to distrust the name.
    let is_open = |address: &SocketAddr| may_be_contacted(address.ip(), &server.addresses);
    if found.iter().all(is_open) { Ok(found) } else { Err(FetchFault::Inside) }
}

/// One GET within the bounds. `client` says where it may go.
async fn exchange(client: ClientBuilder, url: Url) -> Result<Fetched, FetchFault> {
    let client = client.redirect(redirect::Policy::none()).no_proxy().connect_timeout(CONNECT_TIME).timeout(WHOLE_TIME);
    let client = client.build().map_err(|_| FetchFault::NoAnswer)?;
    let mut answer = client.get(url).send().await.map_err(|_| FetchFault::NoAnswer)?;
    if answer.status() != reqwest::StatusCode::OK {
        return Err(FetchFault::Status(answer.status().as_u16()));
    }
    if !is_json(answer.headers()) {
        return Err(FetchFault::MediaType);
    }
    let mut bytes = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|_| FetchFault::NoAnswer)? {
        if bytes.len() + piece.len() > LARGEST {
            return Err(FetchFault::TooLarge);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(Fetched { bytes, life: life(answer.headers()) })
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    ["application/json", "application/jwk-set+json"].iter().any(|json| essence.eq_ignore_ascii_case(json))
}

/// `max-age` of `Cache-Control`; nothing where it must not be kept.
fn life(headers: &HeaderMap) -> Option<Duration> {
    let said = headers.get(CACHE_CONTROL)?.to_str().ok()?;
    let directives: Vec<&str> = said.split(',').map(str::trim).collect();
    if directives.iter().any(|one| one.eq_ignore_ascii_case("no-store") || one.eq_ignore_ascii_case("no-cache")) {
        return None;
    }
    directives.iter().find_map(|one| one.strip_prefix("max-age=")?.parse().ok()).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Instant;

    use super::*;

    /// Answers every connection by `answer` and counts them.
    fn server(answer: impl Fn(TcpStream) + Send + 'static) -> (Url, Arc<AtomicUsize>) {
        crate::access::install_crypto();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap()).parse().unwrap();
        let count = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&count);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                counter.fetch_add(1, Ordering::SeqCst);
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut [0; 4096]);
                answer(stream);
            }
        });
        (url, count)
    }

    fn says(head: &'static str, body: String) -> (Url, Arc<AtomicUsize>) {
        server(move |mut stream| {
            let _ =
                write!(stream, "HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
        })
    }

    async fn get(url: Url) -> Result<Fetched, FetchFault> {
        exchange(Client::builder(), url).await
    }

    #[tokio::test]
    async fn a_key_set_comes_with_the_time_it_is_good() {
        let (url, _) =
            says("200 OK\r\nContent-Type: application/json\r\nCache-Control: public, max-age=600", "{}".into());
        let fetched = get(url).await.unwrap();
        assert_eq!((&fetched.bytes[..], fetched.life), (&b"{}"[..], Some(Duration::from_secs(600))));
        let (url, _) = says(
            "200 OK\r\nContent-Type: application/jwk-set+json; a=b\r\nCache-Control: no-store, max-age=9",
            "{}".into(),
        );
        assert_eq!(get(url).await.unwrap().life, None);
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let (trap, visits) = says("200 OK\r\nContent-Type: application/json", "{}".into());
        let location: &'static str = format!("302 Found\r\nLocation: {trap}").leak();
        let (url, _) = says(location, String::new());
        assert_eq!(get(url).await.unwrap_err(), FetchFault::Status(302));
        assert_eq!(visits.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn an_answer_of_a_megabyte_or_without_end_is_given_up() {
        let (url, _) = says("200 OK\r\nContent-Type: application/json", " ".repeat(1 << 20));
        assert_eq!(get(url).await.unwrap_err(), FetchFault::TooLarge);
        let (url, _) = server(|mut stream| {
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
            while stream.write_all(format!("1000\r\n{}\r\n", " ".repeat(4096)).as_bytes()).is_ok() {}
        });
        assert_eq!(get(url).await.unwrap_err(), FetchFault::TooLarge);
    }

    #[tokio::test]
    async fn a_slow_answer_is_given_up_after_five_seconds() {
        let (url, _) = server(|mut stream| {
            let _ =
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n");
            std::thread::sleep(Duration::from_secs(8));
        });
        let begun = Instant::now();
        assert_eq!(get(url).await.unwrap_err(), FetchFault::NoAnswer);
        assert!(begun.elapsed() < Duration::from_secs(7));
    }

    #[tokio::test]
    async fn what_is_no_json_or_no_answer_is_no_key_set() {
        let (url, _) = says("200 OK\r\nContent-Type: text/html", "<html>".into());
        assert_eq!(get(url).await.unwrap_err(), FetchFault::MediaType);
        let (url, _) = says("503 Service Unavailable\r\nContent-Type: application/json", "{}".into());
        assert_eq!(get(url).await.unwrap_err(), FetchFault::Status(503));
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_not_called() {
        let (trap, visits) = says("200 OK\r\nContent-Type: application/json", "{}".into());
        for host in ["localhost", "127.0.0.1", "[::1]", "0.0.0.0"] {
            let url: Url = format!("https://{host}:{}/keys", trap.port().unwrap()).parse().unwrap();
            for opened in [vec![], vec!["10.0.0.0/8".parse().unwrap()]] {
                let server = KeyServer { url: url.clone(), ca: None, addresses: opened };
                let fault = fetch(KeySource::Url(server)).await.unwrap_err();
                assert_eq!(fault, FetchFault::Inside, "{host}");
            }
        }
        assert_eq!(visits.load(Ordering::SeqCst), 0);
    }
}
