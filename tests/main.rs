//! ecoparc as a user meets it, command line, HTTP and database; and the rules of the house. One binary, so that what
//! drives the daemon is compiled once.
#![expect(clippy::unwrap_used, reason = "tests")]

mod access;
mod alerts;
mod api;
mod boaviztapi;
mod browser;
mod check;
mod declaration;
mod declare;
mod deploy;
mod figures;
mod glpi;
mod grafana;
mod hostile;
mod house;
mod identity;
mod install;
mod ldap;
mod metrics;
mod notify;
mod ocs;
mod power;
mod prometheus;
mod refusal;
mod replicas;
mod report;
mod schemathesis;
mod simulate;
mod snmp;
mod story;
mod strategy;
mod stream;
mod tidy;
mod tiers;
