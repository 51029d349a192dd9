//! What lies in `deploy/` for those who install ecoparc: what orchestrators are given, and what the guide promises.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::house::*;

/// What `tests/deploy/validate` says.
fn validated(what: &str, files: &[&str]) -> serde_json::Value {
    let mut validate = Command::new(root().join("tests/deploy/validate"));
    validate.arg(target().join("tools/kubernetes")).arg(what).args(files.iter().map(|file| root().join(file)));
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
    // What is mounted is declared, what is declared is mounted, and what it comes from is defined beside it; secrets are
    // made by hand.
    let defined = |file: &serde_json::Value, kind: &str, name: &serde_json::Value| {
        told.iter().any(|thing| thing["file"] == *file && thing["kind"] == kind && thing["name"] == *name)
    };
    for thing in told.iter().filter(|thing| thing.get("pod").is_some()) {
        let (file, pod) = (&thing["file"], &thing["pod"]);
        let names = |list: &serde_json::Value| -> BTreeSet<String> {
            list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(names(&pod["containers"][0]["volumeMounts"]), names(&pod["volumes"]), "{file}");
        for volume in pod["volumes"].as_array().unwrap() {
            let claim = &volume["persistentVolumeClaim"]["claimName"];
            assert!(
                claim.is_null() || defined(file, "PersistentVolumeClaim", claim),
                "{file} defines no claim {claim}"
            );
            let map = &volume["configMap"]["name"];
            assert!(map.is_null() || defined(file, "ConfigMap", map), "{file} defines no configuration {map}");
            assert!(!claim.is_null() || !map.is_null() || volume["secret"].is_object(), "{file}: {volume}");
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

/// What the image's build is not given, by the rules of a `.dockerignore`: the last line that fits decides.
fn left_out(path: &Path) -> bool {
    let rules = std::fs::read_to_string(root().join("deploy/container/Containerfile.dockerignore")).unwrap();
    let rules = rules.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut out = false;
    for rule in rules {
        let (pattern, leaves_out) = rule.strip_prefix('!').map_or((rule, true), |pattern| (pattern, false));
        let fits = |folder: &Path| {
            if let Some(name) = pattern.strip_prefix("**/") {
                return folder.file_name().is_some_and(|own| own == name);
            }
            match pattern.strip_suffix("/*") {
                Some(parent) => folder.parent() == Some(Path::new(parent)),
                None => folder == Path::new(pattern),
            }
        };
        if path.ancestors().any(fits) {
            out = leaves_out;
        }
    }
    out
}

#[test]
fn the_image_is_given_what_its_build_reads() {
    assert!(left_out(Path::new("tests/run")) && left_out(Path::new("connectors/csv/fixtures/assets.ods")));
    let mut read: BTreeSet<PathBuf> =
        ["Cargo.lock", "rust-toolchain.toml", "src/store/migrations"].map(PathBuf::from).into();
    // Every target of every package has to be there, also those that are not built.
    let mut cargo = Command::new(env!("CARGO"));
    let told = cargo.args(["metadata", "--no-deps", "--offline", "--format-version=1"]).current_dir(root());
    let told: serde_json::Value = serde_json::from_slice(&told.output().unwrap().stdout).unwrap();
    for package in told["packages"].as_array().unwrap() {
        let files = package["targets"].as_array().unwrap().iter().map(|target| &target["src_path"]);
        for file in files.chain([&package["manifest_path"]]) {
            read.insert(Path::new(file.as_str().unwrap()).strip_prefix(root()).unwrap().to_owned());
        }
    }
    assert!(read.contains(Path::new("benches/refresh.rs")) && read.contains(Path::new("tests/main.rs")));
    // And all that is compiled in.
    for folder in ["src", "domain", "connectors", "factors"] {
        read.extend(compiled(Path::new(folder)));
    }
    let missing: Vec<_> = read.iter().filter(|path| left_out(path) || !root().join(path).exists()).collect();
    assert!(missing.is_empty(), "Containerfile.dockerignore leaves out {missing:?}");
}

/// The files below a folder that code is, or takes in by name.
fn compiled(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root().join(folder)).unwrap() {
        let path = folder.join(entry.unwrap().file_name());
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if root().join(&path).is_dir() && name != "tests" && name != "fixtures" {
            found.extend(compiled(&path));
        } else if name.ends_with(".rs") && !name.starts_with("tests") {
            let text = std::fs::read_to_string(root().join(&path)).unwrap();
            let own = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let taken = ["include_str!(\"", "include_bytes!(\""].into_iter().flat_map(|call| own.split(call).skip(1));
            found.extend(taken.map(|rest| folder.join(rest.split('"').next().unwrap())));
            found.push(path);
        }
    }
    found
}

/// The probe of the image says what a daemon answers, in clear or over TLS.
#[test]
fn the_image_knows_whether_it_is_well() {
    let containerfile = std::fs::read_to_string(root().join("deploy/container/Containerfile")).unwrap();
    let probe = containerfile.split("CMD [\"bash\", \"-c\", \"").nth(1).unwrap().split("\"]").next().unwrap();
    let probe = probe.replace("\\\\", "\\");
    let folder = Folder::new();
    let made = "req -x509 -newkey rsa:2048 -nodes -keyout own.key -out own.pem -days 2 -subj /CN=ecoparc \
                -addext basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:localhost";
    let openssl = Command::new("openssl").args(made.split_whitespace()).current_dir(&folder.0).output().unwrap();
    assert!(openssl.status.success(), "{}", String::from_utf8_lossy(&openssl.stderr));
    for tls in ["", "tls = { cert_file = \"own.pem\", key_file = \"own.key\" }\n"] {
        let mut daemon = Daemon::start(&folder.configure(tls));
        assert_eq!(daemon.url.starts_with("https:"), !tls.is_empty());
        let port = daemon.url.rsplit(':').next().unwrap().to_owned();
        let well = || {
            let mut asked = Command::new("bash");
            asked.arg("-c").arg(probe.replace("9899", &port)).output().unwrap().status.success()
        };
        assert!(well(), "{tls}");
        daemon.signal("-TERM");
        daemon.end();
        assert!(!well(), "{tls}");
    }
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

/// A page's links to files, as they are written.
fn links(page: &str) -> impl Iterator<Item = &str> {
    let links = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    links.filter(|link| !link.contains("://") && !link.starts_with('#'))
}

/// The files below a folder, as paths from it.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(folder).unwrap().to_owned());
            }
        }
    }
    found
}

/// Runs a script, which has to succeed.
fn bash(script: &str, folder: &Path) {
    let output = Command::new("bash").args(["-euc", script]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_tarball_holds_what_its_pages_speak_of_and_is_installed_as_the_guide_says() {
    let folder = Folder::new();
    let unpacked = folder.0.join("ecoparc-0.0.0-any");
    let mut tarball = Command::new(root().join("deploy/tarball"));
    assert!(tarball.arg(&unpacked).status().unwrap().success());
    for page in below(&unpacked).iter().filter(|path| path.extension().is_some_and(|end| end == "md")) {
        let text = std::fs::read_to_string(unpacked.join(page)).unwrap();
        for link in links(&text) {
            let target = unpacked.join(page).with_file_name(link);
            assert!(target.exists(), "{} leads to {link}, which the tarball does not hold", page.display());
        }
    }
    // What the guides name is in it, but for what works in the sources alone, of which they say so.
    let sources = ["deploy/container/", "deploy/compose/", "deploy/release", "deploy/tarball"];
    for path in GUIDES {
        let text = guide(path);
        let word = if path == GUIDES[0] { "(from the sources)" } else { "(depuis les sources)" };
        for name in text.split('`').filter(|name| name.starts_with("deploy/") || name.starts_with("connectors/")) {
            let of_sources = sources.iter().any(|start| name.starts_with(start));
            assert_eq!(unpacked.join(name).exists(), !of_sources, "{path}: {name}");
            let row = text.lines().find(|line| line.starts_with('|') && line.contains(&format!("`{name}`")));
            assert!(!of_sources || row.is_none_or(|row| row.contains(word)), "{path} does not say that of {name}");
        }
    }
    for kept in below(&unpacked) {
        let kept = kept.display().to_string();
        assert!(!sources.iter().any(|start| kept.starts_with(start)) && !kept.ends_with(".py"), "{kept}");
    }
    // Installed by the lines of the guide under another root, twice: what was configured stays.
    folder.write("ecoparc-0.0.0-any/ecoparc", "the binary\n");
    bash(
        &format!("{:?} documents documents && mv documents/* {unpacked:?}/", env!("CARGO_BIN_EXE_ecoparc")),
        &folder.0,
    );
    bash("tar -czf ecoparc-0.0.0-any.tar.gz ecoparc-0.0.0-any && rm -r ecoparc-0.0.0-any", &folder.0);
    let system = folder.0.join("system");
    for name in ["etc/systemd/system", "usr/bin", "usr/share"] {
        std::fs::create_dir_all(system.join(name)).unwrap();
    }
    let text = guide(GUIDES[0]);
    let block =
        text.split("```sh\n").find(|block| block.starts_with("tar -xzf")).unwrap().split("```").next().unwrap();
    let lines = block.lines().filter(|line| !line.starts_with("systemctl "));
    let script = lines.collect::<Vec<_>>().join("\n");
    let script = script.replace(" /", &format!(" {}/", system.display()));
    bash(&script, &folder.0);
    std::fs::write(system.join("etc/ecoparc/ecoparc.toml"), "ours").unwrap();
    bash(&script, &folder.0);
    assert_eq!(std::fs::read_to_string(system.join("etc/ecoparc/ecoparc.toml")).unwrap(), "ours");
    let unit = std::fs::read_to_string(system.join("etc/systemd/system/ecoparc.service")).unwrap();
    let started = unit.lines().find_map(|line| line.strip_prefix("ExecStart=/")?.split(' ').next()).unwrap();
    assert!(system.join(started).is_file() && system.join("usr/share/man/man1/ecoparc-run.1").is_file());
    bash("[ $(stat -c %a system/etc/ecoparc/secrets) = 700 ]", &folder.0);
}

#[test]
fn the_package_holds_every_page_of_the_guide() {
    let manifest: toml::Table = std::fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let assets = manifest["package"]["metadata"]["deb"]["assets"].as_array().unwrap();
    let assets: Vec<&str> = assets.iter().map(|asset| asset[0].as_str().unwrap()).collect();
    let fits = |asset: &str, path: &Path| match asset.split_once('*') {
        None => path == Path::new(asset),
        Some((before, after)) => {
            let path = path.display().to_string();
            let middle = path.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            middle.is_some_and(|middle| !middle.contains('/'))
        }
    };
    let files: Vec<_> = ["deploy", "connectors", "config", "factors"]
        .iter()
        .flat_map(|name| below(&root().join(name)).into_iter().map(move |path| Path::new(name).join(path)))
        .collect();
    let pages = files.iter().filter(|path| path.extension().is_some_and(|end| end == "md"));
    let pages = pages.filter(|path| !path.starts_with("config") && !path.to_string_lossy().contains("fixtures"));
    let missing: Vec<_> = pages.filter(|path| !assets.iter().any(|asset| fits(asset, path))).collect();
    assert!(missing.is_empty(), "the package leaves out {missing:?}");
    // A link of a page leads to another file that lies beside it there.
    let documents = manifest["package"]["metadata"]["deb"]["assets"].as_array().unwrap().iter();
    let documents = documents.filter(|asset| asset[1].as_str().unwrap().starts_with("usr/share/doc/ecoparc/"));
    let documents: Vec<&str> = documents.map(|asset| asset[0].as_str().unwrap()).collect();
    let held = |path: &Path| documents.iter().any(|asset| fits(asset, path));
    let top = std::fs::read_dir(root()).unwrap().map(|entry| PathBuf::from(entry.unwrap().file_name()));
    for page in
        files.iter().cloned().chain(top).filter(|path| path.extension().is_some_and(|end| end == "md") && held(path))
    {
        for link in links(&std::fs::read_to_string(root().join(&page)).unwrap()) {
            let target = root().join(&page).with_file_name("").join(link.split('#').next().unwrap());
            let target = target.canonicalize().unwrap_or_else(|_| panic!("{}: {link}", page.display()));
            let target = target.strip_prefix(root().canonicalize().unwrap()).unwrap().to_owned();
            let within = target.is_dir() && documents.iter().any(|asset| Path::new(asset).starts_with(&target));
            assert!(within || held(&target), "{} leads to {link}, which the package does not hold", page.display());
        }
    }
    for asset in assets.iter().filter(|asset| asset.starts_with("deploy/") || asset.starts_with("con")) {
        assert!(files.iter().any(|path| fits(asset, path)), "the package wants {asset}");
    }
}

#[test]
fn what_the_guide_has_copied_is_dated() {
    for path in GUIDES {
        let text = guide(path);
        let copies: Vec<_> = text.lines().filter(|line| line.starts_with("ecoparc backup ")).collect();
        assert_eq!(copies.len(), 2, "{path}");
        assert!(copies.iter().all(|line| line.contains("$(date +%F")), "{path}: {copies:?}");
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
        folder.write(&format!("secrets/{secret}"), "a secret that is long enough\n");
    }
    let output = folder.run(&["check"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
