//! Statements that the session answers itself: transactions, settings, DISCARD, DEALLOCATE.

use super::binding::format;
use super::execute::codecs;
use super::failure::Failure;
use super::statement::Shape;
use super::{Client, Session};
use crate::engine::Forget;
use crate::protocol::message::format_at;
use crate::protocol::report::Report;
use crate::sql::{Action, Discard, Output, Scope, SettingVerb, TransactionVerb};
use crate::types::list::Writer;
use crate::types::{Zone, encode};

/// What the session answers.
pub(super) struct Reply {
    notices: Vec<Report>,
    rows: Option<(Shape, Vec<Vec<Option<String>>>)>,
    tag: String,
    /// The transaction ended, and with it every portal.
    pub(super) ends_portals: bool,
}

impl Reply {
    fn tag(tag: &str) -> Self {
        Self { notices: Vec::new(), rows: None, tag: tag.to_owned(), ends_portals: false }
    }

    /// One row of a query.
    pub(super) fn row(outputs: &[Output], row: Vec<Option<String>>) -> Result<Self, Failure> {
        let shape = Shape::of_outputs(outputs);
        let shape = shape.ok_or_else(|| Report::error("XX000", "internal error"))?;
        Ok(Self { rows: Some((shape, vec![row])), ..Self::tag("SELECT 1") })
    }

    /// Writes the answer; `describe` in the simple protocol, where nobody has described it.
    pub(super) fn send(
        &self,
        client: &mut dyn Client,
        describe: bool,
        formats: &[i16],
    ) -> Result<(), Failure> {
        let outbox = client.outbox();
        for notice in &self.notices {
            outbox.notice(notice);
        }
        if let Some((shape, rows)) = &self.rows {
            for index in 0..shape.types.len() {
                format(format_at(formats, index).unwrap_or(0))?;
            }
            if describe {
                outbox.row_description(&shape.fields);
            }
            // Settings are texts, which know no zone.
            let codecs = codecs(shape, formats, Zone::UTC)?;
            for row in rows {
                let mut list = Writer::new();
                for value in row {
                    match value {
                        Some(value) => list.text(value),
                        None => list.null(),
                    }
                }
                let mark = outbox.begin_row();
                encode::row(outbox.buffer(), &codecs, list.as_bytes())?;
                if outbox.end_row(mark).is_err() {
                    return Err(Report::error("54000", "row is too long").into());
                }
            }
        }
        outbox.command_complete(&self.tag);
        Ok(())
    }
}

/// Whether another block follows the one that ends.
fn is_chain(verb: &TransactionVerb) -> bool {
    matches!(
        verb,
        TransactionVerb::Commit { chain: true } | TransactionVerb::Rollback { chain: true }
    )
}

/// The columns of a statement that the session answers itself, if it has any.
pub(super) fn columns(action: &Action) -> Option<Shape> {
    match action {
        Action::Setting(SettingVerb::Show(name)) => {
            Some(Shape::of_text(&[super::settings::written(name)]))
        }
        Action::Setting(SettingVerb::ShowAll) => Some(all_columns()),
        Action::Explained(_) => Some(Shape::of_text(&["QUERY PLAN"])),
        _ => None,
    }
}

fn all_columns() -> Shape {
    Shape::of_text(&["name", "setting", "description"])
}

impl Session {
    /// Carries out a statement that does not go to IRIS as SQL; `alone` when it has no company in
    /// its query string.
    pub(super) fn utility(&mut self, action: &Action, alone: bool) -> Result<Reply, Failure> {
        match action {
            Action::Transaction(verb) => {
                let began = self.transaction.is_explicit();
                self.check_modes(verb)?;
                let outcome = self.transaction.run(verb, self.engine.as_mut())?;
                let chained = is_chain(verb).then(|| self.settings.modes());
                if let Some(end) = outcome.end {
                    self.after_transaction(end)?;
                }
                let savepoints = self.transaction.savepoint_count();
                let explicit = self.transaction.is_explicit();
                match verb {
                    TransactionVerb::Begin { modes, .. } if !began => self.settings.begin(modes),
                    TransactionVerb::Begin { modes, .. } => self.settings.change_modes(modes),
                    TransactionVerb::SetTransaction(modes) if explicit => {
                        self.settings.change_modes(modes);
                    }
                    TransactionVerb::SetCharacteristics(modes) => {
                        self.settings.change_default_modes(modes, !self.transaction.is_none());
                    }
                    TransactionVerb::Savepoint(_) => self.settings.mark(),
                    TransactionVerb::Release(_) => self.settings.release(savepoints),
                    TransactionVerb::RollbackTo(_) => self.settings.roll_back_to(savepoints),
                    _ => {}
                }
                if let Some(modes) = chained {
                    self.settings.chain(&modes);
                }
                let mut reply = Reply::tag(outcome.tag);
                reply.notices = outcome.notices;
                reply.ends_portals = outcome.end.is_some();
                Ok(reply)
            }
            Action::Setting(SettingVerb::Discard(what)) => self.discard(*what, alone),
            Action::Setting(verb) => self.setting(verb),
            Action::Deallocate(name) => self.deallocate(name.as_deref()),
            Action::Nothing(tag) => Ok(Reply::tag(tag)),
            Action::Explained(lines) => {
                let rows = lines.iter().map(|line| vec![Some(line.clone())]).collect();
                let shape = Shape::of_text(&["QUERY PLAN"]);
                Ok(Reply { rows: Some((shape, rows)), ..Reply::tag("EXPLAIN") })
            }
            Action::Refused(error) => Err(error.clone().into()),
            Action::Iris(_)
            | Action::Batch(_)
            | Action::Several(_)
            | Action::Plan(_)
            | Action::Asked(_) => Err(Report::error("XX000", "internal error").into()),
        }
    }

    /// Whether the modes that a verb names can still be changed (`check_XactReadOnly` and others).
    fn check_modes(&self, verb: &TransactionVerb) -> Result<(), Failure> {
        let modes = match verb {
            TransactionVerb::Begin { modes, .. } | TransactionVerb::SetTransaction(modes) => modes,
            _ => return Ok(()),
        };
        if modes.read_only == Some(false) {
            self.check_writing()?;
        }
        Ok(())
    }

    /// The same for a setting that is a mode of the transaction.
    pub(super) fn check_mode(&self, name: &str, value: Option<&str>) -> Result<(), Failure> {
        let on = value
            .is_some_and(|value| self.settings.reads(name, Some(value)).is_ok_and(|v| v == "on"));
        if name.eq_ignore_ascii_case("transaction_read_only") && !on {
            self.check_writing()?;
        }
        Ok(())
    }

    fn check_writing(&self) -> Result<(), Failure> {
        if !self.transaction.is_explicit() || !self.settings.facts().read_only {
            return Ok(());
        }
        let message = match (self.transaction.savepoint_count(), self.transaction.is_queried()) {
            (0, false) => return Ok(()),
            (0, true) => "transaction read-write mode must be set before any query",
            _ => "cannot set transaction read-write mode inside a read-only transaction",
        };
        Err(Report::error("25001", message).into())
    }

    /// The answer to SET.
    fn set_reply(&self, local: bool) -> Reply {
        let mut reply = Reply::tag("SET");
        if local && !self.transaction.is_explicit() {
            let message = "SET LOCAL can only be used in transaction blocks";
            reply.notices.push(Report::warning("25P01", message));
        }
        reply
    }

    fn setting(&mut self, verb: &SettingVerb) -> Result<Reply, Failure> {
        let in_transaction = !self.transaction.is_none();
        match verb {
            SettingVerb::Set { name, value: Some(value), scope } => {
                let local = *scope == Scope::Local;
                self.check_mode(name, Some(value))?;
                self.settings.set(name, value, local, in_transaction)?;
                Ok(self.set_reply(local))
            }
            SettingVerb::Set { name, value: None, scope } => {
                let local = *scope == Scope::Local;
                self.check_mode(name, None)?;
                self.settings.reset(name, local, in_transaction)?;
                Ok(self.set_reply(local))
            }
            SettingVerb::Reset(name) => {
                self.check_mode(name, None)?;
                self.settings.reset(name, false, in_transaction)?;
                Ok(Reply::tag("RESET"))
            }
            SettingVerb::ResetAll => {
                self.settings.reset_all(in_transaction);
                Ok(Reply::tag("RESET"))
            }
            SettingVerb::Show(name) => {
                let (written, value) = self.settings.show(name)?;
                let rows = vec![vec![Some(value)]];
                let mut reply = Reply::tag("SHOW");
                reply.rows = Some((Shape::of_text(&[&written]), rows));
                Ok(reply)
            }
            SettingVerb::ShowAll => {
                let rows = self.settings.all();
                let rows = rows
                    .map(|(name, value)| {
                        vec![Some(name.to_owned()), Some(value), Some(String::new())]
                    })
                    .collect();
                let mut reply = Reply::tag("SHOW");
                reply.rows = Some((all_columns(), rows));
                Ok(reply)
            }
            SettingVerb::Discard(what) => self.discard(*what, true),
        }
    }

    fn discard(&mut self, what: Discard, alone: bool) -> Result<Reply, Failure> {
        match what {
            Discard::All => {
                if !alone || !self.transaction.is_none() {
                    let message = "DISCARD ALL cannot run inside a transaction block";
                    return Err(Report::error("25001", message).into());
                }
                self.drop_portals()?;
                self.statements.clear();
                self.cache = super::cache::Cache::default();
                self.engine.close(Forget::Everything)?;
                self.settings.reset_all(false);
                Ok(Reply::tag("DISCARD ALL"))
            }
            Discard::Plans => Ok(Reply::tag("DISCARD PLANS")),
            Discard::Sequences => Ok(Reply::tag("DISCARD SEQUENCES")),
            Discard::Temp => Ok(Reply::tag("DISCARD TEMP")),
        }
    }

    fn deallocate(&mut self, name: Option<&str>) -> Result<Reply, Failure> {
        match name {
            None => {
                self.statements.clear();
                Ok(Reply::tag("DEALLOCATE ALL"))
            }
            Some(name) => match self.statements.remove(name) {
                Some(_) => Ok(Reply::tag("DEALLOCATE")),
                None => {
                    let message = format!("prepared statement \"{name}\" does not exist");
                    Err(Report::error("26000", message).into())
                }
            },
        }
    }
}
