//! TLS on our own port, with certificates that a real openssl makes and looks at.

use std::path::Path;
use std::process::Command;

use crate::house::*;

fn openssl(folder: &Path, arguments: &str) -> String {
    let mut command = Command::new("openssl");
    let output = command.args(arguments.split(' ')).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A certificate of our authority, under this name and serial number, and its key.
fn issue(folder: &Path, name: &str, serial: u32) {
    openssl(folder, &format!("req -newkey rsa:2048 -nodes -keyout {name}.key -out {name}.csr -subj /CN=ecoparc"));
    std::fs::write(folder.join("names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
        .unwrap();
    openssl(
        folder,
        &format!(
            "x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -set_serial {serial} -days 2 -extfile names -out {name}.pem"
        ),
    );
}

/// Puts a certificate or a key where the daemon looks.
fn put(folder: &Path, from: &str, to: &str) {
    std::fs::copy(folder.join(from), folder.join("half")).unwrap();
    std::fs::rename(folder.join("half"), folder.join(to)).unwrap();
}

/// The serial number of the certificate that is shown, checked against our authority.
fn shown(folder: &Path, url: &str) -> u32 {
    let address = url.rsplit("//").next().unwrap();
    let script = format!(
        "openssl s_client -connect {address} -CAfile ca.pem -verify_return_error </dev/null 2>/dev/null \
         | openssl x509 -noout -serial"
    );
    let output = Command::new("bash").args(["-c", &script]).current_dir(folder).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let serial = text.trim().strip_prefix("serial=").unwrap_or_else(|| panic!("no certificate was shown: {text}"));
    u32::from_str_radix(serial, 16).unwrap()
}

/// What is agreed on with a client that takes this version alone, however weak.
fn protocol(url: &str, version: &str) -> String {
    let mut command = Command::new("openssl");
    command.args([
        "s_client",
        "-connect",
        url.rsplit("//").next().unwrap(),
        version,
        "-cipher",
        "DEFAULT@SECLEVEL=0",
    ]);
    let output = command.stdin(std::process::Stdio::null()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = told.lines().find(|line| line.starts_with("New, ")).expect(&told);
    line.trim_start_matches("New, ").split(',').next().unwrap().to_owned()
}

pub fn curl(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new("curl");
    let output = command.args(["-sS", "--noproxy", "*", "--cacert", "ca.pem"]).args(arguments).current_dir(folder);
    let output = output.output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

/// A certificate that nobody vouches for; gives what the configuration says of it.
pub fn self_signed(folder: &Path) -> &'static str {
    openssl(folder, "req -x509 -newkey rsa:2048 -nodes -keyout shown.key -out shown.pem -days 2 -subj /CN=ecoparc");
    "tls = { cert_file = \"shown.pem\", key_file = \"shown.key\" }\n"
}

const LISTEN: &str =
    "metrics_listen = \"127.0.0.1:PORT\"\ntls = { cert_file = \"shown.pem\", key_file = \"shown.key\" }\n";

fn certified() -> (Folder, Daemon, String) {
    let folder = Folder::new();
    let here = folder.0.clone();
    openssl(&here, "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=Essai");
    for serial in [1, 2, 3] {
        issue(&here, &format!("n{serial}"), serial);
    }
    put(&here, "n1.pem", "shown.pem");
    put(&here, "n1.key", "shown.key");
    folder.write("fleet.csv", "id;kind;serial\nA;laptop;SERIAL001\n");
    let free = free_port();
    let more = LISTEN.replace("PORT", &free.to_string()) + ADMIN_TOKEN + &table("fleet", "assets", "fleet.csv", "");
    let mut daemon = Daemon::start(&folder.configure(&more));
    // Two addresses are told, in any order.
    let metrics = format!("https://127.0.0.1:{free}");
    let other = daemon.wait_for_line("listening");
    if daemon.url == metrics {
        daemon.url = format!("https://{}", other.rsplit("address=").next().unwrap().trim());
    }
    daemon.collected();
    (folder, daemon, metrics)
}

#[test]
fn our_own_port_speaks_tls() {
    let (folder, daemon, metrics) = certified();
    let here = folder.0.as_path();
    let (_, page) = curl(here, &["-i", &daemon.url]);
    assert!(page.starts_with("HTTP/2 200"), "{page}");
    assert!(page.contains("strict-transport-security: max-age=31536000"), "{page}");
    let (_, old) = curl(here, &["-i", "--http1.1", &format!("{}/api/v1/indicators", daemon.url)]);
    assert!(old.starts_with("HTTP/1.1 200"), "{old}");
    let (_, scraped) = curl(here, &[&format!("{metrics}/metrics")]);
    assert!(scraped.contains("ecoparc_assets{"), "{scraped}");
    // On its own address, and nowhere else.
    assert!(curl(here, &["-i", &format!("{}/metrics", daemon.url)]).1.starts_with("HTTP/2 404"));
    assert!(curl(here, &["-i", &format!("{metrics}/api/v1/indicators")]).1.starts_with("HTTP/2 404"));
    // Nothing is told in clear, nor by an old TLS, nor to who knows another authority.
    assert!(!curl(here, &[&daemon.url.replace("https", "http")]).0);
    assert_eq!(protocol(&daemon.url, "-tls1_2"), "TLSv1.2");
    assert_eq!(protocol(&daemon.url, "-tls1_1"), "(NONE)");
    assert!(!curl(here, &["--cacert", "/etc/ssl/certs/ca-certificates.crt", &daemon.url]).0);
    // A session's cookie goes over TLS alone, on the loopback too.
    let (_, login) = curl(here, &["-i", "-d", "token=ecoparc_test_admin", &format!("{}/login", daemon.url)]);
    let cookie = login.lines().find(|line| line.starts_with("set-cookie: ecoparc_session=")).expect(&login);
    assert!(cookie.trim_end().ends_with("; Secure"), "{cookie}");
}

#[test]
fn a_renewed_certificate_is_shown_without_a_restart() {
    let (folder, mut daemon, _) = certified();
    let here = folder.0.as_path();
    assert_eq!(shown(here, &daemon.url), 1);
    // Renewed halfway: the key is of another certificate.
    put(here, "n2.key", "shown.key");
    daemon.wait_for_line("the old one stays in force");
    assert_eq!(shown(here, &daemon.url), 1);
    put(here, "n2.pem", "shown.pem");
    daemon.wait_for_line("renewed");
    assert_eq!(shown(here, &daemon.url), 2);
    // Asked for by a signal, it is there at once.
    put(here, "n3.key", "shown.key");
    put(here, "n3.pem", "shown.pem");
    daemon.signal("-HUP");
    daemon.wait_for_line("listening");
    daemon.until("the new certificate is shown", |daemon| shown(here, &daemon.url) == 3);
    // A bad one is refused, and the daemon goes on.
    std::fs::write(here.join("shown.pem"), "nothing").unwrap();
    daemon.signal("-HUP");
    let line = daemon.wait_for_line("the new configuration is refused");
    assert!(line.contains("shown.pem"), "{line}");
    let renewed = daemon.log().matches("renewed").count();
    assert_eq!(renewed, 1, "the third came by the signal, not by the next look at the files: {}", daemon.log());
    assert_eq!(shown(here, &daemon.url), 3);
}

#[test]
fn a_certificate_that_cannot_serve_is_refused_at_once() {
    let folder = Folder::new();
    let here = folder.0.as_path();
    openssl(here, "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=Essai");
    issue(here, "one", 1);
    let check = |cert: &str, key: &str, said: &str| {
        folder.configure(&format!("tls = {{ cert_file = \"{cert}\", key_file = \"{key}\" }}\n"));
        let (code, line) = refusal(&folder.run(&["check"]));
        assert_eq!(code, 64, "{line}");
        assert!(line.contains(said), "{line}");
        let key = std::fs::read_to_string(here.join("one.key")).unwrap();
        assert!(!key.lines().skip(1).take(5).any(|part| line.contains(part)), "{line}");
    };
    check("nowhere.pem", "one.key", "nowhere.pem");
    check("one.pem", "nowhere.key", "nowhere.key");
    check("one.key", "one.key", "holds no certificate");
    check("one.pem", "one.pem", "cannot read a private key");
    check("one.pem", "ca.key", "do not go together");
}
