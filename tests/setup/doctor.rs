//! `herald doctor`: the same matrix as a list, and the strict check of one resource.

use std::io::Write;
use std::process::Stdio;

use crate::site::{SafeDatabase, Site, herald, on_a_runtime, quoted, set_mode};

/// Exit status and lines of the doctor on this site.
fn doctor(site: &Site, variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let output = herald(variables).arg("doctor").arg("--config").arg(site.path("herald.toml")).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

/// The line about this, if there is one.
fn line<'a>(said: &'a str, about: &str) -> Option<&'a str> {
    said.lines().find(|line| line.get(6..).is_some_and(|rest| rest.starts_with(about)))
}

#[test]
fn a_machine_without_any_configuration_is_told_what_it_has_and_nothing_is_bad() {
    let site = Site::new();
    std::fs::write(site.path("herald.toml"), format!("data_dir = {}\n", quoted(site.path("data")))).unwrap();
    let (code, said) = doctor(&site, &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(line(&said, "access").unwrap().contains("loopback mode"), "{said}");
    assert!(line(&said, "rules").unwrap().starts_with("warn"), "{said}");
    assert!(line(&said, "postgresql").unwrap().starts_with("ok"), "{said}");
    assert!(line(&said, "disk").is_some(), "{said}");
    assert!(!site.path("data").exists(), "the doctor makes nothing");
}

#[test]
fn what_keeps_the_service_from_starting_in_the_environment_is_told_by_the_doctor_too() {
    let site = Site::new();
    std::fs::write(site.path("herald.toml"), format!("data_dir = {}\n", quoted(site.path("data")))).unwrap();
    let (code, said) = doctor(&site, &[("HERALD_LOG", "verbose"), ("HERALD_LOG_FORMAT", "xml")]);
    assert_eq!(code, Some(1), "{said}");
    for told in ["HERALD_LOG: `verbose` is no level", "HERALD_LOG_FORMAT: `xml` is no form"] {
        assert!(said.contains(told), "{said}");
    }
    let (code, said) = doctor(&site, &[("DATABASE_URL", "garbage-s3cret"), ("HERALD_LOG", "")]);
    assert!(code == Some(1) && line(&said, "database").unwrap().contains("cannot be used"), "{said}");
    assert!(!said.contains("s3cret"), "{said}");
}

#[test]
fn a_site_with_everything_right_has_nothing_bad() {
    on_a_runtime(async {
        let safe = SafeDatabase::fresh().await;
        let site = Site::new();
        site.configured(&[], &[&site.tls(), &site.client()]);
        let (code, said) = doctor(&site, &[("DATABASE_URL", &safe.url)]);
        assert_eq!(code, Some(0), "{said}");
        assert!(line(&said, "rules").unwrap().contains("until these files are signed (herald rules sign)"), "{said}");
        assert!(line(&said, "client keys").unwrap().ends_with("main-ehr: 1 in its key set"), "{said}");
        for about in ["access", "client keys", "certificate", "pseudonym key", "database", "role", "schema"] {
            assert!(line(&said, about).unwrap().starts_with("ok"), "{about} in {said}");
        }
        assert!(line(&said, "certificate").unwrap().contains("2099-01-01"), "{said}");
    });
}

#[test]
fn everything_that_is_unsafe_about_a_site_has_a_line_of_its_own() {
    on_a_runtime(async {
        let database = SafeDatabase::fresh().await.database;
        let site = Site::new();
        let old = site.root.pair(site.directory.path(), "cds.example.org", 2020);
        let tls = format!("[tls]\ncertificate = {}\nkey = {}\n", quoted(&old.certificate), quoted(&old.key));
        site.configured(&[("allow_unsigned_rules", "")], &[&tls, &site.client()]);
        std::fs::create_dir(site.path("data")).unwrap();
        set_mode(&site.path("data"), 0o777);
        set_mode(&site.path("shared.key"), 0o644);
        let (code, said) = doctor(&site, &[("DATABASE_URL", &database.url)]);
        assert_eq!(code, Some(1), "{said}");
        for (about, words) in [
            ("rules", "not signed"),
            ("data directory", "writable by others"),
            ("pseudonym key", "can be read by others"),
            ("certificate", "it ended at 2020-01-01"),
            ("role", "is superuser"),
        ] {
            let line = line(&said, about).unwrap();
            assert!(line.starts_with("bad") && line.contains(words), "{line}");
        }
    });
}

#[test]
fn a_client_whose_keys_cannot_be_had_now_has_a_line() {
    let site = Site::new();
    let fetched = site.client().replace(&quoted(site.path("keys.json")), "\"https://keys.invalid/jwks.json\"");
    let listed = site.client().replace("main-ehr", "lab").replace("ehr.example", "lab.example");
    site.configured(&[], &[&site.tls(), &fetched, &listed]);
    std::fs::write(site.path("keys.json"), "{\"keys\":[]}").unwrap();
    let (_, said) = doctor(&site, &[]);
    let lines: Vec<&str> = said.lines().filter(|line| line.contains("client keys")).collect();
    assert!(lines[0].starts_with("warn") && lines[0].contains("main-ehr: jwks: the name of the server has no address"));
    assert!(lines[1].starts_with("bad") && lines[1].contains("lab: jwks: it holds no key that may verify tokens"));
}

#[test]
fn the_faults_of_a_configuration_are_listed_one_by_one() {
    let site = Site::new();
    site.configured(&[("public_base", "\"http://x\"")], &["[cors]\norigins = [\"null\"]\n"]);
    let (code, said) = doctor(&site, &[]);
    assert_eq!(code, Some(1), "{said}");
    assert_eq!(said.lines().filter(|line| line.starts_with("bad   configuration")).count(), 4, "{said}");
}

#[test]
fn a_database_that_does_not_answer_or_was_not_migrated_is_bad() {
    on_a_runtime(async {
        let safe = SafeDatabase::fresh().await;
        let site = Site::new();
        site.configured(&[], &[&site.tls(), &site.client()]);
        let (code, said) = doctor(&site, &[("DATABASE_URL", "postgres://herald@localhost/x?host=%2Fnonexistent")]);
        assert!(code == Some(1) && line(&said, "database").unwrap().starts_with("bad"), "{said}");
        let empty = safe.url.split('?').next().unwrap().rsplit_once('/').unwrap().0.to_owned();
        let empty = format!("{empty}/postgres?{}", safe.url.split_once('?').unwrap().1);
        let (code, said) = doctor(&site, &[("DATABASE_URL", &empty)]);
        assert_eq!(code, Some(1), "{said}");
        assert!(line(&said, "schema").unwrap().contains("herald migrate"), "{said}");
    });
}

#[test]
fn a_login_or_a_server_that_cannot_record_is_bad() {
    on_a_runtime(async {
        let safe = SafeDatabase::fresh().await;
        let site = Site::new();
        site.configured(&[], &[&site.tls(), &site.client()]);
        let of_login = |login: &str| {
            let url = safe.database.url.replace("//herald@", &format!("//{login}@"));
            doctor(&site, &[("DATABASE_URL", &url)])
        };
        let (_, said) = doctor(&site, &[("DATABASE_URL", &safe.url)]);
        assert!(line(&said, "recording").unwrap().starts_with("ok"), "{said}");
        safe.database
            .run(
                "CREATE ROLE without_roles LOGIN; CREATE ROLE only_reads LOGIN NOINHERIT IN ROLE herald_writer; \
                 ALTER ROLE only_reads SET default_transaction_read_only = on",
            )
            .await;
        for (login, words) in [("without_roles", "every decision would go to the spool"), ("only_reads", "read-only")] {
            let (code, said) = of_login(login);
            let line = line(&said, "recording").unwrap();
            assert!(code == Some(1) && line.starts_with("bad") && line.contains(words), "{login}: {said}");
        }
        safe.database.run("REVOKE INSERT ON decision FROM herald_writer").await;
        let (code, said) = doctor(&site, &[("DATABASE_URL", &safe.url)]);
        let line = line(&said, "recording").unwrap();
        assert!(code == Some(1) && line.contains("it may not INSERT into decision;"), "{said}");
    });
}

#[test]
fn a_key_that_was_there_and_is_missing_is_bad() {
    let site = Site::new();
    site.configured(&[("pseudonym_key_file", "")], &[&site.tls(), &site.client()]);
    std::fs::create_dir_all(site.path("data/keys")).unwrap();
    std::fs::create_dir_all(site.path("data/spool")).unwrap();
    std::fs::write(site.path("data/keys/sealing.key"), "").unwrap();
    std::fs::write(site.path("data/spool/0000000000000001.segment"), "x").unwrap();
    let (code, said) = doctor(&site, &[("DATABASE_URL", "postgres://herald@localhost/x?host=%2Fnonexistent")]);
    assert_eq!(code, Some(1), "{said}");
    for about in ["pseudonym key", "spool key"] {
        let line = line(&said, about).unwrap();
        assert!(line.starts_with("bad") && line.contains("is missing although"), "{said}");
    }
}

/// Exit status and words of `herald doctor registration` on this site.
fn registration(site: &Site, more: &[&str]) -> (Option<i32>, String) {
    let mut command = herald(&[]);
    command.args(["doctor", "registration"]).args(more).arg("--config").arg(site.path("herald.toml"));
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

#[test]
fn the_registration_sheet_is_for_the_only_client_and_of_several_one_has_to_be_named() {
    let site = Site::new();
    site.configured(&[], &[&site.tls(), &site.client(), "fhir_base = \"https://ehr.example.org/fhir\"\n"]);
    let (code, sheet) = registration(&site, &[]);
    assert_eq!(code, Some(0), "{sheet}");
    assert!(sheet.contains("For client `main-ehr` of tenant `north`"), "{sheet}");
    assert!(sheet.contains("Missing keys are fetched from `https://ehr.example.org/fhir`"), "{sheet}");
    assert_eq!(registration(&site, &["--client", "main-ehr"]), (Some(0), sheet));

    let second = site.client().replace("main-ehr", "lab").replace("ehr.example.org", "lab.example.org");
    site.configured(&[], &[&site.tls(), &site.client(), &second]);
    let (code, said) = registration(&site, &[]);
    assert_eq!((code, said.lines().count()), (Some(2), 1), "{said}");
    assert!(said.contains("name one of them with --client: main-ehr, lab"), "{said}");
    let (code, sheet) = registration(&site, &["--client", "lab"]);
    assert!(code == Some(0) && sheet.contains("For client `lab`"), "{sheet}");

    site.configured(&[("listen", "\"127.0.0.1:0\"")], &[]);
    let (code, sheet) = registration(&site, &[]);
    assert!(code == Some(0) && sheet.contains("none is configured yet"), "{sheet}");
}

/// Exit status and words of `herald doctor fhir` about this text.
fn checked(text: &str) -> (Option<i32>, String) {
    let mut child = herald(&[]).args(["doctor", "fhir"]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

const OBSERVATION: &str = r#"{"resourceType":"Observation","id":"o1","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"85319-2"}]},"valueCodeableConcept":{"coding":[{"system":"http://loinc.org","code":"LA11842-4"}]},"effectiveDateTime":"2026-10-12"}"#;

#[test]
fn a_valid_resource_is_said_to_be_valid_and_what_is_read_from_it_is_shown() {
    let (code, said) = checked(OBSERVATION);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("valid FHIR R4") && said.contains("IHC 2+"), "{said}");
}

#[test]
fn what_is_wrong_with_a_resource_is_told_and_what_herald_reads_all_the_same_is_shown() {
    for (wrong, words) in [
        (OBSERVATION.replace("\"final\"", "\"final\",\"colour\":\"red\""), "colour"),
        (OBSERVATION.replace("\"final\"", "\"final\",\"note\":[]"), "note: an empty array"),
        (
            OBSERVATION.replace("\"final\"", "\"final\",\"x\":[[1],{\"y\":[2]}]"),
            "bad   Observation.x: no element of Observation",
        ),
        (OBSERVATION.replace("2026-10-12", "12.10.2026"), "Observation.effectiveDateTime: not valid as dateTime"),
    ] {
        let (code, said) = checked(&wrong);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(words) && said.contains("IHC 2+"), "{said}");
    }
}

#[test]
fn every_fault_has_a_line_with_its_place_up_to_a_hundred() {
    let wrong = OBSERVATION.replace("\"status\":\"final\",", "").replace("\"code\":\"LA11842-4\"", "\"code\":5");
    let (code, said) = checked(&wrong);
    assert_eq!(code, Some(1), "{said}");
    for words in
        ["bad   Observation.status: required", "bad   Observation.valueCodeableConcept.coding[0].code: a number"]
    {
        assert!(said.lines().any(|line| line.starts_with(words)), "{words} in {said}");
    }
    let many = OBSERVATION.replace("\"final\"", &format!("\"final\",\"note\":[{}1]", "1,".repeat(150)));
    let (_, said) = checked(&many);
    assert_eq!(said.lines().filter(|line| line.starts_with("bad")).count(), 100, "{said}");
    assert!(said.contains("only the first 100 problems"), "{said}");
}

#[test]
fn what_cannot_be_read_at_all_is_one_line() {
    for text in
        ["", "{", "[]", "5", "{\"resourceType\":\"Observation\",\"id\":\"1\",\"id\":\"2\"}", &"[".repeat(100_000)]
    {
        let (code, said) = checked(text);
        assert_eq!(code, Some(2), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}
