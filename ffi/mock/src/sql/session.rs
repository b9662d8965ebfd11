//! Instances and sessions.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::api::{
    ColumnMeta, Execution, Identity, Interrupter, OpenError, OpenThings, ParameterMeta, Prepared,
    SelectMode, SqlFailure, TableDescription, Version,
};
use super::bind::{self, Action, Output, Plan, Slot};
use super::core::{Core, Group};
use super::describe;
use super::exec::{self, Values};
use super::functions;
use super::parser;
use super::sqlcode::fail;
use super::store::catalog::{self, Table};
use super::store::locks::{self, Holder};
use super::store::page::Page;
use super::store::{self, broken};

/// Prepared statements kept by their text: 512 per session; all are forgotten beyond that.
const PREPARED_MAX: usize = 512;

/// One data directory, opened.
#[derive(Debug)]
pub struct Instance {
    dir: PathBuf,
    version: Version,
    page: Arc<Page>,
    /// The connection that opened the file; the first session takes it over, since opening one
    /// is most of what a short session costs.
    connection: Mutex<Option<rusqlite::Connection>>,
}

impl Instance {
    /// Opens or makes the data file in `dir` and rolls back what dead processes left.
    ///
    /// # Errors
    /// [`OpenError`] when the directory or the file cannot be used.
    pub fn open(dir: &Path, version: Version) -> Result<Instance, OpenError> {
        std::fs::create_dir_all(dir).map_err(OpenError::Directory)?;
        let (connection, page) = store::open(dir)?;
        let instance = Instance {
            dir: dir.to_owned(),
            version,
            page: Arc::new(page),
            connection: Mutex::new(None),
        };
        let identity = Identity {
            user: String::new(),
            pid: std::process::id(),
            namespace: String::new(),
            zversion: String::new(),
        };
        let core = instance.core(connection, identity);
        core.bury_all().map_err(|e| OpenError::Store(e.to_string()))?;
        instance.spare().replace(core.connection);
        Ok(instance)
    }

    /// Shared memory, for a look at what is left in it.
    #[cfg(test)]
    pub(in crate::sql) fn page(&self) -> &Page {
        &self.page
    }

    fn spare(&self) -> MutexGuard<'_, Option<rusqlite::Connection>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn core(&self, connection: rusqlite::Connection, identity: Identity) -> Core {
        let pid = identity.pid;
        let holder = Holder { pid, start: locks::start_time(pid) };
        Core::new(
            connection,
            Arc::clone(&self.page),
            self.dir.clone(),
            self.version,
            identity,
            holder,
        )
    }

    /// A new session.
    ///
    /// # Errors
    /// [`OpenError`] when the data file cannot be used.
    pub fn session(&self, identity: Identity) -> Result<SqlSession, OpenError> {
        let spare = self.spare().take();
        let connection = match spare {
            Some(connection) => connection,
            None => store::connect(&self.dir)?,
        };
        functions::register(&connection).map_err(|e| OpenError::Store(e.to_string()))?;
        Ok(SqlSession {
            core: self.core(connection, identity),
            group: None,
            schema: -1,
            tables: HashMap::new(),
            prepared: HashMap::new(),
            generation: std::cell::Cell::new((-1, 0)),
        })
    }
}

/// One IRIS process's view of SQL.
pub struct SqlSession {
    core: Core,
    /// Statements of a batch that share a SQLite transaction.
    group: Option<Group>,
    /// The schema number for which `tables` and `prepared` hold.
    schema: i64,
    tables: HashMap<(String, String), Option<Rc<Table>>>,
    prepared: HashMap<String, Rc<Prepared>>,
    generation: std::cell::Cell<(i64, i64)>,
}

impl std::fmt::Debug for SqlSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqlSession").field("identity", &self.core.identity).finish_non_exhaustive()
    }
}

/// How long a statement at least runs anew because definitions changed under it, else the lock
/// time-out: one second, so that it ends where others do nothing but DDL.
const REPEATED_LEAST: Duration = Duration::from_secs(1);

impl SqlSession {
    /// Switches the namespace; each has tables of its own.
    pub fn set_namespace(&mut self, namespace: &str) {
        namespace.clone_into(&mut self.core.identity.namespace);
        self.core.forget();
        self.tables.clear();
        self.prepared.clear();
        self.generation.set((-1, 0));
    }

    /// Changes `$USERNAME`, as a login inside the process does.
    pub fn set_user(&mut self, user: &str) {
        user.clone_into(&mut self.core.identity.user);
    }

    /// READ COMMITTED, or READ UNCOMMITTED, the default (iris-sql §1.6).
    pub fn set_isolation(&mut self, read_committed: bool) {
        self.core.read_committed = read_committed;
    }

    /// The select mode of what is prepared from now on; a statement keeps the one it was prepared
    /// in (iris-sql §5.1).
    pub fn set_select_mode(&mut self, mode: SelectMode) {
        if self.core.select_mode != mode {
            self.core.select_mode = mode;
            self.prepared.clear();
        }
    }

    /// How long a lock is waited for; 10 s by default (iris-sql §1.6).
    pub fn set_lock_timeout(&mut self, seconds: f64) {
        let seconds = if seconds.is_finite() { seconds.clamp(0.0, 32_767.0) } else { 10.0 };
        self.core.lock_timeout = Duration::from_secs_f64(seconds);
    }

    /// Forgets what is cached when any process changed definitions: one load.
    fn refresh(&mut self) {
        let schema = self.core.page.schema();
        if schema != self.schema {
            self.tables.clear();
            self.prepared.clear();
            self.schema = schema;
        }
    }

    /// Reads, binds and types one statement.
    ///
    /// # Errors
    /// The SQLCODE that IRIS would give at `%Prepare`.
    pub fn prepare(&mut self, text: &str) -> Result<Rc<Prepared>, SqlFailure> {
        self.refresh();
        if let Some(prepared) = self.prepared.get(text) {
            return Ok(Rc::clone(prepared));
        }
        let parsed = parser::parse(text, self.core.version)?;
        let (core, tables) = (&self.core, &mut self.tables);
        let mut lookup = |schema: &str, name: &str| {
            let key = (catalog::key(schema), catalog::key(name));
            if let Some(found) = tables.get(&key) {
                return Ok(found.clone());
            }
            let namespace = &core.identity.namespace;
            let found = catalog::find(&core.connection, namespace, schema, name)?;
            if let Some(table) = &found {
                store::temporary::ready(&core.connection, table)?;
            }
            tables.insert(key, found.clone());
            Ok(found)
        };
        let plan = bind::bind(parsed, &core.default_schema, core.select_mode, &mut lookup)?;
        check(&self.core, &plan)?;
        let columns = match &plan.action {
            Action::Query(query) => query.outputs.iter().map(column_meta).collect(),
            _ => Vec::new(),
        };
        let prepared = Rc::new(Prepared {
            statement_type: plan.statement_type,
            columns,
            parameters: plan.slots.iter().map(parameter_meta).collect(),
            text: text.to_owned(),
            plan,
            schema: self.schema,
        });
        // DDL texts are not kept: they run once.
        if !matches!(prepared.plan.action, Action::Ddl(_)) {
            if self.prepared.len() >= PREPARED_MAX {
                self.prepared.clear();
            }
            self.prepared.insert(text.to_owned(), Rc::clone(&prepared));
        }
        Ok(prepared)
    }

    /// Runs a prepared statement. Appends rows to `block` until it has grown by `limit` bytes.
    /// `params` is a `$LIST` with one element per `?`.
    ///
    /// # Errors
    /// The SQLCODE that IRIS would give at `%Execute`; the statement is undone as a whole. −478
    /// when definitions changed so that the result has another shape (iris-sql Appendix A).
    pub fn execute(
        &mut self,
        prepared: &Rc<Prepared>,
        params: &[u8],
        block: &mut Vec<u8>,
        limit: usize,
    ) -> Result<Execution, SqlFailure> {
        self.core.check_interrupt()?;
        let start = block.len();
        let ddl = matches!(prepared.plan.action, Action::Ddl(_) | Action::Control(_));
        let mut fresh = Rc::clone(prepared);
        let deadline = Instant::now() + self.core.lock_timeout.max(REPEATED_LEAST);
        loop {
            if !ddl && fresh.schema != self.core.page.schema() {
                fresh = self.prepare(&prepared.text)?;
                if fresh.columns != prepared.columns {
                    return Err(fail(-478, "Query recompiled: Result Set mismatch"));
                }
            }
            let outcome = self.execute_once(&fresh, params, block, limit);
            // What was planned for other definitions than it met is worth nothing.
            let again = match &outcome {
                Ok(_) => matches!(fresh.plan.action, Action::Query(_)),
                // An interrupt is answered (iris-sql Appendix A).
                Err(failure) => failure.sqlcode != -456,
            };
            let same = fresh.schema == self.core.page.schema();
            if ddl || !again || same || Instant::now() > deadline {
                return outcome;
            }
            block.truncate(start);
        }
    }

    /// Runs a statement as it was prepared.
    fn execute_once(
        &mut self,
        prepared: &Prepared,
        params: &[u8],
        block: &mut Vec<u8>,
        limit: usize,
    ) -> Result<Execution, SqlFailure> {
        let start = block.len();
        let plan = &prepared.plan;
        self.core.planned.set(prepared.schema);
        if let Action::Control(control) = &plan.action {
            let schema = self.core.default_schema.clone();
            let outcome = exec::control::run(&mut self.core, control);
            if schema != self.core.default_schema {
                // Names without a schema mean something else now.
                self.prepared.clear();
            }
            return outcome;
        }
        if matches!(plan.action, Action::Insert(_) | Action::Update(_) | Action::Delete(_)) {
            self.core.start_for_change()?;
        }
        let values = Values::read(params, plan.slots.len())?;
        let core = &self.core;
        let outcome = match &plan.action {
            Action::Query(query) => exec::query::run(core, plan, query, &values, block, limit),
            Action::Insert(insert) => exec::insert::run(core, plan, insert, &values),
            Action::Update(update) => exec::change::update(core, plan, update, &values),
            Action::Delete(delete) => exec::change::delete(core, plan, delete, &values),
            Action::Ddl(statement) => exec::ddl::run(core, statement),
            Action::Control(_) => Ok(Execution::default()),
        };
        if outcome.is_err() {
            block.truncate(start);
            self.core.interrupt.store(false, Ordering::SeqCst);
        }
        outcome
    }

    /// Lets the changing statements that follow share one short SQLite transaction: call it before
    /// each of them, and [`Self::end_group`] after the last.
    ///
    /// # Errors
    /// −400 when the store fails.
    pub fn keep_group(&mut self) -> Result<(), SqlFailure> {
        if self.group.as_ref().is_some_and(|group| !group.is_over()) {
            return Ok(());
        }
        self.end_group(true)?;
        self.group = self.core.begin_group()?;
        Ok(())
    }

    /// Ends what [`Self::keep_group`] began; its statements are undone unless `keep`.
    ///
    /// # Errors
    /// −400 when the store fails.
    pub fn end_group(&mut self, keep: bool) -> Result<(), SqlFailure> {
        match self.group.take() {
            Some(group) => self.core.end_group(group, keep),
            None => Ok(()),
        }
    }

    /// `$TLEVEL`.
    #[must_use]
    pub fn level(&self) -> u32 {
        u32::try_from(self.core.levels.borrow().len()).unwrap_or(u32::MAX)
    }

    /// TSTART (iris-sql §1.6).
    ///
    /// # Errors
    /// `<TRANSACTION LEVEL>` beyond 255 levels.
    pub fn tstart(&mut self) -> Result<(), SqlFailure> {
        self.core.start()
    }

    /// TCOMMIT: one level down; the last one makes the changes final. Without a transaction nothing
    /// happens.
    ///
    /// # Errors
    /// −400 when the store fails.
    pub fn tcommit(&mut self) -> Result<(), SqlFailure> {
        self.core.commit_level()
    }

    /// TROLLBACK 1.
    ///
    /// # Errors
    /// −400 when the store fails.
    pub fn trollback_one(&mut self) -> Result<(), SqlFailure> {
        self.core.roll_back_level()
    }

    /// TROLLBACK of all levels.
    ///
    /// # Errors
    /// −400 when the store fails.
    pub fn trollback(&mut self) -> Result<(), SqlFailure> {
        self.core.finish(false)
    }

    /// A table of this namespace, by names in any case. An empty schema is the default one.
    pub fn describe(&mut self, schema: &str, table: &str) -> Option<TableDescription> {
        let schema = if schema.is_empty() { &self.core.default_schema } else { schema };
        let namespace = &self.core.identity.namespace;
        let table = catalog::find(&self.core.connection, namespace, schema, table).ok()??;
        Some(describe::table(&self.core, &table))
    }

    /// The namespace's schema generation, 0 when no DDL ran yet. Every DDL raises it.
    #[must_use]
    pub fn generation(&self) -> i64 {
        let schema = self.core.page.schema();
        let (seen, value) = self.generation.get();
        if seen == schema {
            return value;
        }
        let value = catalog::generation(&self.core.connection, &self.core.identity.namespace);
        self.generation.set((schema, value));
        value
    }

    /// What stops this session's statements from another thread.
    #[must_use]
    pub fn interrupter(&self) -> Interrupter {
        Interrupter {
            flag: Arc::clone(&self.core.interrupt),
            handle: Arc::new(self.core.connection.get_interrupt_handle()),
            firm: Arc::clone(&self.core.firm),
        }
    }

    /// What this session holds.
    #[must_use]
    pub fn report(&self) -> OpenThings {
        let (locks, undo_rows) = self.core.held();
        OpenThings { cursors: 0, locks, undo_rows }
    }
}

impl Drop for SqlSession {
    fn drop(&mut self) {
        // A process that ends rolls its transaction back.
        self.core.leave();
    }
}

/// Lets SQLite compile what was made, so that a defect shows at prepare and not at execution.
fn check(core: &Core, plan: &Plan) -> Result<(), SqlFailure> {
    let text = match &plan.action {
        Action::Query(query) => Some(&query.sql),
        Action::Insert(insert) => insert.query.as_ref(),
        Action::Update(update) => Some(&update.query),
        Action::Delete(delete) => Some(&delete.query),
        Action::Ddl(_) | Action::Control(_) => None,
    };
    if let Some(text) = text {
        core.connection.prepare_cached(text).map(|_| ()).map_err(|e| broken(&e))?;
    }
    Ok(())
}

fn column_meta(output: &Output) -> ColumnMeta {
    let (odbc, precision, scale) = output.ty.meta();
    ColumnMeta {
        name: output.name.clone(),
        odbc,
        precision,
        scale,
        nullable: output.nullable,
        label: output.name.clone(),
        schema: output.schema.clone(),
        table: output.table.clone(),
        type_class: output.class.clone(),
        flags: output.flags,
    }
}

fn parameter_meta(slot: &Slot) -> ParameterMeta {
    let (odbc, precision, scale) = slot.ty.meta();
    ParameterMeta { odbc, precision, scale, nullable: slot.nullable, column: slot.column.clone() }
}
