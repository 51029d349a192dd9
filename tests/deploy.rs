//! What lies in `deploy/` for those who install ecoparc: what orchestrators are given, and what the guide promises.

use std::process::Command;

use crate::house::*;

/// What `tests/deploy/validate` says.
fn validated(what: &str, files: &[&str]) -> serde_json::Value {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), Into::into);
    let mut validate = Command::new(root().join("tests/deploy/validate"));
    validate.arg(target.join("tools/kubernetes")).arg(what).args(files.iter().map(|file| root().join(file)));
    let output = validate.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn what_kubernetes_is_given_is_understood() {
    let told = validated("kubernetes", &["deploy/kubernetes/ecoparc.yaml", "deploy/kubernetes/postgresql.yaml"]);
    let told = told.as_array().unwrap();
    let pods: Vec<_> = told.iter().filter_map(|thing| thing.get("pod")).collect();
    assert_eq!(pods.len(), 2);
    for pod in pods {
        assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
        assert_eq!(pod["automountServiceAccountToken"], false);
        let container = &pod["containers"][0];
        assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
        assert_eq!(container["securityContext"]["allowPrivilegeEscalation"], false);
        assert_eq!(container["securityContext"]["capabilities"]["drop"][0], "ALL");
        for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
            let path = container[probe]["httpGet"]["path"].as_str().unwrap();
            assert!(["/healthz", "/readyz"].contains(&path), "{probe} asks {path}");
        }
    }
    // Their configurations are ecoparc's, and let nobody in without a token.
    let configs: Vec<_> = told.iter().filter_map(|thing| thing["config"].as_str()).collect();
    assert_eq!(configs.len(), 2);
    for config in configs {
        let folder = Folder::new();
        folder.write("ecoparc.toml", config);
        for secret in ["glpi-app-token", "glpi-user-token", "store-password"] {
            folder.write(&format!("secrets/{secret}"), "secret\n");
        }
        let output = folder.run(&["check"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(config.contains("anonymous = \"none\""));
    }
}

#[test]
fn the_demonstration_mounts_what_exists_and_stays_on_its_machine() {
    let services = validated("compose", &["deploy/compose/compose.yml"]);
    let services = services.as_object().unwrap();
    assert_eq!(services.keys().collect::<Vec<_>>(), ["ecoparc", "grafana", "prometheus"]);
    let folder = root().join("deploy/compose");
    for (name, service) in services {
        for mount in service["volumes"].as_array().unwrap() {
            let (from, _) = mount.as_str().unwrap().split_once(':').unwrap();
            assert!(!from.starts_with('.') || folder.join(from).exists(), "{name} mounts {from}");
        }
        for port in service["ports"].as_array().unwrap() {
            assert!(port.as_str().unwrap().starts_with("127.0.0.1:"), "{name} is seen from elsewhere");
        }
        assert_eq!(service["cap_drop"][0], "ALL", "{name}");
    }
    let build = &services["ecoparc"]["build"];
    let context = folder.join(build["context"].as_str().unwrap());
    let containerfile = std::fs::read_to_string(context.join(build["dockerfile"].as_str().unwrap())).unwrap();
    // What it copies out of the sources, and the toolchain that the sources name.
    let copies = containerfile.lines().filter(|line| line.starts_with("COPY ") && !line.contains("--from"));
    for from in copies.filter_map(|line| line.split_whitespace().nth(1)) {
        assert!(context.join(from).exists(), "COPY {from}");
    }
    assert!(containerfile.contains("\nUSER 65532:65532\n") && containerfile.contains("\nHEALTHCHECK "));
    let toolchain: toml::Table =
        std::fs::read_to_string(root().join("rust-toolchain.toml")).unwrap().parse().unwrap();
    let channel = toolchain["toolchain"]["channel"].as_str().unwrap();
    assert!(containerfile.contains(&format!("FROM rust:{channel}-")), "the image builds by the toolchain {channel}");
}

/// The probe of the image says what a daemon answers.
#[test]
fn the_image_knows_whether_it_is_well() {
    let containerfile = std::fs::read_to_string(root().join("deploy/container/Containerfile")).unwrap();
    let probe = containerfile.split("CMD [\"bash\", \"-c\", \"").nth(1).unwrap().split("\"]").next().unwrap();
    let probe = probe.replace("\\\\", "\\");
    let folder = Folder::new();
    let mut daemon = Daemon::start(&folder.configure(""));
    let port = daemon.url.rsplit(':').next().unwrap().to_owned();
    let well = || Command::new("bash").arg("-c").arg(probe.replace("9899", &port)).status().unwrap().success();
    assert!(well());
    daemon.signal("-TERM");
    daemon.end();
    assert!(!well());
}

const GUIDES: [&str; 2] = ["deploy/README.md", "deploy/LISEZMOI.md"];

fn guide(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// The messages that a guide explains: what stands between backquotes in the first column of its last table.
fn messages(guide: &str) -> Vec<String> {
    let table = guide.split("\n| message |").nth(1).unwrap().split("\n\n").next().unwrap();
    let rows = table.lines().filter_map(|row| row.strip_prefix("| `")?.split(" | ").next());
    rows.flat_map(|cell| cell.trim_end_matches('`').split("` `").map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// All Rust that ships, each text that is broken over lines in one piece.
fn sources() -> String {
    let mut text = String::new();
    let mut folders = vec![root().join("src"), root().join("connectors")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && name != "tests" {
                folders.push(path);
            } else if name.ends_with(".rs") && name != "tests.rs" {
                let file = std::fs::read_to_string(path).unwrap();
                let mut lines = file.lines();
                while let Some(line) = lines.next() {
                    let mut line = line.to_owned();
                    while let Some(begun) = line.strip_suffix('\\') {
                        line = begun.to_owned() + lines.next().unwrap_or_default().trim_start();
                    }
                    text += &(line + "\n");
                }
            }
        }
    }
    text
}

#[test]
fn the_guide_quotes_what_ecoparc_says() {
    let sources = sources();
    let told = messages(&guide(GUIDES[0]));
    assert!(told.len() > 25, "{told:?}");
    for message in &told {
        let parts: Vec<&str> = message.split('…').map(str::trim).filter(|part| part.len() > 3).collect();
        assert!(parts.iter().any(|part| part.len() > 12), "`{message}` says too little");
        for part in parts {
            assert!(sources.contains(part), "ecoparc does not say `{part}` of `{message}`");
        }
    }
}

#[test]
fn the_guide_says_the_same_in_both_languages() {
    let [english, french] = GUIDES.map(guide);
    let headings = |text: &str| text.lines().filter(|line| line.starts_with('#')).count();
    let rows = |text: &str| text.lines().filter(|line| line.starts_with('|')).count();
    let blocks = |text: &str| {
        let blocks = text.split("```").skip(1).step_by(2).flat_map(|block| block.lines());
        let lines = blocks.map(|line| line.split(" #").next().unwrap_or_default().trim().to_owned());
        lines.filter(|line| !line.is_empty()).collect::<Vec<_>>()
    };
    assert_eq!(headings(&english), headings(&french));
    assert_eq!(rows(&english), rows(&french));
    assert_eq!(blocks(&english), blocks(&french));
    assert_eq!(messages(&english), messages(&french));
    // A path that it names is there; what it tells of the default configuration is so.
    for text in [&english, &french] {
        for path in text.split('`').filter(|name| name.starts_with("deploy/") || name.starts_with("connectors/")) {
            assert!(root().join(path).exists(), "{path}");
        }
    }
}

/// The configuration that the package brings: nobody sees anything, and the quickest way to more is a few lines on.
#[test]
fn the_packaged_configuration_is_safe() {
    let packaged = std::fs::read_to_string(root().join("deploy/debian/ecoparc.toml")).unwrap();
    let folder = Folder::new();
    let here = |text: &str| {
        let text = text.replace("/var/lib/ecoparc/", &format!("{}/", folder.0.display()));
        folder.write("ecoparc.toml", &text.replace("127.0.0.1:9899", "127.0.0.1:0"))
    };
    let config = here(&packaged);
    let daemon = Daemon::start(&config);
    daemon.until("it is ready without any source", |daemon| daemon.get("/readyz").status == 200);
    for path in ["/api/v1/indicators", "/api/v1/assets", "/metrics", "/api/v1/doubts"] {
        assert_eq!(daemon.get(path).status, 401, "{path}");
    }
    drop(daemon);
    // Every line that is commented out is right once it is not.
    let (_, source) = packaged.split_once("# [[source]]").unwrap();
    let source = format!("# [[source]]{source}").replace("\n# ", "\n").replacen("# ", "", 1);
    here(&(packaged.replace("# pseudonym_key_file", "pseudonym_key_file") + &source));
    for secret in ["pseudonym-key", "glpi-app-token", "glpi-user-token"] {
        folder.write(&format!("secrets/{secret}"), "secret\n");
    }
    let output = folder.run(&["check"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
