//! Stub, replaced by the script stage.
use super::plan::Plan;
/// Options.
#[derive(Debug)]
pub struct Options {
    /// Regions.
    pub regions: Vec<String>,
    /// Profile.
    pub profile: Option<String>,
    /// Version.
    pub version: String,
}
/// Script.
pub fn script(_: &Plan, _: &Options) -> String {
    String::new()
}
