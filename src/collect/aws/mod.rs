//! What is asked of AWS: the calls, a plan of them, and the same plan as a
//! shell script and as an IAM policy.
//!
//! May use the kinds of `snapshot`, which name the calls that they come from.
//! Speaks to no network: people who may not run the collector read the plan and
//! run the script.

pub mod operation;
pub mod plan;
pub mod policy;
pub mod script;
pub mod service;
pub mod table;
