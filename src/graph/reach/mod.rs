//! Can A reach B on port P: the decision procedures of AWS networks, offline.
//!
//! [`model`] takes what matters out of the graph once; [`walk`] finds the way
//! by routes; filters are evaluated along it, all of them, so that an answer
//! names every blocker. Uses the graph; knows neither rules nor reports, and
//! what the snapshot does not show makes an answer unknown, never open.

pub mod answer;
pub mod change;
pub mod clients;
pub mod code;
pub mod endpoint;
mod evaluate;
pub mod filter;
pub mod flow;
mod judge;
pub mod lookup;
pub mod matrix;
pub mod model;
pub mod outside;
pub mod place;
mod verdict;
pub mod walk;
