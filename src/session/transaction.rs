//! The state of a transaction as PostgreSQL shows it, kept over IRIS's levels.
//!
//! IRIS does not fail a transaction when a statement fails, knows no savepoint names here, and
//! ends at level 255; so this module keeps the names, the failed state, and compares the level in
//! every answer with the level it must be (DESIGN §4).

use super::failure::Failure;
use crate::engine::{Answer, Engine, EngineError, Status};
use crate::protocol::report::{Report, Severity};
use crate::sql::{Isolation, Modes, TransactionVerb};

/// Open levels at most: IRIS ends at 255 (facts iris-sql §1.6), five are left for statements that
/// need a level of their own.
const LEVELS_MAX: u32 = 250;

/// What kind of block is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Block {
    /// None: every statement commits by itself.
    None,
    /// The statements of one simple query or of one pipeline, until its end.
    Implicit,
    /// BEGIN was said.
    Explicit,
}

#[derive(Debug)]
struct Savepoint {
    name: String,
    level: u32,
}

/// The transaction of one session.
#[derive(Debug)]
pub(crate) struct Transaction {
    block: Block,
    failed: bool,
    level: u32,
    savepoints: Vec<Savepoint>,
    /// Tags of the DDL that ran inside the block, which IRIS does not undo.
    ddl: Vec<&'static str>,
    /// A query has run in the block.
    queried: bool,
}

/// What a transaction verb leads to.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The command tag.
    pub(crate) tag: &'static str,
    /// Warnings to be sent before the tag.
    pub(crate) notices: Vec<Report>,
    /// How the block ended, if it did.
    pub(crate) end: Option<End>,
}

/// How a block ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// What was done stays.
    Committed,
    /// What was done is undone.
    RolledBack,
}

impl Outcome {
    fn tag(tag: &'static str) -> Self {
        Self { tag, notices: Vec::new(), end: None }
    }

    fn warned(tag: &'static str, sqlstate: &'static str, message: &'static str) -> Self {
        let warning = Report::new(Severity::Warning, sqlstate, message);
        Self { tag, notices: vec![warning], end: None }
    }

    fn ended(tag: &'static str, end: End) -> Self {
        Self { tag, notices: Vec::new(), end: Some(end) }
    }
}

impl Transaction {
    pub(crate) fn new() -> Self {
        Self {
            block: Block::None,
            failed: false,
            level: 0,
            savepoints: Vec::new(),
            ddl: Vec::new(),
            queried: false,
        }
    }

    /// A query runs: some modes can no longer be changed.
    pub(crate) fn note_query(&mut self) {
        self.queried = self.block == Block::Explicit;
    }

    /// Whether a query has run in the block.
    pub(crate) fn is_queried(&self) -> bool {
        self.queried
    }

    /// Inside BEGIN … COMMIT.
    pub(crate) fn is_explicit(&self) -> bool {
        self.block == Block::Explicit
    }

    /// No block of any kind is open.
    pub(crate) fn is_none(&self) -> bool {
        self.block == Block::None
    }

    /// The block has failed and waits for its end.
    pub(crate) fn is_failed(&self) -> bool {
        self.failed
    }

    /// Open savepoints.
    pub(crate) fn savepoint_count(&self) -> usize {
        self.savepoints.len()
    }

    /// Remembers DDL inside the block; true the first time in it.
    pub(crate) fn note_ddl(&mut self, tag: &'static str) -> bool {
        if self.block != Block::Explicit {
            return false;
        }
        self.ddl.push(tag);
        self.ddl.len() == 1
    }

    /// A statement failed.
    pub(crate) fn fail(&mut self) {
        if self.block != Block::None {
            self.failed = true;
        }
    }

    /// Opens the transaction that several statements without BEGIN share.
    pub(crate) fn begin_implicit(&mut self, engine: &mut dyn Engine) -> Result<(), Failure> {
        if self.block == Block::None {
            self.step(engine.begin(), 1)?;
            self.block = Block::Implicit;
        }
        Ok(())
    }

    /// Ends the implicit transaction, if one is open: by commit, or by rollback when it failed.
    pub(crate) fn end_implicit(&mut self, engine: &mut dyn Engine) -> Result<Option<End>, Failure> {
        if self.block != Block::Implicit {
            return Ok(None);
        }
        if self.failed {
            self.undo_all(engine)?;
            return Ok(Some(End::RolledBack));
        }
        self.commit_all(engine)?;
        Ok(Some(End::Committed))
    }

    /// Carries out a transaction verb.
    pub(crate) fn run(
        &mut self,
        verb: &TransactionVerb,
        engine: &mut dyn Engine,
    ) -> Result<Outcome, Failure> {
        match verb {
            TransactionVerb::Begin { modes, start } => {
                let tag = if *start { "START TRANSACTION" } else { "BEGIN" };
                self.begin(modes, tag, engine)
            }
            TransactionVerb::SetTransaction(modes) => self.set_modes(modes),
            TransactionVerb::SetCharacteristics(modes) => {
                check_isolation(modes)?;
                Ok(Outcome::tag("SET"))
            }
            TransactionVerb::Commit { chain } => self.commit(*chain, engine),
            TransactionVerb::Rollback { chain } => self.rollback(*chain, engine),
            TransactionVerb::Savepoint(name) => self.savepoint(name, engine),
            TransactionVerb::Release(name) => self.release(name, engine),
            TransactionVerb::RollbackTo(name) => self.rollback_to(name, engine),
        }
    }

    /// Whether a failed block lets this verb through.
    pub(crate) fn ends_failed_block(verb: &TransactionVerb) -> bool {
        matches!(
            verb,
            TransactionVerb::Commit { .. }
                | TransactionVerb::Rollback { .. }
                | TransactionVerb::RollbackTo(_)
        )
    }

    fn begin(
        &mut self,
        modes: &Modes,
        tag: &'static str,
        engine: &mut dyn Engine,
    ) -> Result<Outcome, Failure> {
        check_isolation(modes)?;
        let already = self.block == Block::Explicit;
        if self.block == Block::None {
            self.step(engine.begin(), 1)?;
        }
        self.block = Block::Explicit;
        if already {
            let message = "there is already a transaction in progress";
            return Ok(Outcome::warned(tag, "25001", message));
        }
        Ok(Outcome::tag(tag))
    }

    fn set_modes(&mut self, modes: &Modes) -> Result<Outcome, Failure> {
        check_isolation(modes)?;
        if self.block != Block::Explicit {
            let message = "SET TRANSACTION can only be used in transaction blocks";
            return Ok(Outcome::warned("SET", "25P01", message));
        }
        Ok(Outcome::tag("SET"))
    }

    fn commit(&mut self, chain: bool, engine: &mut dyn Engine) -> Result<Outcome, Failure> {
        if self.block != Block::Explicit && chain {
            return Err(no_block_for("COMMIT AND CHAIN"));
        }
        let mut outcome = match (self.block, self.failed) {
            (Block::None, _) => {
                let message = "there is no transaction in progress";
                return Ok(Outcome::warned("COMMIT", "25P01", message));
            }
            (_, true) => {
                let notice = self.ddl_notice();
                self.undo_all(engine)?;
                let mut outcome = Outcome::ended("ROLLBACK", End::RolledBack);
                outcome.notices.extend(notice);
                outcome
            }
            (block, false) => {
                self.commit_all(engine)?;
                let mut outcome = Outcome::ended("COMMIT", End::Committed);
                if block == Block::Implicit {
                    outcome.notices.push(Report::new(
                        Severity::Warning,
                        "25P01",
                        "there is no transaction in progress",
                    ));
                }
                outcome
            }
        };
        self.chain(chain, &mut outcome, engine)?;
        Ok(outcome)
    }

    fn rollback(&mut self, chain: bool, engine: &mut dyn Engine) -> Result<Outcome, Failure> {
        if self.block != Block::Explicit && chain {
            return Err(no_block_for("ROLLBACK AND CHAIN"));
        }
        if self.block == Block::None {
            let message = "there is no transaction in progress";
            return Ok(Outcome::warned("ROLLBACK", "25P01", message));
        }
        let implicit = self.block == Block::Implicit;
        let notice = self.ddl_notice();
        self.undo_all(engine)?;
        let mut outcome = Outcome::ended("ROLLBACK", End::RolledBack);
        outcome.notices.extend(notice);
        if implicit {
            outcome.notices.push(Report::new(
                Severity::Warning,
                "25P01",
                "there is no transaction in progress",
            ));
        }
        self.chain(chain, &mut outcome, engine)?;
        Ok(outcome)
    }

    /// AND CHAIN: a new block with the same properties begins at once.
    fn chain(
        &mut self,
        chain: bool,
        outcome: &mut Outcome,
        engine: &mut dyn Engine,
    ) -> Result<(), Failure> {
        if chain && outcome.end.is_some() {
            self.step(engine.begin(), 1)?;
            self.block = Block::Explicit;
        }
        Ok(())
    }

    fn savepoint(&mut self, name: &str, engine: &mut dyn Engine) -> Result<Outcome, Failure> {
        self.require_block("SAVEPOINT")?;
        if self.level >= LEVELS_MAX {
            return Err(Report::error("54000", "too many open savepoints")
                .with_hint("InterSystems IRIS allows 255 transaction levels")
                .into());
        }
        self.step(engine.savepoint(), self.level.saturating_add(1))?;
        self.savepoints.push(Savepoint { name: name.to_owned(), level: self.level });
        Ok(Outcome::tag("SAVEPOINT"))
    }

    fn release(&mut self, name: &str, engine: &mut dyn Engine) -> Result<Outcome, Failure> {
        self.require_block("RELEASE SAVEPOINT")?;
        let index = self.find(name)?;
        let level = self.level_at(index);
        self.step(engine.release(level), level.saturating_sub(1))?;
        self.savepoints.truncate(index);
        Ok(Outcome::tag("RELEASE"))
    }

    fn rollback_to(&mut self, name: &str, engine: &mut dyn Engine) -> Result<Outcome, Failure> {
        self.require_block("ROLLBACK TO SAVEPOINT")?;
        let index = self.find(name)?;
        let level = self.level_at(index);
        self.step(engine.rollback_to(level), level)?;
        self.savepoints.truncate(index.saturating_add(1));
        self.failed = false;
        Ok(Outcome::tag("ROLLBACK"))
    }

    fn require_block(&self, what: &'static str) -> Result<(), Failure> {
        match self.block {
            Block::Explicit => Ok(()),
            _ => Err(no_block_for(what)),
        }
    }

    /// The newest savepoint of that name.
    fn find(&mut self, name: &str) -> Result<usize, Failure> {
        let found = self.savepoints.iter().rposition(|savepoint| savepoint.name == name);
        found.ok_or_else(|| {
            Report::error("3B001", format!("savepoint \"{name}\" does not exist")).into()
        })
    }

    fn level_at(&self, index: usize) -> u32 {
        self.savepoints.get(index).map_or(self.level, |savepoint| savepoint.level)
    }

    fn commit_all(&mut self, engine: &mut dyn Engine) -> Result<(), Failure> {
        let answer = match engine.commit() {
            Ok(answer) => answer,
            Err(error) => {
                tracing::error!(%error, "the outcome of a COMMIT is unknown");
                return Err(Failure::Fatal(Report::fatal(
                    "08007",
                    "the outcome of the transaction is unknown",
                )));
            }
        };
        if answer.status != Status::Done {
            tracing::error!(message = %answer.message, "IRIS refused to commit");
            let undone = self.undo_all(engine);
            let report: Report = Report::error("40000", "InterSystems IRIS could not commit");
            return undone.and(Err(report.into()));
        }
        self.leave();
        self.check(&answer)
    }

    fn undo_all(&mut self, engine: &mut dyn Engine) -> Result<(), Failure> {
        let answer = engine.rollback().map_err(unknown_rollback)?;
        if answer.status != Status::Done {
            tracing::error!(message = %answer.message, "IRIS refused to roll back");
            return Err(Failure::Fatal(Report::fatal(
                "08007",
                "the outcome of the transaction is unknown",
            )));
        }
        self.leave();
        self.check(&answer)
    }

    fn leave(&mut self) {
        self.block = Block::None;
        self.failed = false;
        self.level = 0;
        self.savepoints.clear();
        self.ddl.clear();
        self.queried = false;
    }

    /// Takes over the answer of a call that changes the level.
    fn step(&mut self, answer: Result<Answer, EngineError>, level: u32) -> Result<(), Failure> {
        let answer = answer?;
        if answer.status != Status::Done {
            tracing::error!(message = %answer.message, "IRIS refused a change of level");
            return Err(Failure::Fatal(Report::fatal("XX000", "the transaction state is lost")));
        }
        self.level = level;
        self.check(&answer)
    }

    /// Compares IRIS's level with ours: code inside IRIS may have opened or closed one.
    pub(crate) fn check(&self, answer: &Answer) -> Result<(), Failure> {
        if answer.level == i64::from(self.level) {
            return Ok(());
        }
        tracing::error!(
            expected = self.level,
            found = answer.level,
            "the transaction level inside IRIS is not ours"
        );
        Err(Failure::Fatal(
            Report::fatal("XX000", "the transaction state is lost")
                .with_detail("code inside InterSystems IRIS changed the transaction level"),
        ))
    }

    /// What a rollback leaves behind.
    fn ddl_notice(&self) -> Option<Report> {
        if self.ddl.is_empty() {
            return None;
        }
        let message = format!("InterSystems IRIS does not undo: {}", self.ddl.join(", "));
        Some(Report::new(Severity::Warning, "01000", message))
    }
}

/// PostgreSQL's levels that IRIS has.
fn check_isolation(modes: &Modes) -> Result<(), Failure> {
    if matches!(modes.isolation, Some(Isolation::RepeatableRead | Isolation::Serializable)) {
        let message = "isolation levels above read committed are not supported";
        return Err(Report::error("0A000", message)
            .with_hint("InterSystems IRIS offers READ COMMITTED.")
            .into());
    }
    Ok(())
}

fn unknown_rollback(error: EngineError) -> Failure {
    tracing::error!(%error, "the outcome of a ROLLBACK is unknown");
    Failure::Fatal(Report::fatal("08007", "the outcome of the transaction is unknown"))
}

fn no_block_for(what: &'static str) -> Failure {
    Report::error("25P01", format!("{what} can only be used in transaction blocks")).into()
}
