//! What ecoparc knows and computes. Pure: nothing here reads a clock, a file or a socket, nothing here fails.
//! What cannot be settled is returned as a [`doubt::Doubt`].

pub mod account;
pub mod assumption;
pub mod decision;
pub mod doubt;
pub mod entity;
pub mod exit;
pub mod explain;
pub mod factor;
pub mod headcount;
pub mod identity;
pub mod indicator;
pub mod law;
pub mod model;
pub mod observation;
pub mod packed;
pub mod power;
pub mod purchase;
pub mod quantity;
pub mod reconcile;
pub mod record;
pub mod reject;
pub mod room;
pub mod shared;
pub mod simulation;
pub mod snapshot;
pub mod specification;
pub mod strategy;
pub mod system;
pub mod testimony;
pub mod voice;
pub mod word;
