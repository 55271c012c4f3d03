//! What reading a document has at hand: its text, what it gave so far, and the
//! order of keys that was seen last.
//!
//! Objects of one kind have their keys in the same order nearly always, so the
//! next key is compared with the one that followed last time before anything
//! is looked up. Decides nothing about kinds; that is for `answer`.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, Visitor};

use crate::snapshot::record::Kind;
use crate::snapshot::symbol::{Symbol, Symbols};
use crate::snapshot::wanted::Wanted;

use super::batch::{Batch, NOWHERE};
use super::catalog::{Catalog, SourceRef};
use super::plan::Step;
use super::problem::Level;

/// The state of reading one document.
#[derive(Debug)]
pub(super) struct Reader<'de> {
    pub catalog: &'static Catalog,
    pub batch: Batch,
    pub text: &'de str,
    /// Offset of the key that was read last.
    pub at: usize,
    /// Keys without case, and scalars in wrappers: AWS Config.
    pub loose: bool,
    /// The fields to keep, if not all of them.
    pub wanted: Option<Arc<Wanted>>,
    /// The modelled operation that the file is named after.
    pub hint: Option<(&'static str, &'static str)>,
    /// The part that the calls that are being read were made for, if not all.
    pub narrowed: &'static str,
    /// Names that may be those of a parent, best first.
    pub names: Vec<ParentName>,
    /// Rows of kinds so far.
    pub objects: u64,
    /// Where the document goes on that this text is a piece of: the pointer of
    /// the array and the position of its first item here.
    pub resumed: Option<(String, u32)>,
    /// For a root array that goes on here: the kind of its records.
    pub resumed_source: Option<SourceRef>,
    /// The id is not in the objects that are being read, but beside them.
    pub id_follows: bool,
    /// For a text inside another document: where it stands there.
    pub stands_at: Option<usize>,
    /// Runs of objects inside those of another run.
    pub embedded: Vec<Embedded>,
    orders: Vec<Order<'de>>,
    tag_keys: Vec<Symbol>,
}

/// A run of objects inside those of another run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Embedded {
    /// The run around it.
    pub outer: u32,
    pub kind: Kind,
    pub run: u32,
    /// How many of its kind's rows were there when the object around began.
    pub done: usize,
}

/// A file's or folder's name, which may be the id of what the file is about.
#[derive(Debug, Clone)]
pub(super) struct ParentName {
    pub name: String,
    /// A folder above it is named after the operation.
    pub certain: bool,
}

/// Keys that are remembered per plan; more than that is no record.
const REMEMBERED: usize = 96;

impl<'de> Reader<'de> {
    pub(super) fn new(text: &'de str, batch: Batch) -> Self {
        let catalog = Catalog::get();
        let orders = (0..catalog.plan_count())
            .map(|_| Order::default())
            .collect();
        Self {
            catalog,
            batch,
            text,
            at: 0,
            loose: false,
            wanted: None,
            hint: None,
            narrowed: "",
            names: Vec::new(),
            objects: 0,
            resumed: None,
            resumed_source: None,
            id_follows: false,
            stands_at: None,
            embedded: Vec::new(),
            orders,
            tag_keys: Vec::new(),
        }
    }

    /// Where a part of the document's text stands in it.
    pub(super) fn offset(&self, part: &str) -> usize {
        let offset = part.as_ptr().addr().wrapping_sub(self.text.as_ptr().addr());
        if offset <= self.text.len() {
            offset
        } else {
            NOWHERE
        }
    }

    /// The keys that objects of a plan had so far; to be given back.
    pub(super) fn take_order(&mut self, plan: usize) -> Order<'de> {
        self.orders
            .get_mut(plan)
            .map(std::mem::take)
            .unwrap_or_default()
    }

    pub(super) fn put_order(&mut self, plan: usize, order: Order<'de>) {
        if let Some(slot) = self.orders.get_mut(plan) {
            *slot = order;
        }
    }

    /// What to do with a key that is not the one that came next before.
    #[cold]
    fn search(
        &self,
        plan: usize,
        order: &mut Order<'de>,
        cursor: &mut usize,
        key: &str,
        borrowed: Option<&'de str>,
    ) -> &'static Step {
        let known = &mut order.0;
        let ahead = known.iter().enumerate().skip(*cursor);
        let all = ahead.chain(known.iter().enumerate().take(*cursor));
        let mut all = all.filter(|(_, (name, _))| *name == key);
        if let Some((at, (_, step))) = all.next() {
            *cursor = at + 1;
            return step;
        }
        let mut step = self.catalog.plan_of(plan).step(key, self.loose);
        if let Some(wanted) = &self.wanted
            && !self.catalog.wants(wanted, plan, step)
        {
            step = &Step::Skip;
        }
        if let Some(name) = borrowed
            && known.len() < REMEMBERED
        {
            known.insert((*cursor).min(known.len()), (name, step));
            *cursor += 1;
        }
        step
    }

    /// The symbol of a text, most likely the one before it in its column.
    pub(super) fn intern(symbols: &mut Symbols, last: Option<Symbol>, text: &str) -> Symbol {
        match last {
            Some(last) if last.is_text() && symbols.text(last) == text => last,
            _ => symbols.intern(text),
        }
    }

    /// The symbol of a tag's key, most likely that of the tag at this place
    /// before.
    pub(super) fn tag_key(&mut self, place: usize, text: &str) -> Symbol {
        let last = self.tag_keys.get(place).copied();
        let symbol = Self::intern(&mut self.batch.symbols, last, text);
        match self.tag_keys.get_mut(place) {
            Some(known) => *known = symbol,
            None if place < REMEMBERED => self.tag_keys.push(symbol),
            None => {}
        }
        symbol
    }

    /// The key that was read last, as the document has it.
    pub(super) fn key(&self) -> &'de str {
        let key = self.text.get(self.at..).unwrap_or_default();
        key.split('"').next().unwrap_or_default()
    }

    /// Reports a problem at the key that was read last.
    pub(super) fn report(
        &mut self,
        level: Level,
        class: &'static str,
        message: impl FnOnce(&str) -> String,
    ) {
        let key = self.key();
        let at = self.stands_at.unwrap_or(self.at);
        self.batch
            .issues
            .add(level, class, Some(at), || message(key));
    }

    /// The key's offset, if it stands in the document as it is.
    #[expect(
        clippy::ptr_arg,
        reason = "a key without escapes is remembered as it is"
    )]
    pub(super) fn arrive(&mut self, key: &Cow<'de, str>) -> usize {
        match key {
            Cow::Borrowed(key) => {
                self.at = self.offset(key);
                self.at
            }
            Cow::Owned(_) => NOWHERE,
        }
    }
}

/// Keys in the order in which objects had them, with what to do.
#[derive(Debug, Default)]
pub(super) struct Order<'de>(Vec<(&'de str, &'static Step)>);

/// Reads a key of an object and says what to do with its value.
pub(super) struct StepSeed<'r, 'de> {
    pub reader: &'r mut Reader<'de>,
    pub plan: usize,
    pub order: &'r mut Order<'de>,
    /// The key that is expected.
    pub cursor: &'r mut usize,
    /// Offset of the first key, [`NOWHERE`] if it has escapes.
    pub first: &'r mut Option<usize>,
}

impl<'de> DeserializeSeed<'de> for StepSeed<'_, 'de> {
    type Value = &'static Step;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for StepSeed<'_, 'de> {
    type Value = &'static Step;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        let Self {
            reader,
            plan,
            order,
            cursor,
            first,
        } = self;
        reader.at = reader.offset(key);
        first.get_or_insert(reader.at);
        if let Some((name, step)) = order.0.get(*cursor)
            && *name == key
        {
            *cursor += 1;
            return Ok(step);
        }
        Ok(reader.search(plan, order, cursor, key, Some(key)))
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        self.first.get_or_insert(NOWHERE);
        let reader = &*self.reader;
        Ok(reader.search(self.plan, self.order, self.cursor, key, None))
    }
}

/// Reads a key, without a copy where the document has it without escapes.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeySeed {
    type Value = Cow<'de, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}
