//! `all`, `exists`, `exists_one`, `map` and `filter` over lists that may have
//! more than is seen.
//!
//! It may use values and the trace. An element that decides makes the rest
//! unimportant; an open list or an unknown element leaves doubt otherwise.

use std::sync::Arc;

use super::{Compiler, Eval};
use crate::rules::expression::ast::ComprehensionKind;
use crate::rules::expression::check::Typed;
use crate::rules::expression::trace::Frame;
use crate::rules::expression::value::{List, Value};

impl<'g> Compiler<'_, 'g> {
    pub(super) fn comprehension(
        &self,
        kind: ComprehensionKind,
        range: &Typed,
        slot: usize,
        filter: Option<&Typed>,
        body: &Typed,
    ) -> Eval<'g> {
        let graph = self.context.graph;
        let (range, body) = (self.expr(range), self.expr(body));
        let filter = filter.map(|filter| self.expr(filter));
        Box::new(move |frame| {
            let start = frame.mark();
            let over = range(frame);
            if over.is_unknown() {
                return Value::Unknown;
            }
            let mut state = State {
                kind,
                found: 0,
                doubtful: false,
                items: Vec::new(),
                kept: Vec::new(),
            };
            let before = frame.mark();
            let outer = frame.slots.get(slot).cloned();
            let open = over.each(graph, &mut |element| {
                if let Some(place) = frame.slots.get_mut(slot) {
                    *place = element.clone();
                }
                let mark = frame.mark();
                match filter.as_ref().map(|filter| filter(frame).truth()) {
                    Some(Some(false)) => {
                        frame.forget(mark);
                        return true;
                    }
                    // It may belong to the result or not.
                    Some(None) => {
                        state.doubtful = true;
                        return true;
                    }
                    _ => {}
                }
                let value = body(frame);
                state.take(frame, mark, element, value)
            });
            if let (Some(place), Some(outer)) = (frame.slots.get_mut(slot), outer) {
                *place = outer;
            }
            state.finish(frame, (start, before), open)
        })
    }
}

/// The state of a comprehension.
struct State<'g> {
    kind: ComprehensionKind,
    found: usize,
    doubtful: bool,
    items: Vec<Value<'g>>,
    kept: Vec<(usize, usize)>,
}

/// Elements that one comprehension shows in the evidence.
const SHOWN: usize = 50;

impl<'g> State<'g> {
    /// Takes the value for one element; false when the result is decided and
    /// nobody wants to see more.
    fn take(
        &mut self,
        frame: &mut Frame<'g>,
        mark: usize,
        element: Value<'g>,
        value: Value<'g>,
    ) -> bool {
        let truth = value.truth();
        let decides = match self.kind {
            ComprehensionKind::All => truth == Some(false),
            ComprehensionKind::Exists
            | ComprehensionKind::ExistsOne
            | ComprehensionKind::Filter => truth == Some(true),
            ComprehensionKind::Map => {
                self.items.push(value);
                return true;
            }
        };
        if truth.is_none() {
            self.doubtful = true;
        }
        if decides {
            self.found += 1;
            if self.kind == ComprehensionKind::Filter {
                self.items.push(element);
            }
        }
        // What did not decide leaves the trace; for `exists` all that failed is
        // the evidence that there is none.
        let keep = decides || truth.is_none() || self.kind == ComprehensionKind::Exists;
        if keep && self.kept.len() < SHOWN {
            self.kept.push((mark, frame.mark()));
        } else {
            frame.forget(mark);
        }
        frame.tracing()
            || !decides
            || !matches!(
                self.kind,
                ComprehensionKind::All | ComprehensionKind::Exists
            )
    }

    fn finish(
        self,
        frame: &mut Frame<'g>,
        (start, before): (usize, usize),
        open: bool,
    ) -> Value<'g> {
        let doubtful = self.doubtful || open;
        match self.kind {
            ComprehensionKind::All if self.found > 0 => decided(frame, (start, before), false),
            ComprehensionKind::Exists if self.found > 0 => decided(frame, (start, before), true),
            ComprehensionKind::All if !doubtful => Value::Bool(true),
            ComprehensionKind::Exists if !doubtful => Value::Bool(false),
            ComprehensionKind::ExistsOne if self.found > 1 => Value::Bool(false),
            ComprehensionKind::ExistsOne if !doubtful => Value::Bool(self.found == 1),
            ComprehensionKind::Filter | ComprehensionKind::Map => Value::List(Arc::new(List {
                items: self.items,
                open: doubtful,
            })),
            _ => Value::Unknown,
        }
    }
}

/// An element decided: what was missing from the rest of the list no longer
/// matters.
fn decided<'g>(frame: &mut Frame<'g>, (start, before): (usize, usize), value: bool) -> Value<'g> {
    frame.forget_missed(start, before);
    Value::Bool(value)
}
