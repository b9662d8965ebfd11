//! The text of a fault plan, and its counters.

use super::PlannedSql;
use std::collections::HashMap;
use std::ffi::c_int;
use std::str::FromStr;
use std::time::Duration;

/// What happens to a struck call.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Effect {
    /// It answers this without doing its work.
    Return {
        /// The return code.
        code: c_int,
        /// `$ZERROR`, where it is named.
        zerror: Option<String>,
    },
    /// It waits before it works.
    Delay(Duration),
    /// It waits until it is interrupted.
    Hang,
    /// It waits, whatever comes.
    HangForEver,
    /// The process aborts.
    Abort,
    /// The process exits with this status.
    Exit(c_int),
    /// The process exits without running any handler.
    ExitAtOnce(c_int),
    /// The process raises this signal, and the call goes on if it survives.
    Signal(c_int),
}

/// Whom a clause strikes.
#[derive(Debug, Clone, PartialEq)]
enum Subject {
    /// A Callin function, or every one.
    Function(Option<String>),
    /// A method of the session class.
    Method(String),
    /// An SQL statement that is run or prepared.
    Statement(PlannedSql),
}

#[derive(Debug, Clone, PartialEq)]
struct Clause {
    subject: Subject,
    /// Strikes at this call, counted from 1.
    nth: u64,
    /// Strikes at each multiple of `nth`.
    every: bool,
    effect: Option<Effect>,
    /// Calls of the subject seen by this clause.
    seen: u64,
}

impl Clause {
    /// Counts a call; whether it is struck.
    fn count(&mut self) -> bool {
        self.seen = self.seen.saturating_add(1);
        if self.every { self.seen.is_multiple_of(self.nth) } else { self.seen == self.nth }
    }
}

/// A fault plan. Its counters are those of this process.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Plan {
    clauses: Vec<Clause>,
}

impl Plan {
    /// Counts a call of a Callin function; the effect of the first clause that strikes it.
    pub(crate) fn strike(&mut self, function: &str) -> Option<Effect> {
        self.find(|subject| match subject {
            Subject::Function(name) => name.as_deref().is_none_or(|name| name == function),
            _ => false,
        })
        .and_then(|clause| clause.effect.clone())
    }

    /// Counts a call of a method.
    pub(crate) fn strike_method(&mut self, method: &str) -> Option<Effect> {
        self.find(|subject| matches!(subject, Subject::Method(name) if name == method))
            .and_then(|clause| clause.effect.clone())
    }

    /// Counts a statement.
    pub(crate) fn strike_statement(&mut self) -> Option<PlannedSql> {
        match &self.find(|subject| matches!(subject, Subject::Statement(_)))?.subject {
            Subject::Statement(planned) => Some(planned.clone()),
            _ => None,
        }
    }

    /// Every clause counts the call, also behind the one that strikes.
    fn find(&mut self, concerns: impl Fn(&Subject) -> bool) -> Option<&Clause> {
        let mut struck = None;
        for clause in self.clauses.iter_mut().filter(|clause| concerns(&clause.subject)) {
            if clause.count() && struck.is_none() {
                struck = Some(&*clause);
            }
        }
        struck
    }
}

/// What is wrong with a plan.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum PlanError {
    /// A word that no clause has.
    #[error("line {line}: \"{word}\" is no part of a clause")]
    Unknown {
        /// Line number, from 1.
        line: usize,
        /// The word.
        word: String,
    },
    /// A clause without a subject or an effect.
    #[error("line {line}: a clause needs fn, method or sqlcode, and an effect")]
    Incomplete {
        /// Line number, from 1.
        line: usize,
    },
}

impl FromStr for Plan {
    type Err = PlanError;

    fn from_str(text: &str) -> Result<Self, PlanError> {
        let mut clauses = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let words = crate::admin::words(line);
            if !words.is_empty() {
                clauses.push(clause(index + 1, &words)?);
            }
        }
        Ok(Self { clauses })
    }
}

fn clause(line: usize, words: &[String]) -> Result<Clause, PlanError> {
    let mut named: HashMap<&str, &str> = HashMap::new();
    for word in words {
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        named.insert(key, value);
    }
    let unknown = |word: &str| PlanError::Unknown { line, word: word.to_owned() };
    let number =
        |key: &str, text: &str| text.parse::<i64>().map_err(|_| unknown(&format!("{key}={text}")));
    let (mut subject, mut effect, mut zerror, mut message) = (None, None, None, String::new());
    let (mut nth, mut every) = (1, false);
    for (&key, &value) in &named {
        match key {
            "fn" if value == "*" => subject = Some(Subject::Function(None)),
            "fn" => subject = Some(Subject::Function(Some(value.to_owned()))),
            "method" => subject = Some(Subject::Method(value.to_owned())),
            "sqlcode" => {
                let sqlcode = number(key, value)?;
                let planned = PlannedSql { sqlcode, message: String::new() };
                subject = Some(Subject::Statement(planned));
            }
            "msg" => message = value.to_owned(),
            "zerror" => zerror = Some(value.to_owned()),
            "every" => every = true,
            "nth" => nth = number(key, value)?.max(1).unsigned_abs(),
            _ => effect = Some(effect_of(key, value, &number)?.ok_or_else(|| unknown(key))?),
        }
    }
    if let Some(Effect::Return { zerror: text, .. }) = &mut effect {
        *text = zerror;
    }
    if let Some(Subject::Statement(planned)) = &mut subject {
        planned.message = message;
    }
    let whole = matches!(subject, Some(Subject::Statement(_))) || effect.is_some();
    match subject {
        Some(subject) if whole => Ok(Clause { subject, nth, every, effect, seen: 0 }),
        _ => Err(PlanError::Incomplete { line }),
    }
}

fn effect_of(
    key: &str,
    value: &str,
    number: &impl Fn(&str, &str) -> Result<i64, PlanError>,
) -> Result<Option<Effect>, PlanError> {
    let small = |value| number(key, value).map(|n| c_int::try_from(n).unwrap_or(c_int::MIN));
    Ok(Some(match key {
        "return" => Effect::Return { code: small(value)?, zerror: None },
        "delay" => Effect::Delay(Duration::from_millis(number(key, value)?.unsigned_abs())),
        "hang" if value == "uninterruptible" => Effect::HangForEver,
        "hang" => Effect::Hang,
        "abort" => Effect::Abort,
        "exit" => Effect::Exit(small(value)?),
        "_exit" => Effect::ExitAtOnce(small(value)?),
        "signal" => match signal(value) {
            Some(number) => Effect::Signal(number),
            None => return Ok(None),
        },
        _ => return Ok(None),
    }))
}

fn signal(name: &str) -> Option<c_int> {
    Some(match name.trim_start_matches("SIG") {
        "SEGV" => libc::SIGSEGV,
        "BUS" => libc::SIGBUS,
        "FPE" => libc::SIGFPE,
        "ILL" => libc::SIGILL,
        "ABRT" => libc::SIGABRT,
        "TERM" => libc::SIGTERM,
        "INT" => libc::SIGINT,
        "KILL" => libc::SIGKILL,
        "STOP" => libc::SIGSTOP,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(text: &str) -> Plan {
        text.parse().unwrap()
    }

    #[test]
    fn a_clause_strikes_once_at_its_call() {
        let mut plan = plan("# which\nfn=IrisPushInt nth=2 return=-4 zerror=\"<A B>x\"\n");
        assert_eq!(plan.strike("IrisPushInt"), None);
        assert_eq!(plan.strike("IrisPopInt"), None);
        let struck = Effect::Return { code: -4, zerror: Some("<A B>x".to_owned()) };
        assert_eq!(plan.strike("IrisPushInt"), Some(struck));
        assert_eq!(plan.strike("IrisPushInt"), None);
    }

    #[test]
    fn every_strikes_at_each_multiple_and_a_star_concerns_all() {
        let mut plan = plan("fn=* every nth=3 delay=20");
        let struck: Vec<bool> =
            ["a", "b", "c", "d", "e", "f"].iter().map(|f| plan.strike(f).is_some()).collect();
        assert_eq!(struck, [false, false, true, false, false, true]);
    }

    #[test]
    fn a_statement_fails_with_its_sqlcode() {
        let mut plan = plan("sqlcode=-119 msg=\"it is there\" nth=2");
        assert_eq!(plan.strike_statement(), None);
        let struck = PlannedSql { sqlcode: -119, message: "it is there".to_owned() };
        assert_eq!(plan.strike_statement(), Some(struck));
        assert_eq!(plan.strike("IrisPushInt"), None);
    }

    #[test]
    fn a_wrong_plan_is_refused_with_its_line() {
        for (text, reason) in [
            ("\nfn=A nth=1", "line 2: a clause needs fn, method or sqlcode, and an effect"),
            ("return=-4", "line 1: a clause needs fn, method or sqlcode, and an effect"),
            ("fn=A retrun=4", "line 1: \"retrun\" is no part of a clause"),
            ("fn=A return=x", "line 1: \"return=x\" is no part of a clause"),
            ("fn=A signal=NONE", "line 1: \"signal\" is no part of a clause"),
        ] {
            assert_eq!(text.parse::<Plan>().map_err(|e| e.to_string()), Err(reason.to_owned()));
        }
    }
}
