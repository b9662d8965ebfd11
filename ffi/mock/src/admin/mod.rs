//! What an administrator decides: users, namespaces, services, licence units.
//!
//! The administration file `irismock.conf` in the instance's directory adds to what every
//! instance has; `README.md` has its format.
#![forbid(unsafe_code)]

mod file;
mod licence;
mod password;
pub(crate) mod sha256;

pub(crate) use file::words;
pub(crate) use licence::Seat;
pub(crate) use password::Password;

use std::path::{Path, PathBuf};

/// Name of the administration file.
pub(crate) const FILE: &str = "irismock.conf";

/// Longest user name, in characters (facts, callin §4).
const LONGEST_USER: usize = 160;

/// An account.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct User {
    /// The name, in the case in which it was made: `$USERNAME`.
    pub(crate) name: String,
    /// How its password is checked.
    pub(crate) password: Password,
    /// No login.
    pub(crate) disabled: bool,
    /// No login: the account's time is over.
    pub(crate) expired: bool,
    /// The password must be changed before the next login.
    pub(crate) change: bool,
    /// `$ROLES`.
    pub(crate) roles: Vec<String>,
    /// The namespaces that the user may enter, or all of them but `%SYS`.
    pub(crate) namespaces: Option<Vec<String>>,
    /// The start-up namespace.
    pub(crate) startup: String,
    /// Whether `%Service_SQL` may be used.
    pub(crate) service_sql: bool,
}

impl User {
    /// An account without a password that fits, as the file adds to it.
    fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            password: Password::none(),
            disabled: false,
            expired: false,
            change: false,
            roles: Vec::new(),
            namespaces: None,
            startup: "USER".to_owned(),
            service_sql: true,
        }
    }

    /// `_SYSTEM`, which every instance has: all rights, and a well-known password.
    fn system() -> Self {
        let roles = vec!["%All".to_owned()];
        Self { password: Password::plain("SYS"), roles, ..Self::named("_SYSTEM") }
    }

    /// The identity of a process without credentials, where the service allows it.
    fn unknown() -> Self {
        Self::named("UnknownUser")
    }

    fn is_all_powerful(&self) -> bool {
        self.roles.iter().any(|role| role.eq_ignore_ascii_case("%All"))
    }
}

/// A namespace.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Namespace {
    /// The name, in upper case.
    pub(crate) name: String,
    /// Whether the package's classes are mapped into it.
    pub(crate) package: bool,
}

/// How licence units are counted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Licence {
    /// Units that exist.
    pub(crate) units: usize,
    /// Processes of one licence user that share a unit (25 in published keys).
    pub(crate) per_user: usize,
    /// Milliseconds until the unit of an ended process comes back.
    pub(crate) release: u64,
    /// Whether each process is a licence user of its own.
    pub(crate) by_process: bool,
}

/// Why a login is refused.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Refusal {
    /// The reason is known to the audit log alone.
    Denied,
    /// The password is right and has to be changed first.
    ChangePassword,
}

/// Why a namespace is not entered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum NoEntry {
    /// There is none of this name.
    Unknown,
    /// The user lacks the right.
    Protected,
}

/// What is wrong with the administration of an instance.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AdminError {
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line that is not understood.
    #[error("line {line}: {reason}")]
    Line {
        /// Line number, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

/// The administration of one instance.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Admin {
    directory: PathBuf,
    users: Vec<User>,
    namespaces: Vec<Namespace>,
    /// Whether `%Service_CallIn` is enabled.
    callin: bool,
    /// Whether `%Service_CallIn` allows processes without credentials.
    unauthenticated: bool,
    licence: Option<Licence>,
}

impl Admin {
    /// What every instance has.
    fn fresh(directory: &Path) -> Self {
        let namespace = |name: &str| Namespace { name: name.to_owned(), package: true };
        Self {
            directory: directory.to_owned(),
            users: vec![User::system()],
            namespaces: vec![namespace("%SYS"), namespace("USER")],
            callin: true,
            unauthenticated: false,
            licence: None,
        }
    }

    /// Reads the administration of the instance in `directory`.
    ///
    /// # Errors
    /// A file that is there and cannot be read, or a line that is not understood.
    pub(crate) fn open(directory: &Path) -> Result<Self, AdminError> {
        let mut admin = Self::fresh(directory);
        if let Some(text) = file::read(&directory.join(FILE))? {
            file::apply(&text, &mut admin)?;
        }
        password::apply_changes(&mut admin)?;
        Ok(admin)
    }

    fn user(&self, name: &str) -> Option<&User> {
        let name = name.to_lowercase();
        self.users.iter().find(|user| user.name.to_lowercase() == name)
    }

    /// Checks credentials. Without any, the process is `UnknownUser` where that is allowed.
    /// The work is the same whether the user exists or not.
    ///
    /// # Errors
    /// A refusal that tells nothing but that the password must be changed.
    pub(crate) fn log_in(&self, credentials: Option<(&str, &str)>) -> Result<User, Refusal> {
        let Some((name, given)) = credentials else {
            let allowed = self.callin && self.unauthenticated;
            return allowed.then(User::unknown).ok_or(Refusal::Denied);
        };
        let user = self.user(name).filter(|_| name.chars().count() <= LONGEST_USER);
        let nobody = Password::none();
        let fits = user.map_or(&nobody, |user| &user.password).matches(given);
        let user = user.ok_or(Refusal::Denied)?;
        if !fits || !self.callin || user.disabled || user.expired {
            return Err(Refusal::Denied);
        }
        if user.change {
            return Err(Refusal::ChangePassword);
        }
        Ok(user.clone())
    }

    /// Gives a user another password, for good.
    ///
    /// # Errors
    /// `Denied` for a wrong old password or an account that may not log in, and where the new one
    /// cannot be kept.
    pub(crate) fn change_password(
        &mut self,
        name: &str,
        old: &str,
        new: &str,
    ) -> Result<(), Refusal> {
        let found = match self.log_in(Some((name, old))) {
            Ok(user) => user.name,
            Err(Refusal::ChangePassword) => {
                self.user(name).map(|user| user.name.clone()).ok_or(Refusal::Denied)?
            }
            Err(Refusal::Denied) => return Err(Refusal::Denied),
        };
        // UNVERIFIED(iris): a real instance has a pattern for passwords; an empty one never fits.
        if new.is_empty() {
            return Err(Refusal::Denied);
        }
        password::record_change(&self.directory, &found, new).map_err(|_| Refusal::Denied)
    }

    /// The namespace that a user wants to enter; names have no case.
    ///
    /// # Errors
    /// It is unknown, or closed to the user.
    pub(crate) fn namespace(&self, user: &User, name: &str) -> Result<&Namespace, NoEntry> {
        let found = self
            .namespaces
            .iter()
            .find(|namespace| namespace.name.eq_ignore_ascii_case(name))
            .ok_or(NoEntry::Unknown)?;
        let open = match &user.namespaces {
            _ if user.is_all_powerful() => true,
            None => found.name != "%SYS",
            Some(names) => names.iter().any(|name| name.eq_ignore_ascii_case(&found.name)),
        };
        if open { Ok(found) } else { Err(NoEntry::Protected) }
    }

    /// Takes a licence unit, or a part of one, for this process; `None` when none is left.
    ///
    /// # Errors
    /// The book of licence units cannot be kept.
    pub(crate) fn take_seat(&self, user: &User) -> Result<Option<Seat>, AdminError> {
        match &self.licence {
            None => Ok(Some(Seat::unlimited())),
            Some(licence) => licence::take(&self.directory, licence, &user.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admin(text: &str) -> Admin {
        let mut admin = Admin::fresh(Path::new("/nowhere"));
        file::apply(text, &mut admin).unwrap();
        admin
    }

    #[test]
    fn the_well_known_user_logs_in_whatever_the_case() {
        let admin = admin("");
        assert_eq!(admin.log_in(Some(("_system", "SYS"))).unwrap().name, "_SYSTEM");
        assert_eq!(admin.log_in(Some(("_SYSTEM", "sys"))), Err(Refusal::Denied));
        assert_eq!(admin.log_in(Some(("nobody", "SYS"))), Err(Refusal::Denied));
        assert_eq!(admin.log_in(Some(("nobody", ""))), Err(Refusal::Denied));
        assert_eq!(admin.log_in(None), Err(Refusal::Denied));
    }

    #[test]
    fn flags_refuse_and_tell_nothing() {
        let admin = admin(
            "user A password=a flags=disabled\nuser B password=b flags=expired\n\
             user C password=c flags=change\n",
        );
        assert_eq!(admin.log_in(Some(("A", "a"))), Err(Refusal::Denied));
        assert_eq!(admin.log_in(Some(("B", "b"))), Err(Refusal::Denied));
        assert_eq!(admin.log_in(Some(("C", "c"))), Err(Refusal::ChangePassword));
        assert_eq!(admin.log_in(Some(("C", "x"))), Err(Refusal::Denied));
    }

    #[test]
    fn a_disabled_service_refuses_everybody() {
        let closed = admin("service callin=off");
        assert_eq!(closed.log_in(Some(("_SYSTEM", "SYS"))), Err(Refusal::Denied));
        let open = admin("service unauthenticated=on");
        assert_eq!(open.log_in(None).unwrap().name, "UnknownUser");
    }

    #[test]
    fn namespaces_open_to_those_who_may() {
        let admin = admin(
            "namespace Lab package=no\nuser A password=a namespaces=lab\nuser B password=b\n",
        );
        let system = admin.user("_SYSTEM").unwrap();
        let (a, b) = (admin.user("a").unwrap(), admin.user("b").unwrap());
        assert_eq!(admin.namespace(system, "%sys").unwrap().name, "%SYS");
        assert_eq!(admin.namespace(a, "LAB").map(|n| n.package), Ok(false));
        assert_eq!(admin.namespace(a, "user"), Err(NoEntry::Protected));
        assert_eq!(admin.namespace(b, "user").unwrap().name, "USER");
        assert_eq!(admin.namespace(b, "%SYS"), Err(NoEntry::Protected));
        assert_eq!(admin.namespace(system, "NONE"), Err(NoEntry::Unknown));
    }
}
