//! Transaction statements, table locks and options of the process (iris-sql §1.6).

use super::super::api::SqlFailure;
use super::super::ast::Statement;
use super::super::control::{
    CommitMode, Compile, Control, Isolation, LockMode, Setting, TransactionModes,
};
use super::super::sqlcode::{bare, fail, text};
use super::super::token::Kind;
use super::Parser;

/// Settings of the process that have a locale's value, of which the simulator knows one
/// (iris-sql §1.6).
const LOCALE: [&str; 18] = [
    "DATE_FORMAT",
    "DATE_MAXIMUM",
    "DATE_MINIMUM",
    "DATE_SEPARATOR",
    "DECIMAL_SEPARATOR",
    "MIDNIGHT",
    "MINUS_SIGN",
    "MONTH_ABBR",
    "MONTH_NAME",
    "NUMERIC_GROUP_SEPARATOR",
    "NUMERIC_GROUP_SIZE",
    "PLUS_SIGN",
    "TIME_FORMAT",
    "TIME_PRECISION",
    "TIME_SEPARATOR",
    "WEEKDAY_ABBR",
    "WEEKDAY_NAME",
    "YEAR_OPTION",
];

impl Parser {
    /// The statements of iris-sql §1.6, by their first word; `None` for any other. `BEGIN`, `END`,
    /// `ABORT` and `RELEASE` do not exist.
    pub(super) fn control(&mut self, first: &str) -> Option<Result<Statement, SqlFailure>> {
        let read = match first {
            "START" => Self::start_transaction,
            "%BEGTRANS" => Self::begtrans,
            "COMMIT" => Self::commit,
            "ROLLBACK" => Self::rollback,
            "SAVEPOINT" => Self::savepoint,
            "%INTRANSACTION" | "%INTRANS" => Self::in_transaction,
            "SET" => Self::set,
            "LOCK" => Self::lock_table,
            "UNLOCK" => Self::unlock_table,
            _ => return None,
        };
        Some(read(self).map(Statement::Control))
    }

    fn start_transaction(&mut self) -> Result<Control, SqlFailure> {
        self.need_word("START")?;
        self.need_word("TRANSACTION")?;
        Ok(Control::Start { begtrans: false, modes: self.transaction_modes()? })
    }

    fn begtrans(&mut self) -> Result<Control, SqlFailure> {
        self.need_word("%BEGTRANS")?;
        Ok(Control::Start { begtrans: true, modes: self.transaction_modes()? })
    }

    /// `[ISOLATION LEVEL …, READ ONLY|READ WRITE | %COMMITMODE …]`, not both kinds (iris-sql §1.6).
    fn transaction_modes(&mut self) -> Result<TransactionModes, SqlFailure> {
        let mut modes = TransactionModes::default();
        if self.word("%COMMITMODE") {
            modes.commit = Some(self.commit_mode()?);
            return Ok(modes);
        }
        let mut write = None;
        if !(self.is_word("ISOLATION") || self.is_word("READ")) {
            return Ok(modes);
        }
        loop {
            if self.words(&["ISOLATION", "LEVEL"]) {
                let level = self.isolation_level()?;
                once(&mut modes.isolation, level)?;
            } else if self.words(&["READ", "ONLY"]) {
                once(&mut write, false)?;
            } else if self.words(&["READ", "WRITE"]) {
                once(&mut write, true)?;
            } else if self.word("ISOLATION") {
                return Err(self.expected("LEVEL"));
            } else if self.word("READ") {
                return Err(self.expected("ONLY"));
            } else {
                return Err(self.expected("ISOLATION"));
            }
            if !self.symbol(",") {
                break;
            }
        }
        // iris-sql §1.6: READ WRITE with UNCOMMITTED or VERIFIED is −92.
        // UNVERIFIED(iris): READ WRITE alone goes with any level; only the statement is looked at.
        // UNVERIFIED(iris): READ ONLY refuses no change, since no SQLCODE of Appendix A says so.
        match modes.isolation {
            Some(Isolation::Uncommitted | Isolation::Verified) if write == Some(true) => {
                Err(bare(-92))
            }
            _ => Ok(modes),
        }
    }

    /// A level that IRIS does not have is −96 (iris-sql §1.6).
    fn isolation_level(&mut self) -> Result<Isolation, SqlFailure> {
        if self.words(&["READ", "UNCOMMITTED"]) {
            return Ok(Isolation::Uncommitted);
        }
        if self.words(&["READ", "COMMITTED"]) {
            return Ok(Isolation::Committed);
        }
        if self.words(&["READ", "VERIFIED"]) {
            return Ok(Isolation::Verified);
        }
        if self.words(&["REPEATABLE", "READ"]) || self.word("SERIALIZABLE") {
            return Err(bare(-96));
        }
        Err(self.expected("READ"))
    }

    fn commit_mode(&mut self) -> Result<CommitMode, SqlFailure> {
        if self.word("IMPLICIT") {
            return Ok(CommitMode::Implicit);
        }
        if self.word("EXPLICIT") {
            return Ok(CommitMode::Explicit);
        }
        if self.word("NONE") {
            return Ok(CommitMode::None);
        }
        Err(self.expected("IMPLICIT"))
    }

    fn commit(&mut self) -> Result<Control, SqlFailure> {
        self.need_word("COMMIT")?;
        self.word("WORK");
        Ok(Control::Commit)
    }

    fn rollback(&mut self) -> Result<Control, SqlFailure> {
        self.need_word("ROLLBACK")?;
        if self.word("TO") {
            self.need_word("SAVEPOINT")?;
            return Ok(Control::RollbackTo(self.savepoint_name()?));
        }
        self.word("WORK");
        Ok(Control::Rollback)
    }

    fn savepoint(&mut self) -> Result<Control, SqlFailure> {
        self.need_word("SAVEPOINT")?;
        let name = self.savepoint_name()?;
        // iris-sql §1.6: names that begin with SYS are −302.
        if name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("SYS")) {
            return Err(bare(-302));
        }
        Ok(Control::Savepoint(name))
    }

    /// A missing name is −301 (iris-sql §1.6), and so is what is no name: the vendor's page on
    /// SAVEPOINT says it of reserved words, too.
    fn savepoint_name(&mut self) -> Result<String, SqlFailure> {
        self.identifier().map_err(|_| bare(-301))
    }

    /// `%INTRANSACTION` and its short form `%INTRANS` (iris-sql §1.6, §5.4).
    fn in_transaction(&mut self) -> Result<Control, SqlFailure> {
        let short = !self.word("%INTRANSACTION");
        if short {
            self.need_word("%INTRANS")?;
        }
        Ok(Control::InTransaction { short })
    }

    /// `SET TRANSACTION` and `SET OPTION`; anything else expects OPTION (iris-sql §1.6, §1.8).
    fn set(&mut self) -> Result<Control, SqlFailure> {
        self.need_word("SET")?;
        if self.word("TRANSACTION") {
            if *self.kind() == Kind::End {
                return Err(self.expected("ISOLATION"));
            }
            return Ok(Control::SetTransaction(self.transaction_modes()?));
        }
        self.need_word("OPTION")?;
        let keyword = match self.kind() {
            Kind::Word(word) => word.to_ascii_uppercase(),
            _ => return Err(self.expected("OPTION keyword")),
        };
        let setting = match keyword.as_str() {
            "AUTO_PARALLEL_THRESHOLD" => Self::threshold,
            "COMPILEMODE" => Self::compile_mode,
            "DEFAULT_SCHEMA" => Self::default_schema,
            "EXACT_DISTINCT" => Self::exact_distinct,
            "LOCK_ESCALATION_THRESHOLD" => Self::escalation,
            "LOCK_TIMEOUT" => Self::lock_timeout,
            "PKEY_IS_IDKEY" => Self::key_is_id,
            "SUPPORT_DELIMITED_IDENTIFIERS" => Self::delimited,
            word if LOCALE.contains(&word) => return Err(self.locale(word)),
            _ => return Err(self.expected("OPTION keyword")),
        };
        self.advance();
        self.need_symbol("=")?;
        setting(self).map(Control::SetOption)
    }

    /// −129 for an option of the locale: the simulator has one locale, so that any value for it is
    /// one that it would not honour (iris-sql §1.6). UNVERIFIED(iris): which values IRIS takes.
    fn locale(&self, word: &str) -> SqlFailure {
        fail(-129, format!("{} {word}", text(-129).unwrap_or_default()))
    }

    /// A whole number of at least 0; anything else is −80 (Appendix A).
    fn whole(&mut self) -> Result<u32, SqlFailure> {
        let number = match self.kind() {
            Kind::Number(digits) => digits.parse().ok(),
            _ => None,
        };
        let number = number.ok_or_else(|| bare(-80))?;
        self.advance();
        Ok(number)
    }

    /// TRUE or FALSE.
    fn switch(&mut self) -> Result<bool, SqlFailure> {
        if self.word("TRUE") {
            return Ok(true);
        }
        if self.word("FALSE") { Ok(false) } else { Err(self.expected("TRUE")) }
    }

    fn threshold(&mut self) -> Result<Setting, SqlFailure> {
        self.whole().map(Setting::ParallelThreshold)
    }

    fn escalation(&mut self) -> Result<Setting, SqlFailure> {
        self.whole().map(Setting::LockEscalation)
    }

    fn lock_timeout(&mut self) -> Result<Setting, SqlFailure> {
        self.whole().map(Setting::LockTimeout)
    }

    fn exact_distinct(&mut self) -> Result<Setting, SqlFailure> {
        self.switch().map(Setting::ExactDistinct)
    }

    fn key_is_id(&mut self) -> Result<Setting, SqlFailure> {
        self.switch().map(Setting::KeyIsId)
    }

    fn delimited(&mut self) -> Result<Setting, SqlFailure> {
        self.switch().map(Setting::Delimited)
    }

    fn default_schema(&mut self) -> Result<Setting, SqlFailure> {
        self.identifier().map(Setting::DefaultSchema)
    }

    fn compile_mode(&mut self) -> Result<Setting, SqlFailure> {
        let modes = [
            ("DEFERRED", Compile::Deferred),
            ("IMMEDIATE", Compile::Immediate),
            ("INSTALL", Compile::Install),
            ("NOCHECK", Compile::NoCheck),
        ];
        for (word, mode) in modes {
            if self.word(word) {
                return Ok(Setting::CompileMode(mode));
            }
        }
        Err(self.expected("DEFERRED"))
    }

    /// `LOCK TABLE t IN {SHARE|EXCLUSIVE} MODE [WAIT n]` (iris-sql §1.6); the vendor's synopsis has
    /// TABLE in brackets, here and in UNLOCK.
    fn lock_table(&mut self) -> Result<Control, SqlFailure> {
        self.need_word("LOCK")?;
        self.word("TABLE");
        let table = self.table_name()?;
        let mode = self.lock_mode()?;
        let wait = if self.word("WAIT") { Some(self.whole()?) } else { None };
        Ok(Control::Lock { table, mode, wait })
    }

    /// `UNLOCK TABLE t IN {SHARE|EXCLUSIVE} MODE [IMMEDIATE]` (iris-sql §1.6).
    fn unlock_table(&mut self) -> Result<Control, SqlFailure> {
        self.need_word("UNLOCK")?;
        self.word("TABLE");
        let table = self.table_name()?;
        let mode = self.lock_mode()?;
        Ok(Control::Unlock { table, mode, immediate: self.word("IMMEDIATE") })
    }

    fn lock_mode(&mut self) -> Result<LockMode, SqlFailure> {
        self.need_word("IN")?;
        let mode = if self.word("SHARE") {
            LockMode::Share
        } else if self.word("EXCLUSIVE") {
            LockMode::Exclusive
        } else {
            return Err(self.expected("EXCLUSIVE"));
        };
        self.need_word("MODE")?;
        Ok(mode)
    }
}

/// A mode that is given twice is −91 (Appendix A).
fn once<T>(place: &mut Option<T>, value: T) -> Result<(), SqlFailure> {
    match place.replace(value) {
        Some(_) => Err(bare(-91)),
        None => Ok(()),
    }
}
