//! Functions that expressions can call: the standard ones of CEL, and those
//! that need exact arithmetic over the network.
//!
//! A function is an entry of a table: signature, documentation, example and
//! code; the checker, `plaudit schema` and the documentation follow from it.
//! Functions may use the graph; they must not judge, only answer.

mod dns;
mod groups;
mod kinds;
mod lists;
mod names;
mod network;
mod reach;
mod redis_cloud;
mod resources;
mod texts;

pub use kinds::NETWORK;
pub use texts::day;

use super::check::{Constant, Op, Typed};
use super::trace::Frame;
use super::types::Type;
use super::value::Value;
use crate::graph::Graph;
use crate::graph::admission::{Answer, Need};
use crate::snapshot::record::Kind;

/// A function.
#[derive(Debug)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// What it is a member of; `None` for `name(args)`.
    pub receiver: Option<Accepts>,
    /// What it takes besides.
    pub args: &'static [Accepts],
    /// What it gives.
    pub gives: Gives,
    /// What it answers, and when the answer is unknown.
    pub doc: &'static str,
    /// How a rule uses it.
    pub example: &'static str,
    /// Fields that it looks at, of any kind.
    pub reads: &'static [(Kind, &'static str)],
    /// References that it follows, there or back.
    pub follows: &'static [(Kind, &'static str)],
    /// Kinds that it may look at as a whole: all fields but tags, and all links
    /// from them.
    pub whole: &'static [Kind],
    /// The code. The receiver comes first among the arguments; an argument that
    /// is unknown never gets here.
    pub call: for<'c, 'g> fn(&Call<'c, 'g>, &mut Frame<'g>) -> Value<'g>,
}

/// A call of a function.
#[derive(Debug)]
pub struct Call<'c, 'g> {
    /// The network.
    pub graph: &'g Graph,
    /// The time of the run, RFC 3339, if it has one.
    pub now: Option<&'g str>,
    /// The receiver, if there is one, and the arguments.
    pub args: &'c [Value<'g>],
}

/// What a receiver or an argument may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepts {
    /// A whole number.
    Int,
    /// Text.
    Text,
    /// A list of texts.
    Texts,
    /// Any list.
    List,
    /// A list of texts or of whole numbers.
    Sortable,
    /// Anything with a size: list, text, tags.
    Sized,
    /// A text or a whole number.
    Scalar,
    /// A resource of a kind.
    Resource(Kind),
    /// A resource of one of some kinds.
    ResourceOf(&'static [Kind]),
    /// A resource of any kind.
    AnyResource,
    /// A resource of any kind, or a text that names a place.
    Place,
    /// A resource of a kind, or a list of them.
    OneOrMore(Kind),
}

/// What a function gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gives {
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// Text.
    Text,
    /// A list of texts.
    Texts,
    /// The same type as the receiver.
    Receiver,
    /// A resource.
    Resource(Kind),
    /// A list of resources.
    Resources(Kind),
}

/// All functions.
pub fn all() -> impl Iterator<Item = &'static Function> {
    [
        texts::FUNCTIONS,
        lists::FUNCTIONS,
        network::FUNCTIONS,
        groups::FUNCTIONS,
        resources::FUNCTIONS,
        reach::FUNCTIONS,
        dns::FUNCTIONS,
        names::FUNCTIONS,
        redis_cloud::FUNCTIONS,
    ]
    .into_iter()
    .flatten()
}

impl Accepts {
    /// Whether a type fits.
    pub fn fits(self, ty: &Type) -> bool {
        match self {
            Self::Int => *ty == Type::Int,
            Self::Text => matches!(ty, Type::Text { .. }),
            Self::Texts => {
                matches!(ty, Type::Nothing)
                    || matches!(ty, Type::List(element) if matches!(**element, Type::Text { .. }))
            }
            Self::List => matches!(ty, Type::List(_) | Type::Nothing),
            Self::Sortable => {
                matches!(ty, Type::Nothing)
                    || matches!(ty, Type::List(element) if matches!(**element, Type::Text { .. } | Type::Int))
            }
            Self::Sized => matches!(
                ty,
                Type::List(_) | Type::Nothing | Type::Text { .. } | Type::Tags
            ),
            Self::Scalar => matches!(ty, Type::Int | Type::Text { .. }),
            Self::Resource(kind) => *ty == Type::Resource(kind),
            Self::ResourceOf(kinds) => matches!(ty, Type::Resource(kind) if kinds.contains(kind)),
            Self::AnyResource => matches!(ty, Type::Resource(_)),
            Self::Place => matches!(ty, Type::Resource(_) | Type::Text { .. }),
            Self::OneOrMore(kind) => {
                *ty == Type::Resource(kind) || *ty == Type::List(Box::new(Type::Resource(kind)))
            }
        }
    }

    /// As messages name it.
    pub fn name(self) -> String {
        match self {
            Self::Int => "int".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Texts => "list of text".to_owned(),
            Self::List => "list".to_owned(),
            Self::Sortable => "list of text or int".to_owned(),
            Self::Sized => "list, text or tags".to_owned(),
            Self::Scalar => "text or int".to_owned(),
            Self::Resource(kind) => kind.spec().name.to_owned(),
            Self::ResourceOf(kinds) => kinds
                .iter()
                .map(|kind| kind.spec().name)
                .collect::<Vec<_>>()
                .join(" or "),
            Self::AnyResource => "resource".to_owned(),
            Self::Place => "resource or text".to_owned(),
            Self::OneOrMore(kind) => format!("{0} or list of {0}", kind.spec().name),
        }
    }
}

impl Gives {
    /// The type, for a receiver of this type.
    pub fn of(self, receiver: Option<&Type>) -> Type {
        match self {
            Self::Bool => Type::Bool,
            Self::Int => Type::Int,
            Self::Text => Type::TEXT,
            Self::Texts => Type::List(Box::new(Type::TEXT)),
            Self::Receiver => receiver.cloned().unwrap_or(Type::Null),
            Self::Resource(kind) => Type::Resource(kind),
            Self::Resources(kind) => Type::List(Box::new(Type::Resource(kind))),
        }
    }

    /// As messages name it.
    pub fn name(self) -> String {
        match self {
            Self::Receiver => "the same".to_owned(),
            other => other.of(None).to_string(),
        }
    }
}

impl Function {
    /// `list of text .join(text) → text`.
    pub fn signature(&self) -> String {
        let args: Vec<String> = self.args.iter().map(|arg| arg.name()).collect();
        let receiver = self
            .receiver
            .map_or_else(String::new, |receiver| format!("{}.", receiver.name()));
        format!(
            "{receiver}{}({}) → {}",
            self.name,
            args.join(", "),
            self.gives.name()
        )
    }
}

/// Kinds that texts may name besides those that make up a network.
const NAMED: &[Kind] = &[
    Kind::ReplicationGroup,
    Kind::CacheCluster,
    Kind::ServerlessCache,
];

/// The kinds that a call may look at as a whole: those of the function, and
/// where a text may name something, those that decide what.
pub fn whole(function: &Function, args: &[Typed]) -> Vec<Kind> {
    let mut kinds = function.whole.to_vec();
    let places = function
        .receiver
        .iter()
        .chain(function.args)
        .zip(args)
        .filter(|(accepts, _)| **accepts == Accepts::Place);
    for (_, arg) in places {
        // The internet and networks on premises are no names.
        let plain = match &arg.op {
            Op::Constant(Constant::Text(text)) => {
                text.starts_with("internet") || text.starts_with("onprem:")
            }
            _ => !matches!(arg.ty, Type::Text { .. }),
        };
        if !plain {
            kinds.extend(NAMED.iter().chain(names::NAMES));
        }
    }
    kinds
}

impl<'g> Call<'_, 'g> {
    /// A text argument.
    pub fn text(&self, position: usize) -> String {
        match self.args.get(position) {
            Some(Value::Text(text)) => text.read(self.graph).into_owned(),
            _ => String::new(),
        }
    }

    /// A whole-number argument.
    pub fn int(&self, position: usize) -> i64 {
        match self.args.get(position) {
            Some(Value::Int(value)) => *value,
            _ => 0,
        }
    }

    /// A list argument: its elements, and whether there may be more.
    pub fn items(&self, position: usize) -> (Vec<Value<'g>>, bool) {
        self.args
            .get(position)
            .map_or((Vec::new(), false), |value| value.items(self.graph))
    }

    /// A list of texts; `None` if an element is unknown or the list is open.
    pub fn texts(&self, position: usize) -> Option<Vec<String>> {
        let (items, open) = self.items(position);
        if open || items.iter().any(Value::is_unknown) {
            return None;
        }
        Some(items.iter().map(|item| item.display(self.graph)).collect())
    }
}

/// The value of an answer; what it would need goes to the trace.
fn answered<'g, T>(
    answer: Answer<T>,
    frame: &mut Frame<'g>,
    value: impl FnOnce(T) -> Value<'g>,
) -> Value<'g> {
    match answer {
        Answer::Known(known) => value(known),
        Answer::Unknown(needs) => {
            for need in needs {
                frame.missed(need);
            }
            Value::Unknown
        }
    }
}

/// A question that makes no sense for these values: unknown, and why.
fn senseless<'g>(frame: &mut Frame<'g>, what: impl Into<String>) -> Value<'g> {
    frame.missed(Need::Sense(what.into()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_function_is_documented() {
        for function in super::all() {
            assert!(function.doc.ends_with('.'), "{}: doc", function.name);
            assert!(
                function.example.contains(function.name),
                "{}: example",
                function.name
            );
        }
    }
}
