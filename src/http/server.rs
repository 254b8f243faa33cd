//! The server: bind, serve, stop gracefully.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::web::Data;
use actix_web::{App, HttpServer, middleware};

use super::addresses::listed;
use super::answer::Desk;
use super::crowd::Crowd;
use super::edge::edge;
use super::health::{Condition, Health};
use super::knowledge_pages::Interface;
use super::peer::remember_peer;
use super::routes::{DiscoveryDocument, routes};
use super::tls::Tls;
use crate::config::{Mode, Origins};
use crate::metrics::{Pulse, Pulses};
use crate::openapi;

/// How much a client may send, and how long it may take. The default is what the contract of the service promises.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of a body.
    pub body_bytes: usize,
    /// Time for a whole body, from its first to its last byte.
    pub body_time: Duration,
    /// Time for the headers.
    pub header_time: Duration,
    /// Time for which a client may read nothing of a reply that is waiting for it.
    pub read_time: Duration,
    /// Time that requests in flight get when the service stops.
    pub stop_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 4 << 20,
            body_time: Duration::from_secs(10),
            header_time: Duration::from_secs(5),
            read_time: Duration::from_secs(10),
            stop_time: Duration::from_secs(20),
        }
    }
}

/// Who may come in, and how.
#[derive(Debug, Clone)]
pub struct Door {
    /// The service ends TLS itself.
    pub tls: Option<Tls>,
    /// Pages in browsers that may read replies.
    pub origins: Origins,
    /// How many requests may be in the house at once.
    pub crowd: Crowd,
}

impl Door {
    /// The door of the loopback mode.
    #[must_use]
    pub fn loopback() -> Self {
        Self { tls: None, origins: Origins::of(Mode::Loopback), crowd: Crowd::unlimited() }
    }
}

/// The address of this server, as the start page prints it.
pub(super) struct Address(pub String);

/// A server that listens; it serves while [`Server::run`] is awaited.
pub struct Server {
    address: SocketAddr,
    scheme: &'static str,
    running: actix_web::dev::Server,
    health: Arc<Health>,
}

impl Server {
    /// The address it listens on; where port 0 was asked for, the port it got.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address as a browser takes it, `http://…` or `https://…`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Serves until `stop` resolves; then says "not ready", accepts nothing more and finishes what is in flight.
    ///
    /// # Errors
    /// If the event loop cannot go on.
    pub async fn run(self, stop: impl Future<Output = ()>) -> io::Result<()> {
        let handle = self.running.handle();
        let ending = async {
            stop.await;
            self.health.set(Condition::Draining);
            handle.stop(true).await;
            // `run` ends with the server; this side never wins.
            std::future::pending::<()>().await;
        };
        tokio::select! {
            ended = self.running => ended,
            () = ending => Ok(()),
        }
    }
}

/// More threads than this would gain nothing: the database takes what fewer of them decide, and each holds connections.
const MOST_WORKERS: usize = 8;

/// Binds the server to `listener`, with one worker for each core, and lets each worker make its own `desk`. `discovery` is
/// the document of `GET /cds-services`. The caller has made sure that whoever reaches the address may come in.
///
/// # Errors
/// If the listener cannot be used.
pub fn start(
    listener: TcpListener,
    health: Arc<Health>,
    limits: Limits,
    door: Door,
    discovery: String,
    desk: impl Fn() -> Desk + Clone + Send + 'static,
) -> io::Result<Server> {
    let address = listener.local_addr()?;
    let Door { tls, origins, crowd } = door;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let discovery = Data::new(DiscoveryDocument::new(discovery));
    let interface = Data::new(Interface::of(&openapi::document(&listed())));
    let state = Data::from(health.clone());
    let bounds = Data::new(limits);
    let shown = Data::new(Address(format!("{scheme}://{address}")));
    let (origins, crowd) = (Data::new(origins), Data::new(crowd));
    cut_those_who_do_not_read(&listener, limits.read_time)?;

    let server = HttpServer::new(move || {
        let desk = desk();
        // Made once for each event loop, and on its own thread.
        actix_web::rt::spawn(beat(desk.metrics.event_loops.join(Instant::now())));
        App::new()
            .wrap(middleware::from_fn(edge))
            .app_data(discovery.clone())
            .app_data(interface.clone())
            .app_data(state.clone())
            .app_data(bounds.clone())
            .app_data(origins.clone())
            .app_data(crowd.clone())
            .app_data(Data::new(desk))
            .app_data(shown.clone())
            .configure(routes)
    })
    .workers(std::thread::available_parallelism().map_or(1, usize::from).min(MOST_WORKERS))
    .client_request_timeout(limits.header_time)
    // Time to read on after an early refusal, so that the client sees the reply and not a reset.
    .client_disconnect_timeout(Duration::from_secs(1))
    .keep_alive(Duration::from_secs(75))
    .shutdown_timeout(limits.stop_time.as_secs())
    .disable_signals();
    let server = match tls {
        None => server.listen(listener)?,
        Some(tls) => {
            let server = server.on_connect(remember_peer).tls_handshake_timeout(limits.header_time);
            server.listen_rustls_0_23(listener, tls.into_config())?
        }
    };
    Ok(Server { address, scheme, running: server.run(), health })
}

/// actix has no limit for writing: a client that never reads its reply would hold it for ever. The system ends a connection
/// on which nothing was taken for so long; connections inherit it from their listener.
#[cfg(target_os = "linux")]
fn cut_those_who_do_not_read(listener: &TcpListener, limit: Duration) -> io::Result<()> {
    let limit = u32::try_from(limit.as_millis()).unwrap_or(u32::MAX);
    Ok(rustix::net::sockopt::set_tcp_user_timeout(listener, limit)?)
}

/// Other systems have no such limit: there a proxy has to have it.
#[cfg(not(target_os = "linux"))]
fn cut_those_who_do_not_read(_: &TcpListener, _: Duration) -> io::Result<()> {
    Ok(())
}

/// Shows that this event loop turns, for as long as it does.
async fn beat(pulse: Pulse) {
    let mut tick = actix_web::rt::time::interval(Pulses::EVERY);
    loop {
        tick.tick().await;
        pulse.beat(Instant::now());
    }
}
