//! Clients that nobody could be told from others by do not start the service.

use std::path::Path;

use crate::site::herald;

/// What `herald serve` says to this configuration: its exit code and its lines.
fn start(folder: &Path, config: &str) -> (Option<i32>, String) {
    let file = folder.join("herald.toml");
    std::fs::write(&file, config).unwrap();
    let data = folder.join("data");
    let output = herald("serve")
        .args(["--listen", "127.0.0.1:0", "--config"])
        .arg(file)
        .arg("--data-dir")
        .arg(&data)
        .env("HERALD_ALLOW_UNSIGNED_RULES", "true")
        .output()
        .unwrap();
    assert!(output.stdout.is_empty() && !data.exists(), "nothing was begun");
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

const WHOLE: &str = "public_base = 'https://cds.example.org'\n[[client]]\nname = 'main-ehr'\ntenant = 'north'\n\
                     issuer = 'https://ehr.example.org'\njwks = 'keys.json'\nalgorithms = ['ES384']\n";

#[test]
fn an_unsafe_client_ends_it_with_one_line_that_names_the_setting_and_status_2() {
    let folder = tempfile::tempdir().unwrap();
    let keys = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    keys("keys.json", r#"{"keys":[{"kty":"oct","kid":"a","k":"AAAA"}]}"#);
    keys("none.json", "{}");
    for (of, to, told) in [
        ("public_base = 'https://cds.example.org'\n", "", "public_base: with a [[client]] it must be set"),
        ("issuer = 'https://ehr.example.org'\n", "", "client `main-ehr`: issuer is missing"),
        ("jwks = 'keys.json'\n", "", "client `main-ehr`: jwks is missing"),
        ("keys.json", "absent.json", "client `main-ehr`: jwks: "),
        ("keys.json", "keys.json", "client `main-ehr`: jwks: it holds no key that may verify tokens"),
        ("keys.json", "none.json", "client `main-ehr`: jwks: it is not a JSON object with an array `keys`"),
        ("['ES384']", "['HS256']", "algorithms: `HS256` is not allowed"),
        ("['ES384']", "['none']", "algorithms: `none` is not allowed"),
        ("keys.json", "http://ehr.example.org/k", "jwks: must begin with https://"),
        ("keys.json", "https://10.1.2.3/k", "jwks: names this machine or a private network"),
        ("keys.json", "https://169.254.169.254/k", "jwks: names this machine or a private network"),
        ("keys.json", "https://localhost/k", "jwks: names this machine or a private network"),
    ] {
        let config = WHOLE.replacen(of, to, 1);
        let (code, said) = start(folder.path(), &config);
        assert_eq!(code, Some(2), "{config}{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains(told), "{said}");
    }
}

#[test]
fn all_faults_of_all_clients_are_told_in_that_line() {
    let folder = tempfile::tempdir().unwrap();
    let (code, said) = start(folder.path(), "[[client]]\nname = 'a'\n[[client]]\nname = 'b'\nprofile = 'x'\n");
    assert_eq!((code, said.lines().count()), (Some(2), 1), "{said}");
    for told in [
        "client `a`: tenant is missing",
        "client `a`: algorithms is missing",
        "client `b`: issuer is missing",
        "client `b`: profile: `x`",
    ] {
        assert!(said.contains(told), "{said}");
    }
}
