//! One test for each row of the table of refusals.

use crate::certificates::Root;
use crate::site::{
    Running, SafeDatabase, Site, herald, on_a_runtime, plain, quoted, refusal, run, set_mode, to_server_of,
    write_secret,
};

#[test]
fn row_1_nobody_listens_to_other_machines_without_authentication() {
    let site = Site::new();
    let refused = site.configured(&[], &[&site.tls()]).refused(&[]);
    assert!(refused.contains("listen:") && refused.contains("[[client]]"), "{refused}");
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8080"] {
        let refused = refusal(&herald(&[]).args(["serve", "--listen", address, "--behind-proxy"]).output().unwrap());
        assert!(refused.contains("[[client]]"), "{refused}");
    }
}

#[test]
fn row_2_nobody_listens_to_other_machines_without_tls_or_a_proxy() {
    let site = Site::new();
    let refused = site.configured(&[], &[&site.client()]).refused(&[]);
    assert!(refused.contains("[tls]") && refused.contains("behind_proxy"), "{refused}");
    let refused = site.refused(&[("HERALD_BEHIND_PROXY", "yes")]);
    assert!(refused.contains("HERALD_BEHIND_PROXY"), "{refused}");
}

#[test]
fn row_3_authentication_needs_the_public_base_that_tokens_are_made_for() {
    let site = Site::new();
    let refused = site.configured(&[("public_base", "")], &[&site.tls(), &site.client()]).refused(&[]);
    assert!(refused.contains("public_base"), "{refused}");
}

#[test]
fn row_4_the_public_base_is_https() {
    let site = Site::new();
    for base in
        ["\"http://cds.example.org\"", "\"https://\"", "\"http://localhost.example.org\"", "\"cds.example.org\""]
    {
        let refused = site.configured(&[("public_base", base)], &[&site.tls(), &site.client()]).refused(&[]);
        assert!(refused.contains("public_base: must begin with https://"), "{refused}");
    }
}

#[test]
fn row_7_no_page_is_let_in_by_a_star_or_null() {
    let site = Site::new();
    for origin in ["*", "null", "https://*.example.org", "http://ehr.example.org"] {
        let cors = format!("[cors]\norigins = [\"{origin}\"]\n");
        let refused = site.configured(&[], &[&site.tls(), &cors, &site.client()]).refused(&[]);
        assert!(refused.contains("cors.origins") && refused.contains(origin), "{refused}");
    }
}

/// With clients and everything else right; only the database is wrong.
fn with_database(url: &str) -> String {
    let site = Site::new();
    site.configured(&[], &[&site.tls(), &site.client()]).refused(&[("DATABASE_URL", url)])
}

#[test]
fn row_8_a_database_role_that_may_do_everything_or_owns_the_tables_or_bypasses_row_security_is_refused() {
    on_a_runtime(async {
        let safe = SafeDatabase::fresh().await;
        let refused = with_database(&safe.database.url);
        assert!(refused.contains("DATABASE_URL: the role herald is superuser"), "{refused}");
        let role = safe.url.split("//").nth(1).unwrap().split('@').next().unwrap();
        let mut owner = safe.database.connection().await;
        run(&mut owner, &format!("ALTER ROLE {role} BYPASSRLS")).await;
        let refused = with_database(&safe.url);
        assert!(refused.contains("bypasses row level security"), "{refused}");
        run(&mut owner, &format!("ALTER ROLE {role} NOBYPASSRLS; ALTER TABLE decision OWNER TO {role}")).await;
        let refused = with_database(&safe.url);
        assert!(refused.contains("owns tables of the record"), "{refused}");
    });
}

#[test]
fn row_8_in_the_loopback_mode_such_a_role_is_only_warned_of() {
    on_a_runtime(async {
        let database = SafeDatabase::fresh().await.database;
        let site = Site::new();
        std::fs::write(site.path("herald.toml"), format!("data_dir = {}\n", quoted(site.path("data")))).unwrap();
        let mut command = site.serve(&[("DATABASE_URL", &database.url)]);
        let running = Running::start({
            command.args(["--listen", "127.0.0.1:0"]);
            command
        });
        assert!(plain(running.address, "/livez", "").starts_with("HTTP/1.1 200"));
        let kill = format!("kill -TERM {}", running.child.id());
        assert!(std::process::Command::new("sh").arg("-c").arg(kill).status().unwrap().success());
        let (code, said) = running.ended();
        assert_eq!(code, Some(0));
        assert!(said.contains("the role herald is superuser"), "{said}");
    });
}

#[test]
fn row_8_a_database_that_comes_later_and_is_unsafe_ends_the_service() {
    on_a_runtime(async {
        let database = SafeDatabase::fresh().await.database;
        let later = database.url.replace("/test_", "/later_");
        assert_ne!(later, database.url);
        let site = Site::new();
        site.configured(&[], &[&site.tls(), &site.client()]);
        let running = Running::start(site.serve(&[("DATABASE_URL", &later)]));
        let name = later.rsplit_once('/').unwrap().1.split('?').next().unwrap();
        run(&mut to_server_of(&database.url).await, &format!("CREATE DATABASE {name}")).await;
        let (code, said) = running.ended();
        assert_eq!(code, Some(2), "{said}");
        assert!(said.lines().last().unwrap().contains("DATABASE_URL: the role herald is superuser"), "{said}");
    });
}

#[test]
fn row_9_a_database_that_may_lose_what_it_acknowledged_is_refused() {
    on_a_runtime(async {
        let safe = SafeDatabase::fresh().await;
        let name = safe.url.rsplit_once('/').unwrap().1.split('?').next().unwrap().to_owned();
        let mut owner = safe.database.connection().await;
        run(&mut owner, &format!("ALTER DATABASE {name} SET synchronous_commit = off")).await;
        let refused = with_database(&safe.url);
        assert!(refused.contains("DATABASE_URL: synchronous_commit is off"), "{refused}");
    });
}

#[test]
fn row_10_a_short_or_made_up_key_of_the_pseudonyms_is_refused() {
    let site = Site::new();
    site.configured(&[], &[&site.tls(), &site.client()]);
    let counting: String = (0..32).map(|byte| format!("{byte:02x}")).collect();
    for key in ["", "5f0e1d2c3b4a5968", &"00".repeat(32), &"ab".repeat(32), &counting, "change-me"] {
        write_secret(&site.path("shared.key"), key);
        let refused = site.refused(&[]);
        assert!(refused.contains("pseudonym") && refused.contains("shared.key"), "{refused}");
    }
    std::fs::remove_file(site.path("shared.key")).unwrap();
    assert!(site.refused(&[]).contains("shared.key"), "a key of a site is never made");
    assert!(!site.path("data").exists(), "nothing was begun");
}

#[test]
fn row_11_a_secret_that_others_can_read_is_refused() {
    let site = Site::new();
    site.configured(&[], &[&site.tls(), &site.client()]);
    for mode in [0o644, 0o640, 0o604] {
        set_mode(&site.path("shared.key"), mode);
        let refused = site.refused(&[]);
        assert!(refused.contains("shared.key can be read by others"), "{refused}");
        set_mode(&site.path("shared.key"), 0o600);
        set_mode(&site.tls.key, mode);
        let refused = site.refused(&[]);
        assert!(refused.contains("tls.key") && refused.contains("can be read by others"), "{refused}");
        set_mode(&site.tls.key, 0o600);
    }
    let data = site.path("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("pseudonym.key"), "5f0e1d2c3b4a59687786950a1b2c3d4e5f60718293a4b5c6d7e8f90011223344")
        .unwrap();
    set_mode(&data.join("pseudonym.key"), 0o644);
    let refused =
        refusal(&herald(&[]).args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(&data).output().unwrap());
    assert!(refused.contains("pseudonym.key can be read by others"), "in the loopback mode as well: {refused}");
}

#[test]
fn row_12_metrics_are_refused_on_the_listener_of_the_service() {
    let site = Site::new();
    site.configured(&[("listen", "\"127.0.0.1:18080\"")], &[&site.tls(), &site.client()]);
    for same in ["127.0.0.1:18080", "0.0.0.0:18080"] {
        let refused = site.refused(&[("HERALD_METRICS_LISTEN", same)]);
        assert!(refused.contains("metrics_listen:"), "{refused}");
    }
}

#[test]
fn row_13_unsigned_rules_are_refused_unless_the_site_says_otherwise() {
    let site = Site::new();
    let refused = site.configured(&[("allow_unsigned_rules", "")], &[&site.tls(), &site.client()]).refused(&[]);
    assert!(refused.contains("breast-asco-cap-2018.toml") && refused.contains("allow_unsigned_rules"), "{refused}");
}

#[test]
fn row_14_a_data_directory_that_others_can_write_to_or_the_service_cannot_is_refused() {
    let site = Site::new();
    std::fs::create_dir(site.path("data")).unwrap();
    site.configured(&[], &[&site.tls(), &site.client()]);
    for mode in [0o777, 0o757, 0o775] {
        set_mode(&site.path("data"), mode);
        let refused = site.refused(&[]);
        assert!(refused.contains("data_dir:") && refused.contains("writable by others"), "{refused}");
    }
    std::fs::write(site.path("file"), "").unwrap();
    for place in [site.path("file"), site.path("file/data"), "/proc/herald".into()] {
        let refused = site.configured(&[("data_dir", &quoted(&place))], &[&site.tls(), &site.client()]).refused(&[]);
        assert!(refused.contains("data_dir:") && refused.contains("not writable by the service"), "{refused}");
    }
}

#[test]
fn certificates_that_are_missing_or_of_another_pair_are_refused() {
    let site = Site::new();
    let other = Root::new().pair(site.directory.path(), "other.example.org", 2099);
    let tls = |certificate: &str, key: &str, more: &str| {
        let tls = format!("[tls]\ncertificate = \"{certificate}\"\nkey = \"{key}\"\n{more}");
        site.configured(&[], &[&tls, &site.client()]).refused(&[])
    };
    let (certificate, key) = (site.tls.certificate.to_str().unwrap(), site.tls.key.to_str().unwrap());
    assert!(tls("/nowhere.pem", key, "").contains("tls.certificate"));
    assert!(tls(certificate, "/nowhere.key", "").contains("tls.key"));
    assert!(tls(certificate, other.key.to_str().unwrap(), "").contains("tls: certificate and key"));
    assert!(tls(key, key, "").contains("tls.certificate"));
    assert!(tls(certificate, key, "client_ca = \"/nowhere.pem\"\n").contains("tls.client_ca"));
}

#[test]
fn a_log_that_would_be_silent_for_a_word_that_is_no_level_is_refused() {
    let site = Site::new();
    site.configured(&[], &[&site.tls(), &site.client()]);
    for word in ["verbose", "nonsense", "info,herald=loud"] {
        let refused = site.refused(&[("HERALD_LOG", word)]);
        assert!(refused.contains("HERALD_LOG: `") && refused.contains("no level"), "{refused}");
    }
    let refused = site.refused(&[("HERALD_LOG_FORMAT", "xml")]);
    assert!(refused.contains("HERALD_LOG_FORMAT: `xml`"), "{refused}");
}

#[test]
fn an_address_of_the_database_that_cannot_be_used_is_refused_and_never_printed() {
    for address in ["garbage-s3cret", "mysql://u:s3cret@host/db", "postgres://u:s3cret@host:port/db"] {
        for refused in
            [with_database(address), refusal(&herald(&[("DATABASE_URL", address)]).arg("migrate").output().unwrap())]
        {
            assert!(refused.contains("the address of the database cannot be used"), "{refused}");
            assert!(!refused.contains("s3cret"), "{refused}");
        }
    }
    let unset = [("HERALD_OWNER_DATABASE_URL", ""), ("DATABASE_URL", "")];
    let refused = refusal(&herald(&unset).arg("migrate").output().unwrap());
    assert!(refused.contains("set HERALD_OWNER_DATABASE_URL"), "an empty variable is none: {refused}");
}

#[test]
fn all_that_is_wrong_is_told_at_once_and_in_one_line() {
    let site = Site::new();
    let cors = "[cors]\norigins = [\"*\"]\n";
    let refused = site.configured(&[("public_base", "\"http://x\"")], &[cors]).refused(&[("HERALD_BEHIND_PROXY", "1")]);
    for setting in ["listen:", "[tls]", "public_base:", "cors.origins:", "HERALD_BEHIND_PROXY:"] {
        assert!(refused.contains(setting), "{setting} in {refused}");
    }
}
