//! What the benchmarks need: estates and Terraform plans of any size that are
//! the same bytes on every machine, and the means to write them.
//!
//! Real estates of a million resources are not public, and no tool can be
//! measured by strangers on data that they cannot have. So the data is made
//! up, from a seed, in the exact shape that the AWS CLI prints. `README.md`
//! says what is measured with it and what such data cannot show.

pub mod crossroads;
pub mod estate;
pub mod json;
pub mod plan;
pub mod random;
pub mod section;
