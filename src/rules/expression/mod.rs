//! The expression language: CEL as its specification has it, over the graph.
//!
//! Text → [`parser`] → [`check`] → [`compile`] → closures. Three values
//! instead of errors, and a trace of what decided. It uses the graph and knows
//! nothing of rule files.

pub mod ast;
pub mod check;
pub mod compile;
mod fields;
pub mod functions;
mod lexer;
pub mod parser;
pub(crate) mod suggest;
pub mod trace;
pub mod types;
pub mod value;

#[cfg(test)]
mod tests;

pub use functions::day;
