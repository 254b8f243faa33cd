//! Set-ups that are right, and what a client meets there.

use rustls::version::{TLS12, TLS13};

use crate::certificates::Root;
use crate::site::{Running, SafeDatabase, Site, on_a_runtime, over_tls, plain, quoted};

#[test]
fn with_everything_right_the_service_answers_other_machines_over_tls() {
    on_a_runtime(async {
        let safe = SafeDatabase::fresh().await;
        let site = Site::new();
        site.configured(&[], &[&site.tls(), &site.client()]);
        let running =
            Running::start(site.serve(&[("DATABASE_URL", &safe.url), ("HERALD_METRICS_LISTEN", "127.0.0.1:0")]));
        assert!(running.url.starts_with("https://0.0.0.0:"), "{}", running.url);
        for version in [&TLS12, &TLS13] {
            let reply = over_tls(running.address, &site.root, None, &[version]).unwrap();
            assert!(reply.starts_with("HTTP/1.1 200") && reply.ends_with("alive"), "{reply}");
        }
        assert!(
            over_tls(running.address, &Root::new(), None, &[&TLS13]).is_err(),
            "its certificate is of its own root"
        );
    });
}

#[test]
fn behind_a_proxy_the_service_answers_without_tls() {
    on_a_runtime(async {
        let safe = SafeDatabase::fresh().await;
        let site = Site::new();
        site.configured(&[], &[&site.client()]);
        let mut by_flag = site.serve(&[("DATABASE_URL", &safe.url)]);
        by_flag.arg("--behind-proxy");
        for command in [by_flag, site.serve(&[("DATABASE_URL", &safe.url), ("HERALD_BEHIND_PROXY", "true")])] {
            let running = Running::start(command);
            assert!(running.url.starts_with("http://0.0.0.0:"), "{}", running.url);
            assert!(plain(running.address, "/livez", "").starts_with("HTTP/1.1 200"));
        }
    });
}

#[test]
fn with_a_client_ca_only_clients_with_its_certificate_get_an_answer() {
    let site = Site::new();
    let clients = Root::new();
    std::fs::write(site.path("clients.pem"), clients.pem()).unwrap();
    let tls = format!("{}client_ca = {}\n", site.tls(), quoted(site.path("clients.pem")));
    site.configured(&[], &[&tls, &site.client()]);
    let running =
        Running::start(site.serve(&[("DATABASE_URL", "postgres://herald@localhost/herald?host=%2Fnonexistent")]));
    let ours = clients.pair(site.directory.path(), "ehr.example.org", 2099);
    let expired = clients.pair(site.directory.path(), "ehr.example.org", 2020);
    let foreign = Root::new().pair(site.directory.path(), "foreign.example.org", 2099);
    for version in [&TLS12, &TLS13] {
        let answered = |pair| over_tls(running.address, &site.root, pair, &[version]);
        assert!(answered(Some(&ours)).unwrap().starts_with("HTTP/1.1 200"));
        for stranger in [None, Some(&expired), Some(&foreign)] {
            assert!(answered(stranger).is_err());
        }
    }
}

#[test]
fn cdsh_r58_with_clients_only_configured_pages_are_named() {
    let site = Site::new();
    let cors = "[cors]\norigins = [\"https://ehr.example.org\"]\n";
    site.configured(&[("listen", "\"127.0.0.1:0\"")], &[cors, &site.client()]);
    let running =
        Running::start(site.serve(&[("DATABASE_URL", "postgres://herald@localhost/herald?host=%2Fnonexistent")]));
    let named = |origin: &str| {
        let reply = plain(running.address, "/livez", &format!("Origin: {origin}\r\n")).to_ascii_lowercase();
        assert!(reply.contains("vary: origin"), "{reply}");
        assert!(!reply.contains("access-control-allow-credentials"), "{reply}");
        reply.contains(&format!("access-control-allow-origin: {origin}\r\n"))
    };
    assert!(named("https://ehr.example.org"));
    for other in ["http://localhost:3000", "http://127.0.0.1", "https://ehr.example.org.evil.example", "null", "*"] {
        assert!(!named(other), "{other}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_crash_of_the_service_leaves_no_core_file() {
    let site = Site::new();
    site.configured(&[("listen", "\"127.0.0.1:0\"")], &[&site.client()]);
    let running =
        Running::start(site.serve(&[("DATABASE_URL", "postgres://herald@localhost/herald?host=%2Fnonexistent")]));
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", running.child.id())).unwrap();
    let of_core_files = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    let sizes: Vec<&str> = of_core_files.split_whitespace().skip(4).collect();
    assert_eq!(sizes, ["0", "0", "bytes"], "{of_core_files}");
}

#[test]
fn a_first_start_with_clients_warns_of_nothing_that_its_new_database_does_not_have_yet() {
    let site = Site::new();
    site.configured(&[("listen", "\"127.0.0.1:0\"")], &[&site.client()]);
    let running = Running::start(site.serve(&[]));
    let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !plain(running.address, "/health", "").contains("\"status\":\"ok\"") {
        assert!(std::time::Instant::now() < until, "the private cluster does not come");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let stop = format!("kill -TERM {}", running.child.id());
    assert!(std::process::Command::new("sh").args(["-c", &stop]).status().unwrap().success());
    let (code, said) = running.ended();
    assert!(code == Some(0) && said.contains("stopped") && !said.contains("could not"), "{said}");
}
