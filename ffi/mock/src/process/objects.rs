//! The objects of a process and the counts of their references.

use crate::callin::errors;
use crate::callin::raise::{Outcome, Raise};
use crate::contract::Session;

struct Object {
    oref: u32,
    count: u32,
    session: Box<Session>,
}

/// The open objects. The one class whose objects can be made is the session contract's.
#[derive(Default)]
pub(crate) struct Objects {
    open: Vec<Object>,
    last: u32,
}

impl Objects {
    /// Makes an object with one count.
    pub(crate) fn create(&mut self) -> u32 {
        self.last = self.last.saturating_add(1);
        self.open.push(Object { oref: self.last, count: 1, session: Box::default() });
        self.last
    }

    fn position(&self, oref: u32) -> Outcome<usize> {
        self.open
            .iter()
            .position(|object| object.oref == oref)
            .ok_or_else(|| Raise::error(errors::BAD_OREF, ""))
    }

    /// The object behind a reference.
    ///
    /// # Errors
    /// `<INVALID OREF>` (119).
    pub(crate) fn get(&mut self, oref: u32) -> Outcome<&mut Session> {
        let index = self.position(oref)?;
        match self.open.get_mut(index) {
            Some(object) => Ok(&mut object.session),
            None => Err(Raise::error(errors::BAD_OREF, "")),
        }
    }

    /// Whether a reference names an object.
    pub(crate) fn contains(&self, oref: u32) -> bool {
        self.position(oref).is_ok()
    }

    /// One more count.
    ///
    /// # Errors
    /// `<INVALID OREF>` (119).
    pub(crate) fn count(&mut self, oref: u32) -> Outcome {
        let index = self.position(oref)?;
        if let Some(object) = self.open.get_mut(index) {
            object.count = object.count.saturating_add(1);
        }
        Ok(())
    }

    /// One count less; with the last the object goes.
    ///
    /// # Errors
    /// `<INVALID OREF>` (119).
    pub(crate) fn close(&mut self, oref: u32) -> Outcome {
        let index = self.position(oref)?;
        if let Some(object) = self.open.get_mut(index) {
            object.count = object.count.saturating_sub(1);
            if object.count == 0 {
                self.open.remove(index);
            }
        }
        Ok(())
    }

    /// Open objects.
    pub(crate) fn len(&self) -> usize {
        self.open.len()
    }

    /// Statements and cursors that the objects keep.
    pub(crate) fn kept(&self) -> (usize, usize) {
        self.open.iter().fold((0, 0), |(statements, cursors), object| {
            let (s, c) = object.session.kept();
            (statements + s, cursors + c)
        })
    }
}
