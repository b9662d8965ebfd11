//! What code sees of its process: identity, namespace, SQL.

use super::directory;
use crate::admin::{Admin, NoEntry, User};
use crate::callin::abi::code;
use crate::callin::control;
use crate::callin::errors;
use crate::callin::raise::{Outcome, Raise};
use crate::sql::{Identity, Instance, Interrupter, SqlFailure, SqlSession, Version};
use std::ffi::c_int;

/// Chooses the version that the simulator pretends to be.
const VERSION: &str = "IRIS_MOCK_VERSION";

/// The versions that can be chosen, the last without being asked.
const VERSIONS: [Version; 4] =
    [Version::new(2022, 1), Version::new(2023, 1), Version::new(2024, 1), Version::new(2025, 1)];

/// The surroundings of running code.
pub(crate) struct Environment {
    admin: Admin,
    /// The account behind `$USERNAME`.
    pub(crate) user: User,
    /// `$NAMESPACE`.
    pub(crate) namespace: String,
    /// Whether the package's classes are mapped into the namespace.
    pub(crate) has_package: bool,
    /// `$ZVERSION`.
    pub(crate) zversion: String,
    /// The SQL engine's session.
    pub(crate) sql: SqlSession,
    /// Stops a running statement.
    pub(crate) interrupter: Interrupter,
}

impl Environment {
    /// Attaches to the instance as `user`, in the user's start-up namespace.
    ///
    /// # Errors
    /// −21 when the directory cannot be used, −1 for a version that does not exist.
    pub(super) fn open(admin: Admin, user: User) -> Result<Self, c_int> {
        let complain = |text: String, status| {
            eprintln!("simulator: {text}");
            status
        };
        let version = version().map_err(|text| complain(text, code::FAILURE))?;
        let zversion = zversion(version);
        // A start-up namespace that is gone or closed leaves the process in USER, else in %SYS
        // (facts, callin §4, the terminal's rule).
        let namespace = [user.startup.as_str(), "USER", "%SYS"]
            .iter()
            .find_map(|name| admin.namespace(&user, name).ok().cloned())
            .ok_or(code::ACCESS_DENIED)?;
        let identity = Identity {
            user: user.name.clone(),
            pid: std::process::id(),
            namespace: namespace.name.clone(),
            zversion: zversion.clone(),
        };
        let sql = Instance::open(&directory::current()?, version)
            .and_then(|instance| instance.session(identity))
            .map_err(|error| complain(error.to_string(), code::ATTACH))?;
        let interrupter = sql.interrupter();
        let (name, has_package) = (namespace.name, namespace.package);
        Ok(Self { admin, user, namespace: name, has_package, zversion, sql, interrupter })
    }

    /// `set $namespace`.
    ///
    /// # Errors
    /// `<NAMESPACE>` or `<PROTECT>`; `place` is where, as `$ZERROR` tells it.
    pub(crate) fn enter(&mut self, name: &str, place: &str) -> Outcome {
        let namespace = self.admin.namespace(&self.user, name).map_err(|reason| match reason {
            NoEntry::Unknown => Raise::error(errors::NAMESPACE, place),
            NoEntry::Protected => Raise::error(errors::PROTECT, place),
        })?;
        self.namespace.clone_from(&namespace.name);
        self.has_package = namespace.package;
        self.sql.set_namespace(&self.namespace);
        Ok(())
    }

    /// Takes an interrupt that waits, also from the engine.
    pub(crate) fn take_interrupt(&mut self) -> bool {
        control::take_control_c()
    }

    /// Undoes all levels, when nobody can be told of an error any more.
    pub(super) fn roll_back_all(&mut self) {
        // The interrupt that broke the connection may still arrive, once, in the rollback.
        for last in [false, true] {
            self.interrupter.clear();
            match self.sql.trollback() {
                Ok(()) => return,
                Err(SqlFailure { sqlcode: -456, .. }) if !last => {}
                Err(SqlFailure { sqlcode, message }) => {
                    eprintln!("simulator: rollback at the end: SQLCODE {sqlcode}: {message}");
                    return;
                }
            }
        }
    }
}

fn version() -> Result<Version, String> {
    let Some(text) = std::env::var_os(VERSION) else { return Ok(Version::new(2025, 1)) };
    VERSIONS
        .into_iter()
        .find(|v| text.to_str() == Some(&format!("{}.{}", v.major, v.minor)))
        .ok_or_else(|| format!("{VERSION}: there is no version {}", text.display()))
}

/// `$ZVERSION` in the form that clients read (facts, callin §8.2), with words that nobody takes
/// for those of a real instance.
fn zversion(version: Version) -> String {
    let Version { major, minor } = version;
    format!(
        "IRIS for UNIX (IrisPG Simulator) {major}.{minor} (Build 0U) \
         simulator, not InterSystems IRIS"
    )
}
