//! Sources of snapshots: from files that describe an account to a [`Snapshot`](crate::snapshot::Snapshot).
//!
//! May read files. Must not judge the network: it keeps what it was given, in
//! every state, and records what it could not understand and what was asked for.

mod answer;
mod batch;
mod bookkeeping;
mod catalog;
mod config;
mod document;
mod finish;
mod ignored;
mod object;
mod peek;
mod position;
mod problem;
mod reader;
mod rows;
mod scalar;
mod section;
mod text;
mod value;
