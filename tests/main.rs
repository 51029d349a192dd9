//! ecoparc as a user meets it, command line, HTTP and database; and the rules of the house. One binary, so that what
//! drives the daemon is compiled once.
#![expect(clippy::unwrap_used, reason = "tests")]

mod api;
mod boaviztapi;
mod browser;
mod declaration;
mod declare;
mod figures;
mod glpi;
mod house;
mod identity;
mod ldap;
mod metrics;
mod ocs;
mod power;
mod refusal;
mod report;
mod snmp;
mod story;
mod strategy;
mod tidy;
mod tiers;
