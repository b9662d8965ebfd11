//! Statements that IRIS keeps prepared, by their IRIS text.
//!
//! Statements of clients that differ in literals only have one IRIS text, since literals are bound.
//! They share what IRIS keeps of it, and so do the statements of plans.

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use super::Session;
use super::failure::Failure;
use crate::engine::{Answer, Engine, Forget, Source};

/// Bytes of IRIS text, with [`ENTRY_BYTES`] for each, from which on those that no translation
/// needs are dropped.
const TEXT_BYTES_MAX: usize = 8 << 20;
/// Bytes that a statement counts besides its text: what it takes here and in IRIS's process.
const ENTRY_BYTES: usize = 512;
/// Handles that IRIS is asked for; `IrisPG.Session` keeps 10 000 (contract §6).
const HANDLES_MAX: usize = 8_000;

/// What is kept of one IRIS text.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// Handle inside IRIS, 0 when there is none.
    handle: Cell<i64>,
    /// The generation in which the handle was given.
    generation: Cell<u64>,
    /// Whether the text has been run.
    seen: Cell<bool>,
    /// Open cursors of the handle: they close when it is run again.
    cursors: Cell<usize>,
}

impl Kept {
    /// Whether the text has been run.
    pub(crate) fn is_seen(&self) -> bool {
        self.seen.get()
    }
}

/// A cursor of a kept statement: while it is open the statement is not run by its handle.
#[derive(Debug)]
pub(crate) struct Lease(Rc<Kept>);

impl Lease {
    fn new(kept: &Rc<Kept>) -> Self {
        kept.cursors.set(kept.cursors.get().saturating_add(1));
        Self(Rc::clone(kept))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.0.cursors.set(self.0.cursors.get().saturating_sub(1));
    }
}

/// Every text of which something is kept.
#[derive(Debug, Default)]
pub(crate) struct KeptStatements {
    by_text: HashMap<Rc<str>, Rc<Kept>>,
    /// Bytes as [`TEXT_BYTES_MAX`] counts them.
    bytes: usize,
    /// Bytes that were in use when the last ones were dropped.
    in_use: usize,
    /// Handles that IRIS holds.
    handles: usize,
}

impl KeptStatements {
    /// What is kept of a text, from now on if nothing was.
    ///
    /// # Errors
    ///
    /// IRIS could not forget what was dropped for it.
    pub(crate) fn of(&mut self, text: &str, engine: &mut dyn Engine) -> Result<Rc<Kept>, Failure> {
        if let Some(kept) = self.by_text.get(text) {
            return Ok(Rc::clone(kept));
        }
        self.make_room(engine)?;
        let kept = Rc::new(Kept::default());
        self.by_text.insert(Rc::from(text), Rc::clone(&kept));
        self.bytes = self.bytes.saturating_add(text.len()).saturating_add(ENTRY_BYTES);
        Ok(kept)
    }

    /// Drops what no translation and no cursor needs, when much has gathered since the last time.
    fn make_room(&mut self, engine: &mut dyn Engine) -> Result<(), Failure> {
        if self.bytes < self.in_use.saturating_mul(2).max(TEXT_BYTES_MAX) {
            return Ok(());
        }
        let mut handles = Vec::new();
        self.by_text.retain(|_, kept| {
            let used = Rc::strong_count(kept) > 1;
            if !used && kept.handle.get() != 0 {
                handles.push(kept.handle.get());
            }
            used
        });
        self.bytes = self.by_text.keys().map(|text| text.len().saturating_add(ENTRY_BYTES)).sum();
        self.in_use = self.bytes;
        self.handles = self.handles.saturating_sub(handles.len());
        for handle in handles {
            engine.close(Forget::Statement(handle))?;
        }
        Ok(())
    }
}

impl Session {
    /// How IRIS is to be asked for a statement: by its handle if it has one that holds. One of an
    /// older generation is dropped.
    pub(super) fn source<'a>(&mut self, kept: &Kept, text: &'a str) -> Result<Source<'a>, Failure> {
        let handle = kept.handle.get();
        if handle == 0 || kept.cursors.get() > 0 {
            return Ok(Source::Text(text));
        }
        if kept.generation.get() == self.generation() {
            return Ok(Source::Handle(handle));
        }
        kept.handle.set(0);
        let kept = &mut self.cache.kept;
        kept.handles = kept.handles.saturating_sub(1);
        self.engine.close(Forget::Statement(handle))?;
        Ok(Source::Text(text))
    }

    /// Whether IRIS may be asked to keep a statement.
    pub(super) fn may_keep(&self, kept: &Kept) -> bool {
        kept.handle.get() == 0 && self.cache.kept.handles < HANDLES_MAX
    }

    /// Takes over what an answer says of handle and generation, and compares IRIS's level.
    pub(super) fn note(&mut self, kept: &Kept, answer: &Answer) -> Result<(), Failure> {
        self.stamp = answer.generation;
        kept.seen.set(true);
        if answer.statement != 0 && kept.handle.get() == 0 {
            kept.handle.set(answer.statement);
            kept.generation.set(self.generation());
            self.cache.kept.handles = self.cache.kept.handles.saturating_add(1);
        }
        self.transaction.check(answer)
    }
}

/// What the rows behind an answer hold on to: its cursor, if the kept statement opened one.
pub(super) fn lease(kept: &Rc<Kept>, answer: &Answer) -> Option<Lease> {
    let own = answer.cursor != 0 && answer.statement != 0;
    own.then(|| Lease::new(kept))
}
