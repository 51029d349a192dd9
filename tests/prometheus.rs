//! A real Prometheus beside a daemon.

use std::process::Command;

use serde_json::Value;

use crate::house::*;

/// A real Prometheus that scrapes a daemon every second.
pub struct Prometheus {
    _program: Program,
    url: String,
}

impl Prometheus {
    /// Starts it; it is killed when it is dropped.
    pub fn scraping(daemon: &Daemon, folder: &Folder) -> Self {
        let target = daemon.url.trim_start_matches("http://");
        let config = folder.write(
            "prometheus.yml",
            &format!("scrape_configs:\n- job_name: ecoparc\n  scrape_interval: 1s\n  static_configs:\n  - targets: ['{target}']\n"),
        );
        let port = free_port();
        let program = Program::start(
            Command::new("prometheus")
                .arg(format!("--config.file={}", config.display()))
                .arg(format!("--storage.tsdb.path={}", folder.0.join("tsdb").display()))
                .arg(format!("--web.listen-address=127.0.0.1:{port}")),
        );
        Self { _program: program, url: format!("http://127.0.0.1:{port}/api/v1") }
    }

    /// The `data` of an answer, or why there is none.
    pub fn ask(&self, path: &str, parameters: &[(&str, &str)]) -> Result<Value, String> {
        let url = reqwest::Url::parse_with_params(&format!("{}/{path}", self.url), parameters).unwrap();
        let answer =
            wait(async { client().get(url).send().await?.text().await }).map_err(|error| error.to_string())?;
        let mut answer: Value = serde_json::from_str(&answer).map_err(|error| error.to_string())?;
        match answer["status"].as_str() {
            Some("success") => Ok(answer["data"].take()),
            _ => Err(answer["error"].to_string()),
        }
    }

    /// The numbers that a query finds.
    pub fn query(&self, query: &str) -> Result<Vec<f64>, String> {
        let data = self.ask("query", &[("query", query)])?;
        let result = data["result"].as_array().ok_or_else(|| format!("{data}"))?;
        Ok(result
            .iter()
            .filter_map(|one| one["value"][1].as_str()?.parse().ok())
            .filter(|one: &f64| !one.is_nan())
            .collect())
    }

    /// The values of a label, as `label_values(SELECTOR, LABEL)` of a variable asks for them.
    pub fn label_values(&self, asked: &str) -> Vec<String> {
        let inner = asked.strip_prefix("label_values(").and_then(|rest| rest.strip_suffix(')'));
        let (selector, label) = inner.unwrap().rsplit_once(", ").unwrap();
        let found = self.ask(&format!("label/{label}/values"), &[("match[]", selector)]).unwrap();
        found.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
    }
}
