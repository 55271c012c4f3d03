//! Values of one field for many objects, side by side.
//!
//! Each column tells three ways apart: a value, a field that the source does
//! not contain, and a value that is not known. No meaning is given to any of
//! them here; that is for the rules.

use super::layout::{ColumnShape, Level};
use super::packed::Packed;
use super::symbol::{Symbol, Translation};
use super::table::Table;

/// A column.
#[derive(Debug, Clone)]
pub enum Column {
    /// Texts.
    Text(Vec<Symbol>),
    /// Numbers; see [`NO_INT`] and [`UNKNOWN_INT`].
    Int(Vec<i64>),
    /// Truth values.
    Bool(Vec<Flag>),
    /// Ids, addresses, blocks.
    Packed(Vec<Packed>),
    /// Lists of texts.
    Texts(Ragged<Symbol>),
    /// Lists of ids.
    Ids(Ragged<Packed>),
    /// Tags.
    Tags(Ragged<(Symbol, Symbol)>),
    /// Lists of objects.
    List(Ragged<()>, Box<Table>),
}

/// The source does not contain the number.
pub const NO_INT: i64 = i64::MIN;
/// The source says that the number is not known.
pub const UNKNOWN_INT: i64 = i64::MIN + 1;

/// A truth value or the lack of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Flag {
    /// False.
    False,
    /// True.
    True,
    /// The source does not contain it.
    Absent,
    /// The source says that it is not known.
    Unknown,
}

/// Whether a value is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It is.
    Present,
    /// The source does not contain the field.
    Absent,
    /// The source says that it is not known, or it is unreadable.
    Unknown,
}

/// Lists of different lengths, end to end.
#[derive(Debug, Clone)]
pub struct Ragged<T> {
    /// End of each list; the two top bits tell absent and unknown lists.
    ends: Vec<u32>,
    items: Vec<T>,
}

const ABSENT_BIT: u32 = 1 << 31;
const UNKNOWN_BIT: u32 = 1 << 30;
const END: u32 = UNKNOWN_BIT - 1;

impl<T> Default for Ragged<T> {
    fn default() -> Self {
        Self {
            ends: Vec::new(),
            items: Vec::new(),
        }
    }
}

impl<T: Copy> Ragged<T> {
    /// The positions of a list's items.
    pub fn range(&self, row: usize) -> std::ops::Range<usize> {
        let start = row
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .map_or(0, |end| end & END);
        let end = self.ends.get(row).map_or(start, |end| end & END);
        start as usize..end as usize
    }

    /// The items of a list.
    pub fn get(&self, row: usize) -> &[T] {
        self.items.get(self.range(row)).unwrap_or_default()
    }

    /// Whether the list is there.
    pub fn presence(&self, row: usize) -> Presence {
        match self.ends.get(row) {
            Some(end) if end & UNKNOWN_BIT != 0 => Presence::Unknown,
            Some(end) if end & ABSENT_BIT == 0 => Presence::Present,
            _ => Presence::Absent,
        }
    }

    /// Adds an item to the list that is being made.
    pub fn push(&mut self, item: T) {
        self.items.push(item);
    }

    /// Ends the list that is being made, up to `end` items in all.
    fn close(&mut self, end: usize, presence: Presence) {
        let bits = match presence {
            Presence::Present => 0,
            Presence::Absent => ABSENT_BIT,
            Presence::Unknown => UNKNOWN_BIT,
        };
        // A billion entries in one column: the file limits forbid it long before.
        self.ends
            .push(u32::try_from(end).unwrap_or(END).min(END) | bits);
    }

    /// Ends the list that is being made.
    pub fn end(&mut self, presence: Presence) {
        self.close(self.items.len(), presence);
    }

    fn truncate(&mut self, rows: usize) {
        self.ends.truncate(rows);
        self.items
            .truncate(self.ends.last().map_or(0, |end| (end & END) as usize));
    }

    fn append(&mut self, other: &Self, translate: impl Fn(T) -> T) {
        let base = self.items.len();
        self.items
            .extend(other.items.iter().map(|&item| translate(item)));
        self.shift(base, &other.ends);
    }

    fn shift(&mut self, base: usize, ends: &[u32]) {
        let base = u32::try_from(base).unwrap_or(END);
        self.ends.extend(
            ends.iter()
                .map(|end| (end & !END) | (end & END).saturating_add(base).min(END)),
        );
    }

    fn gather(&self, rows: &[u32]) -> Self {
        let mut out = Self::default();
        for &row in rows {
            out.items.extend_from_slice(self.get(row as usize));
            out.end(self.presence(row as usize));
        }
        out
    }
}

impl Column {
    /// An empty column for a field.
    pub(super) fn new(shape: ColumnShape, level: Option<&'static Level>) -> Self {
        match shape {
            ColumnShape::Text => Self::Text(Vec::new()),
            ColumnShape::Int => Self::Int(Vec::new()),
            ColumnShape::Bool => Self::Bool(Vec::new()),
            ColumnShape::Network | ColumnShape::Id(_) => Self::Packed(Vec::new()),
            ColumnShape::Texts => Self::Texts(Ragged::default()),
            ColumnShape::Ids(_) => Self::Ids(Ragged::default()),
            ColumnShape::Tags => Self::Tags(Ragged::default()),
            ColumnShape::List => Self::List(
                Ragged::default(),
                Box::new(level.map(Table::new).unwrap_or_default()),
            ),
        }
    }

    /// How many values it has.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(values) => values.len(),
            Self::Int(values) => values.len(),
            Self::Bool(values) => values.len(),
            Self::Packed(values) => values.len(),
            Self::Texts(lists) => lists.ends.len(),
            Self::Ids(lists) => lists.ends.len(),
            Self::Tags(lists) => lists.ends.len(),
            Self::List(lists, _) => lists.ends.len(),
        }
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a value is there.
    pub fn presence(&self, row: usize) -> Presence {
        match self {
            Self::Text(values) => match values.get(row) {
                Some(&Symbol::UNKNOWN) => Presence::Unknown,
                Some(&Symbol::ABSENT) | None => Presence::Absent,
                Some(_) => Presence::Present,
            },
            Self::Int(values) => match values.get(row) {
                Some(&UNKNOWN_INT) => Presence::Unknown,
                Some(&NO_INT) | None => Presence::Absent,
                Some(_) => Presence::Present,
            },
            Self::Bool(values) => match values.get(row) {
                Some(Flag::Unknown) => Presence::Unknown,
                Some(Flag::Absent) | None => Presence::Absent,
                Some(_) => Presence::Present,
            },
            Self::Packed(values) => match values.get(row) {
                Some(&Packed::UNKNOWN) => Presence::Unknown,
                Some(&Packed::ABSENT) | None => Presence::Absent,
                Some(_) => Presence::Present,
            },
            Self::Texts(lists) => lists.presence(row),
            Self::Ids(lists) => lists.presence(row),
            Self::Tags(lists) => lists.presence(row),
            Self::List(lists, _) => lists.presence(row),
        }
    }

    /// Adds the lack of a value.
    pub fn push_missing(&mut self, presence: Presence) {
        let unknown = presence == Presence::Unknown;
        match self {
            Self::Text(values) => values.push(if unknown {
                Symbol::UNKNOWN
            } else {
                Symbol::ABSENT
            }),
            Self::Int(values) => values.push(if unknown { UNKNOWN_INT } else { NO_INT }),
            Self::Bool(values) => values.push(if unknown { Flag::Unknown } else { Flag::Absent }),
            Self::Packed(values) => values.push(if unknown {
                Packed::UNKNOWN
            } else {
                Packed::ABSENT
            }),
            Self::Texts(lists) => lists.end(presence),
            Self::Ids(lists) => lists.end(presence),
            Self::Tags(lists) => lists.end(presence),
            Self::List(lists, table) => lists.close(table.rows(), presence),
        }
    }

    /// Ends the list of objects that is being made.
    pub fn end_list(&mut self) {
        if let Self::List(lists, table) = self {
            lists.close(table.rows(), Presence::Present);
        }
    }

    /// Forgets all but the first values.
    pub fn truncate(&mut self, rows: usize) {
        match self {
            Self::Text(values) => values.truncate(rows),
            Self::Int(values) => values.truncate(rows),
            Self::Bool(values) => values.truncate(rows),
            Self::Packed(values) => values.truncate(rows),
            Self::Texts(lists) => lists.truncate(rows),
            Self::Ids(lists) => lists.truncate(rows),
            Self::Tags(lists) => lists.truncate(rows),
            Self::List(lists, table) => {
                lists.ends.truncate(rows);
                table.truncate(lists.ends.last().map_or(0, |end| (end & END) as usize));
            }
        }
    }

    /// Adds all values of a column of the same shape.
    pub fn append(&mut self, other: Self, translation: &Translation) {
        match (self, other) {
            (Self::Text(ours), Self::Text(theirs)) => {
                ours.extend(theirs.into_iter().map(|symbol| translation.apply(symbol)));
            }
            (Self::Int(ours), Self::Int(theirs)) => ours.extend(theirs),
            (Self::Bool(ours), Self::Bool(theirs)) => ours.extend(theirs),
            (Self::Packed(ours), Self::Packed(theirs)) => ours.extend(
                theirs
                    .into_iter()
                    .map(|packed| packed.translate(translation)),
            ),
            (Self::Texts(ours), Self::Texts(theirs)) => {
                ours.append(&theirs, |symbol| translation.apply(symbol));
            }
            (Self::Ids(ours), Self::Ids(theirs)) => {
                ours.append(&theirs, |packed| packed.translate(translation));
            }
            (Self::Tags(ours), Self::Tags(theirs)) => {
                ours.append(&theirs, |(key, value)| {
                    (translation.apply(key), translation.apply(value))
                });
            }
            (Self::List(ours, table), Self::List(theirs, other)) => {
                ours.shift(table.rows(), &theirs.ends);
                table.append(*other, translation);
            }
            _ => {}
        }
    }

    /// Adds what is missing up to so many values.
    pub(super) fn pad(&mut self, rows: usize) {
        for _ in self.len()..rows {
            self.push_missing(Presence::Absent);
        }
    }

    /// The values of these rows, in their order; none where there are none.
    pub(super) fn pick(&self, rows: &[u32]) -> Self {
        self.gather(if self.is_empty() { &[] } else { rows })
    }

    /// The values of these rows, in their order.
    #[must_use]
    pub fn gather(&self, rows: &[u32]) -> Self {
        fn pick<T: Copy>(values: &[T], rows: &[u32], missing: T) -> Vec<T> {
            rows.iter()
                .map(|&row| values.get(row as usize).copied().unwrap_or(missing))
                .collect()
        }
        match self {
            Self::Text(values) => Self::Text(pick(values, rows, Symbol::ABSENT)),
            Self::Int(values) => Self::Int(pick(values, rows, NO_INT)),
            Self::Bool(values) => Self::Bool(pick(values, rows, Flag::Absent)),
            Self::Packed(values) => Self::Packed(pick(values, rows, Packed::ABSENT)),
            Self::Texts(lists) => Self::Texts(lists.gather(rows)),
            Self::Ids(lists) => Self::Ids(lists.gather(rows)),
            Self::Tags(lists) => Self::Tags(lists.gather(rows)),
            Self::List(lists, table) => {
                let mut out = Ragged::default();
                let mut entries = Vec::new();
                for &row in rows {
                    entries.extend(
                        lists
                            .range(row as usize)
                            .map(|entry| u32::try_from(entry).unwrap_or(u32::MAX)),
                    );
                    out.close(entries.len(), lists.presence(row as usize));
                }
                Self::List(out, Box::new(table.gather(&entries)))
            }
        }
    }

    /// Whether two rows hold the same, in this column.
    pub fn same(&self, one: usize, other: usize) -> bool {
        let presence = self.presence(one);
        if presence != Presence::Present || presence != self.presence(other) {
            return presence == self.presence(other);
        }
        match self {
            Self::Text(values) => values.get(one) == values.get(other),
            Self::Int(values) => values.get(one) == values.get(other),
            Self::Bool(values) => values.get(one) == values.get(other),
            Self::Packed(values) => values.get(one) == values.get(other),
            Self::Texts(lists) => lists.get(one) == lists.get(other),
            Self::Ids(lists) => lists.get(one) == lists.get(other),
            Self::Tags(lists) => lists.get(one) == lists.get(other),
            Self::List(lists, table) => {
                let (one, other) = (lists.range(one), lists.range(other));
                one.len() == other.len()
                    && one.zip(other).all(|(one, other)| table.same(one, other))
            }
        }
    }

    /// Gives back memory that is not needed.
    pub fn shrink(&mut self) {
        match self {
            Self::Text(values) => values.shrink_to_fit(),
            Self::Int(values) => values.shrink_to_fit(),
            Self::Bool(values) => values.shrink_to_fit(),
            Self::Packed(values) => values.shrink_to_fit(),
            Self::Texts(lists) => {
                lists.ends.shrink_to_fit();
                lists.items.shrink_to_fit();
            }
            Self::Ids(lists) => {
                lists.ends.shrink_to_fit();
                lists.items.shrink_to_fit();
            }
            Self::Tags(lists) => {
                lists.ends.shrink_to_fit();
                lists.items.shrink_to_fit();
            }
            Self::List(lists, table) => {
                lists.ends.shrink_to_fit();
                table.shrink();
            }
        }
    }
}
