//! `Open`: the namespace and the settings of the process (contract §6).

use super::answer::{Answer, Status, Trap, put_string};
use super::arguments::{Arguments, element_text};
use super::{CLASS, Session, VERSION};
use crate::callin::raise::Raise;
use crate::list::{Element, ListReader, put_integer};
use crate::process::Environment;

impl Session {
    /// `Open`.
    pub(super) fn open(
        &mut self,
        environment: &mut Environment,
        arguments: &Arguments<'_>,
        answer: &mut Answer,
    ) -> Result<(), Trap> {
        let version = arguments.integer(0);
        if version != VERSION {
            let message =
                format!("the class implements version {VERSION} of the contract, not {version}");
            return Err(Trap::of(Status::Version, message));
        }
        let (options, _) = arguments.list(3, "the options are not a list")?;
        self.close_all();
        enter(environment, &arguments.text(1)?)?;
        set_process(environment, &options);
        self.entered = true;
        answer.extra = i64::from(environment.user.service_sql);
        let job = i64::from(std::process::id());
        let block = answer.block();
        put_string(block, &environment.zversion);
        put_string(block, &environment.namespace);
        put_string(block, &environment.user.name);
        put_integer(block, job);
        Ok(())
    }
}

/// Enters the namespace. A name that begins with a caret would be a directory.
fn enter(environment: &mut Environment, name: &str) -> Result<(), Trap> {
    if name.is_empty() || name.starts_with('^') {
        return Err(Trap::of(Status::Refused, format!("<NAMESPACE>{name}")));
    }
    let place = format!("zEnter+5^{CLASS}.1");
    environment.enter(name, &place).map_err(|raise| match raise {
        Raise::Error { text, .. } => Trap::of(Status::Refused, text),
        other => Trap::of(Status::Refused, format!("<NAMESPACE>{other:?}")),
    })
}

/// Isolation (option 1, by default READ COMMITTED) and lock time-out in seconds (option 2).
fn set_process(environment: &mut Environment, options: &[u8]) {
    let mut options = ListReader::new(options).filter_map(Result::ok);
    let isolation = match options.next() {
        None | Some(Element::Undefined) => 1,
        Some(element) => number(&element),
    };
    environment.sql.set_isolation(isolation != 0);
    if let Some(element) = options.next()
        && !element_text(&element).is_empty()
    {
        let seconds = number(&element);
        environment.sql.set_lock_timeout(f64::from(i32::try_from(seconds).unwrap_or(i32::MAX)));
    }
}

fn number(element: &Element<'_>) -> i64 {
    crate::callin::value::Value::unicode(&element_text(element)).to_integer()
}
