//! Where a resource was read: file, run of objects in it, place in the run.
//!
//! Twelve bytes a resource. Lines and pointers are looked up again in the file
//! for what is reported; nothing here reads files.

use super::record::Kind;

/// Where one resource was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// Index of the [`Run`].
    pub run: u32,
    /// Position in the run, from 0; part of the JSON pointer.
    pub ordinal: u32,
    /// Where its object begins: bytes from the run's [`base`](Run::base), to
    /// the first key or later inside the object.
    pub offset: u32,
}

/// Objects of one kind that stand one after another in a file.
#[derive(Debug, Clone)]
pub struct Run {
    /// Index of the file.
    pub file: u32,
    /// Index of the account and region it was read in.
    pub scope: u16,
    /// The kind.
    pub kind: Kind,
    /// Index in the kind's sources: the operation that answered.
    pub source: u8,
    /// The operator or a service left something out of this run.
    pub partial: bool,
    /// Which part of what its source lists was asked for, if not all of it:
    /// `static` routes. Nothing of that part is missing.
    pub narrowed: &'static str,
    /// Offset in the decoded file that the origins count from.
    pub base: u64,
    /// JSON pointer of the array: `/Subnets`; of the object itself if it stands
    /// alone.
    pub pointer: String,
    /// Whether the run is an array, so that the ordinal is part of the pointer.
    pub array: bool,
    /// For a call made once per parent: the parent's id. The ledger counts the
    /// operation; this tells for which parents it was made, so that an empty
    /// list is not taken for an unasked question.
    pub parent: Option<String>,
}

impl Run {
    /// The pointer of the object at a position.
    pub fn pointer_of(&self, ordinal: u32) -> String {
        if self.array {
            format!("{}/{ordinal}", self.pointer)
        } else {
            self.pointer.clone()
        }
    }
}

/// Where a value stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Index of the file.
    pub file: u32,
    /// RFC 6901 pointer of the value.
    pub pointer: String,
    /// Line of the value, from 1.
    pub line: u64,
    /// The lines around it.
    pub excerpt: Vec<String>,
    /// Number of the first line of the excerpt.
    pub excerpt_line: u64,
}

/// Finds values in the files again. Bytes are not kept after reading, so this
/// is asked only for what is reported.
pub trait Locate: Sync {
    /// For each path inside one object, where its value stands. Paths are in
    /// the spelling of the record descriptions, with positions for list
    /// entries: `IpPermissions/0/IpRanges/2/CidrIp`; the empty path is the
    /// object itself. `None` where the file cannot be read again or has changed.
    fn locate(&self, origin: Origin, paths: &[String]) -> Vec<Option<Place>>;
}
