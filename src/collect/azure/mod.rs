//! What is asked of Azure: the commands of the Azure CLI, as a shell script.
//!
//! May use the kinds of `snapshot`, which name the commands that they come from.
//! Speaks to no network: people who may read a subscription read the script and
//! run it.

pub mod script;
