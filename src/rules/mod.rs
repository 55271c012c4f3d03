//! The rule engine; the rules themselves are data under `rules/`.
//!
//! Loads and checks rule files, evaluates them over the graph, and makes
//! findings with their evidence. May use the graph, the snapshot and the
//! findings; reads rule files and nothing else.

mod calls;
mod cases;
mod compare;
mod explain;
pub mod expression;
mod file;
mod insights;
pub mod intent;
mod load;
mod needs;
mod paths;
mod position;
mod rule;
mod run;
mod select;
pub(crate) mod tree;
mod wanted;
pub(crate) mod yaml;

pub use calls::{kebab, reason};
pub use cases::{CaseResult, Read, missing_cases, name as verdict_name, run_cases};
pub use compare::{Ask, Asked, compare};
pub use explain::changes::changes;
pub use explain::evidence;
pub use explain::matrix::{By, Rows};
pub use explain::path::{MAX_PATHS, analysis};
pub use insights::{insights, insights_of};
pub use intent::{Intent, Judged, judge};
pub use load::{load, load_text, read_intents, read_intents_text};
pub use needs::{Call, needs, needs_of_intents};
pub use rule::{Datum, Fact, FactValue, Pack, Param, Rule, RuleSet};
pub use run::{Evaluated, Include, digest_of, evaluate};
pub use select::{Selected, Selection, select};
pub use wanted::{wanted, wanted_by, wanted_by_intents};
