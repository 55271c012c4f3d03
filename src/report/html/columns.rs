//! The shape of the embedded data: columns of numbers into a table of texts.
//!
//! Plain data that knows only how to be written; what goes into it is decided
//! in [`island`](super::island). Names and meanings are those of
//! `templates/script/data.js`: change the two together.

use serde::Serialize;

/// Findings, one value each in every column. Facts, reasons and arguments are
/// counted here and stand one after another in columns of their own.
#[derive(Default, Serialize)]
pub(super) struct Columns {
    /// One id a line.
    pub(super) id: String,
    pub(super) rule: Vec<usize>,
    /// Verdict, severity and confidence: positions in their enumerations.
    pub(super) verdict: Vec<u8>,
    pub(super) severity: Vec<u8>,
    pub(super) confidence: Vec<u8>,
    pub(super) resource: Deltas,
    pub(super) message: Deltas,
    pub(super) message_arguments: Deltas,
    pub(super) facts: Vec<usize>,
    /// Facts that were left out.
    pub(super) more_facts: Vec<usize>,
    pub(super) reasons: Vec<usize>,
}

/// Resources, each once. Every column holds numbers of texts; 0 for none.
#[derive(Default, Serialize)]
pub(super) struct ResourceColumns {
    pub(super) kind: Vec<u32>,
    #[serde(rename = "type")]
    pub(super) cloudformation: Vec<u32>,
    pub(super) id: Deltas,
    pub(super) name: Deltas,
    pub(super) partition: Vec<u32>,
    pub(super) account: Vec<u32>,
    pub(super) region: Vec<u32>,
    pub(super) vpc: Vec<u32>,
    pub(super) owner: Vec<u32>,
}

/// Facts of all findings, in order.
#[derive(Default, Serialize)]
pub(super) struct FactColumns {
    pub(super) subject: Deltas,
    pub(super) field: Vec<u32>,
    pub(super) op: Vec<u32>,
    /// 0 for none, else the text's number plus one.
    pub(super) expected: Vec<u32>,
    pub(super) actual: Vec<u32>,
    /// 0 for none, else the file's number plus one.
    pub(super) file: Vec<u32>,
    pub(super) pointer: Vec<u32>,
    pub(super) pointer_arguments: Vec<u32>,
    pub(super) line: Vec<u64>,
}

/// Reasons of all findings, in order.
#[derive(Default, Serialize)]
pub(super) struct ReasonColumns {
    pub(super) code: Vec<u8>,
    pub(super) what: Vec<u32>,
    pub(super) what_arguments: Deltas,
    pub(super) call: Vec<u32>,
    pub(super) call_arguments: Deltas,
    pub(super) action: Vec<u32>,
}

/// All that the script reads at once.
#[derive(Serialize)]
pub(super) struct Data<'a> {
    /// Findings of the report, and of this page.
    pub(super) total: usize,
    pub(super) embedded: usize,
    /// Whether ids are cut.
    pub(super) short_ids: bool,
    /// Findings of one piece of excerpts.
    pub(super) piece: usize,
    pub(super) strings: &'a [String],
    /// Path and sha256.
    pub(super) files: &'a [(String, String)],
    pub(super) findings: &'a Columns,
    pub(super) resources: &'a ResourceColumns,
    pub(super) facts: &'a FactColumns,
    pub(super) reasons: &'a ReasonColumns,
}

/// Numbers as differences to the one before: texts are numbered as they come,
/// so that most differences are small and alike.
#[derive(Default, Serialize)]
#[serde(transparent)]
pub(super) struct Deltas {
    differences: Vec<i64>,
    #[serde(skip)]
    last: i64,
}

impl Deltas {
    pub(super) fn push(&mut self, number: impl Into<i64>) {
        let number = number.into();
        self.differences.push(number - self.last);
        self.last = number;
    }
}

impl Extend<u32> for Deltas {
    fn extend<I: IntoIterator<Item = u32>>(&mut self, numbers: I) {
        numbers.into_iter().for_each(|number| self.push(number));
    }
}

impl FromIterator<u32> for Deltas {
    fn from_iter<I: IntoIterator<Item = u32>>(numbers: I) -> Self {
        let mut deltas = Self::default();
        deltas.extend(numbers);
        deltas
    }
}
