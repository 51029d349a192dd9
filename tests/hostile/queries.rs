//! Requests that nobody's program would make: any answer but a failure of ours.

use std::time::{Duration, Instant};

use super::{Chance, fleet};
use crate::house::*;

const PATHS: &str = "/api/v1/assets /api/v1/assets/fleet:A1 /api/v1/indicators /api/v1/doubts /api/v1/history \
    /api/v1/sources /api/v1/unseen /api/v1/disposals /api/v1/procurement/2026 /api/v1/footprint /api/v1/compare \
    /api/v1/simulate /api/v1/factors /metrics / /fleet /purchases /footprint /strategy /changes /simulate /sources";
const KEYS: &str = "cursor limit at from to name kind entity year step q lang theme format since status";
const VALUES: &str = "0 -1 1 1000 1001 99999999999999999999 1e308 NaN 2026-02-30 2026-11-26 -9999-01-01 9999-12-31 laptop \
    %00 %ff%fe %F0%9F%92%A9 ..%2f..%2fetc%2fpasswd '%20OR%201=1-- 6131 613 ff zz % %2 + & = ; %26 %3d en fr assets";

/// For longer: `ECOPARC_QUERY_SECONDS=600 cargo nextest run --no-capture -E 'test(requests_without_sense)'`.
#[test]
fn requests_without_sense() {
    let seconds = std::env::var("ECOPARC_QUERY_SECONDS").ok().and_then(|told| told.parse().ok()).unwrap_or(5);
    let folder = Folder::new();
    fleet(&folder, 50, "First");
    let mut daemon = Daemon::start(&folder.configure(&table("fleet", "assets", "fleet.csv", "")));
    daemon.settled();
    let mut chance = Chance::seeded("requests_without_sense");
    let words = |of: &'static str| of.split_whitespace().collect::<Vec<_>>();
    let (paths, keys, values) = (words(PATHS), words(KEYS), words(VALUES));
    let until = Instant::now() + Duration::from_secs(seconds);
    let (mut asked, mut answered) = (0, std::collections::BTreeMap::<u16, u64>::new());
    let client = client();
    wait(async {
        while Instant::now() < until || asked <= 50 {
            let mut pick = |of: &[&'static str]| of[chance.below(of.len() as u64) as usize];
            let mut path = pick(&paths).to_owned();
            for at in 0..pick(&["0", "1", "2", "3"]).parse().unwrap() {
                path.push(if at == 0 { '?' } else { '&' });
                path += pick(&keys);
                path.push('=');
                path += pick(&values);
                if pick(&["", "twice"]) == "twice" {
                    path += &pick(&values).repeat(1 + asked % 40);
                }
            }
            let method = pick(&["GET", "GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "PATCH"]).parse().unwrap();
            let body = pick(&values);
            let answer = client.request(method, format!("{}{path}", daemon.url)).body(body).send().await.unwrap();
            let status = answer.status().as_u16();
            let text = answer.text().await.unwrap();
            assert!(status < 500, "{path}: {status} {text}");
            *answered.entry(status).or_default() += 1;
            asked += 1;
        }
    });
    println!("{asked} requests in {seconds} s: {answered:?}");
    assert!(asked > 50 && answered.len() > 2);
    assert_eq!(daemon.items("/api/v1/assets").len(), 50);
    assert!(!daemon.log().contains("panicked"));
}
