//! plaudit reads what a cloud account says about itself, builds the network as
//! a typed graph, checks rules that are data, and writes evidence that a
//! stranger can verify.
//!
//! Data flows one way, in the order of the modules below: [`collect`] →
//! [`snapshot`] → [`graph`] → [`rules`] → [`findings`] → [`report`]. Who may
//! use whom is in `ARCHITECTURE.md` and enforced by a test.

pub mod cli;
pub mod collect;
pub mod diagnostic;
pub mod findings;
pub mod graph;
pub mod report;
pub mod rules;
pub mod snapshot;
