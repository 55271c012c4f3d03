//! What an evaluation looked at, written down when somebody wants to know.
//!
//! Only findings are traced; passing costs nothing. The trace is pruned as the
//! evaluation goes: what did not decide is taken out again. It holds places in
//! the graph, not texts of files.

use super::value::{Entry, Value};
use crate::graph::Node;
use crate::graph::admission::Need;

/// One thing that an evaluation saw or missed.
#[derive(Debug, Clone)]
pub enum Event {
    /// A value that decided.
    Read(Read),
    /// Something that it would have needed.
    Missed(Need),
}

/// A value that decided.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Read {
    /// The resource that has it.
    pub owner: Node,
    /// Path from the resource with positions (`Groups/0/GroupId`); empty for
    /// values that no field holds.
    pub path: String,
    /// What it is called: the field, or the expression.
    pub label: String,
    /// The comparison, if there was one.
    pub op: &'static str,
    /// What it was compared with.
    pub expected: Option<String>,
    /// What it was.
    pub actual: String,
    /// How the comparison came out.
    pub held: bool,
    /// Whether it only decided that the rule speaks about the resource.
    pub context: bool,
}

impl Read {
    /// A value that was seen, without a comparison.
    pub fn seen(
        owner: Node,
        path: impl Into<String>,
        label: impl Into<String>,
        actual: impl Into<String>,
    ) -> Self {
        Self {
            owner,
            path: path.into(),
            label: label.into(),
            op: "",
            expected: None,
            actual: actual.into(),
            held: true,
            context: false,
        }
    }

    /// The comparison as it would have to be for the other outcome: what was
    /// wanted when the rule failed.
    pub fn opposite(&self) -> &'static str {
        if !self.held {
            return self.op;
        }
        match self.op {
            "==" => "!=",
            "!=" => "==",
            "<" => ">=",
            "<=" => ">",
            ">" => "<=",
            ">=" => "<",
            "in" => "not in",
            other => other,
        }
    }
}

/// Variables and trace of one evaluation.
#[derive(Debug)]
pub struct Frame<'g> {
    /// Values of the variables, by slot.
    pub slots: Vec<Value<'g>>,
    /// Values of the rule's `let`, once somebody asked.
    pub lets: Vec<Option<Value<'g>>>,
    /// The resource the rule speaks about.
    pub subject: Node,
    /// A message is being written: better a part of a list than nothing.
    pub rendering: bool,
    events: Option<Vec<Event>>,
}

impl<'g> Frame<'g> {
    /// A frame for rules with so many variables.
    pub fn new(slots: usize, lets: usize, subject: Node) -> Self {
        let mut all = vec![Value::Null; slots.max(1)];
        if let Some(first) = all.first_mut() {
            *first = Value::Node(subject);
        }
        Self {
            slots: all,
            lets: vec![None; lets],
            subject,
            rendering: false,
            events: None,
        }
    }

    /// From here on values are only shown.
    pub fn start_rendering(&mut self) {
        self.rendering = true;
        self.lets.iter_mut().for_each(|value| *value = None);
    }

    /// Begins with another resource.
    pub fn reset(&mut self, subject: Node) {
        self.subject = subject;
        if let Some(first) = self.slots.first_mut() {
            *first = Value::Node(subject);
        }
        self.lets.iter_mut().for_each(|value| *value = None);
    }

    /// Writes down what is seen from now on.
    pub fn start_trace(&mut self) {
        self.events = Some(Vec::new());
        self.lets.iter_mut().for_each(|value| *value = None);
    }

    /// What was seen.
    pub fn take_trace(&mut self) -> Vec<Event> {
        self.events.take().unwrap_or_default()
    }

    /// Whether anybody wants to know.
    pub const fn tracing(&self) -> bool {
        self.events.is_some()
    }

    /// The place in the trace where what comes next begins.
    pub fn mark(&self) -> usize {
        self.events.as_ref().map_or(0, Vec::len)
    }

    /// Forgets everything since a mark.
    pub fn forget(&mut self, mark: usize) {
        if let Some(events) = &mut self.events {
            events.truncate(mark);
        }
    }

    /// Forgets what stands between two marks.
    pub fn forget_between(&mut self, from: usize, to: usize) {
        if let Some(events) = &mut self.events {
            let to = to.min(events.len());
            if from < to {
                events.drain(from..to);
            }
        }
    }

    /// Whether a value was read since a mark.
    pub fn read_since(&self, mark: usize) -> bool {
        self.since(mark)
            .iter()
            .any(|event| matches!(event, Event::Read(read) if !read.context))
    }

    /// The last value read since a mark, to say what it was compared with.
    pub fn last_read(&mut self, mark: usize) -> Option<&mut Read> {
        let events = self.events.as_mut()?;
        events
            .get_mut(mark..)?
            .iter_mut()
            .rev()
            .find_map(|event| match event {
                Event::Read(read) => Some(read),
                Event::Missed(_) => None,
            })
    }

    /// The last value read between two marks.
    pub fn last_read_between(&mut self, from: usize, to: usize) -> Option<&mut Read> {
        let events = self.events.as_mut()?;
        let to = to.min(events.len());
        events
            .get_mut(from..to)?
            .iter_mut()
            .rev()
            .find_map(|event| match event {
                Event::Read(read) => Some(read),
                Event::Missed(_) => None,
            })
    }

    /// Forgets what was missing between two marks: it did not matter.
    pub fn forget_missed(&mut self, from: usize, to: usize) {
        if let Some(events) = &mut self.events {
            let mut position = 0;
            events.retain(|event| {
                let inside = (from..to).contains(&position);
                position += 1;
                !(inside && matches!(event, Event::Missed(_)))
            });
        }
    }

    fn since(&self, mark: usize) -> &[Event] {
        self.events
            .as_ref()
            .and_then(|events| events.get(mark..))
            .unwrap_or_default()
    }

    /// What was seen so far only decided that the rule speaks about the
    /// resource.
    pub fn as_context(&mut self) {
        self.context_since(0);
    }

    /// What was seen since a mark only chose between two ways.
    pub fn context_since(&mut self, mark: usize) {
        for event in self.events.iter_mut().flatten().skip(mark) {
            if let Event::Read(read) = event {
                read.context = true;
            }
        }
    }

    /// Whether this value of this resource was written down already.
    pub fn has_seen(&self, owner: Node, label: &str) -> bool {
        self.since(0).iter().any(
            |event| matches!(event, Event::Read(read) if read.owner == owner && read.label == label),
        )
    }

    /// Writes down a value that was read.
    pub fn saw(&mut self, read: Read) {
        if let Some(events) = &mut self.events {
            events.push(Event::Read(read));
        }
    }

    /// Writes down something that was missing; the value is unknown.
    pub fn missed(&mut self, need: Need) -> Value<'g> {
        if let Some(events) = &mut self.events {
            events.push(Event::Missed(need));
        }
        Value::Unknown
    }
}

/// Path of an entry from its resource, with positions: `Groups/0`.
pub fn entry_path(entry: &Entry<'_>, graph: &crate::graph::Graph) -> String {
    use crate::snapshot::column::Column;
    let Some(row) = entry.owner.row() else {
        return String::new();
    };
    let snapshot = graph.snapshot();
    let mut table = snapshot.table(entry.owner.kind);
    let mut level = crate::snapshot::layout::Level::of(entry.owner.kind);
    let mut rows = row as usize..row as usize + 1;
    let mut path = String::new();
    // Lists nest at most three deep; each step finds the one list on the way
    // whose range holds the entry or an ancestor of it.
    while !std::ptr::eq(table, entry.table) {
        let found = level.columns.iter().enumerate().find_map(|(index, spec)| {
            let below = spec.level.as_ref()?;
            let on_the_way = entry.entry.level.path == below.path
                || entry
                    .entry
                    .level
                    .path
                    .starts_with(&format!("{}.", below.path));
            let (true, Some(Column::List(lists, child))) = (on_the_way, table.column(index)) else {
                return None;
            };
            Some((spec, below, lists, child))
        });
        let Some((spec, below, lists, child)) = found else {
            return path;
        };
        let target = |range: &std::ops::Range<usize>| {
            if std::ptr::eq(&raw const **child, std::ptr::from_ref(entry.table)) {
                range.contains(&entry.row)
            } else {
                holds(child, below, range, entry)
            }
        };
        let Some(parent) = rows.clone().find(|&parent| target(&lists.range(parent))) else {
            return path;
        };
        let range = lists.range(parent);
        let position = if std::ptr::eq(&raw const **child, std::ptr::from_ref(entry.table)) {
            entry.row - range.start
        } else {
            range
                .clone()
                .position(|row| holds(child, below, &(row..row + 1), entry))
                .unwrap_or(0)
        };
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(&spec.path.replace('.', "/"));
        path.push('/');
        path.push_str(&position.to_string());
        rows = range.start + position..range.start + position + 1;
        table = child;
        level = below;
    }
    path
}

/// Whether the entry is below one of these rows.
fn holds(
    table: &crate::snapshot::table::Table,
    level: &'static crate::snapshot::layout::Level,
    rows: &std::ops::Range<usize>,
    entry: &Entry<'_>,
) -> bool {
    use crate::snapshot::column::Column;
    level.columns.iter().enumerate().any(|(index, spec)| {
        let (Some(below), Some(Column::List(lists, child))) =
            (spec.level.as_ref(), table.column(index))
        else {
            return false;
        };
        rows.clone().any(|row| {
            let range = lists.range(row);
            if std::ptr::eq(&raw const **child, std::ptr::from_ref(entry.table)) {
                range.contains(&entry.row)
            } else {
                holds(child, below, &range, entry)
            }
        })
    })
}
