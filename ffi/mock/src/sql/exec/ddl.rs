//! CREATE, DROP, ALTER: not transactional, without undo (iris-sql §1.4).

use std::rc::Rc;

use super::super::api::{Execution, SqlFailure};
use super::super::ast::{
    Collation, ColumnDef, ConstraintKind, CreateIndex, CreateTable, DefaultSpec, Name, Reference,
    Statement, TableConstraint,
};
use super::super::bind::{DEFAULT_SCHEMA, missing_table};
use super::super::core::{Block, Core, Trouble};
use super::super::decimal::Decimal;
use super::super::sqlcode::{bare, fail};
use super::super::store::catalog::{
    self, Column, Fallback, Index, IndexKind, Key, KeyAction, KeyKind, Table, same,
};
use super::super::store::{broken, locks};
use super::super::types::{self, Filled};
use super::super::value::{self, Input};

pub(in crate::sql) fn run(core: &Core, statement: &Statement) -> Result<Execution, SqlFailure> {
    if let Statement::Truncate(name) = statement {
        let table = found(core, name)?;
        return super::change::truncate(core, &table);
    }
    let changed = core.changing(|| match statement {
        Statement::CreateTable(create) => create_table(core, create),
        Statement::DropTable { name, if_exists } => drop_table(core, name, *if_exists),
        Statement::CreateIndex(create) => create_index(core, create),
        Statement::DropIndex { name, table, if_exists } => {
            drop_index(core, name, table.as_ref(), *if_exists)
        }
        Statement::CreateSchema { name, if_not_exists } => {
            create_schema(core, name, *if_not_exists)
        }
        Statement::DropSchema { name, if_exists, cascade } => {
            drop_schema(core, name, *if_exists, *cascade)
        }
        Statement::AddColumns { table, columns } => add_columns(core, table, columns),
        Statement::AddConstraint { table, constraint } => add_constraint(core, table, constraint),
        Statement::DropColumns { table, columns } => drop_columns(core, table, columns),
        _ => Ok(false),
    })?;
    if changed {
        core.page.raise_schema();
    }
    Ok(Execution::default())
}

fn execute(core: &Core, sql: &str) -> Result<(), SqlFailure> {
    core.connection.execute_batch(sql).map_err(|e| broken(&e))
}

fn schema_of(name: &Name) -> &str {
    name.schema.as_deref().unwrap_or(DEFAULT_SCHEMA)
}

fn find(core: &Core, name: &Name) -> Result<Option<Rc<Table>>, SqlFailure> {
    catalog::find(&core.connection, &core.identity.namespace, schema_of(name), &name.name)
}

fn found(core: &Core, name: &Name) -> Result<Rc<Table>, SqlFailure> {
    find(core, name)?.ok_or_else(|| missing_table(schema_of(name), &name.name))
}

/// The schema's name as first defined.
fn defined_schema(core: &Core, schema: &str) -> Result<String, SqlFailure> {
    if same(schema, DEFAULT_SCHEMA) {
        return Ok(DEFAULT_SCHEMA.to_owned());
    }
    let all = catalog::all(&core.connection, &core.identity.namespace)?;
    if let Some(table) = all.iter().find(|table| same(&table.schema, schema)) {
        return Ok(table.schema.clone());
    }
    Ok(made_schema(core, schema)?.unwrap_or_else(|| schema.to_owned()))
}

fn made_schema(core: &Core, schema: &str) -> Result<Option<String>, SqlFailure> {
    let sql = "SELECT name FROM schemas WHERE ns = ?1 AND key = ?2";
    let values = (&core.identity.namespace, catalog::key(schema));
    let mut statement = core.connection.prepare_cached(sql).map_err(|e| broken(&e))?;
    let mut rows = statement.query(values).map_err(|e| broken(&e))?;
    match rows.next().map_err(|e| broken(&e))? {
        Some(row) => row.get(0).map(Some).map_err(|e| broken(&e)),
        None => Ok(None),
    }
}

impl Core {
    /// Another session's lock keeps a table from being changed as a whole.
    pub(in crate::sql) fn table_block(
        &self,
        owner: i64,
        table: &Table,
    ) -> Result<Trouble, SqlFailure> {
        let sql = "SELECT rid FROM locks WHERE tab = ?1 AND owner = ?2 LIMIT 1";
        let row = self
            .connection
            .query_row(sql, (table.id, owner), |row| row.get(0))
            .unwrap_or(locks::WHOLE_TABLE);
        let full = table.full();
        let text = format!("Unable to acquire exclusive table lock for table '{full}'");
        Ok(Trouble::Blocked(Block { table: table.id, row, failure: fail(-110, text) }))
    }
}

/// DDL on a table waits for other sessions' locks. UNVERIFIED(iris): −110 after the time-out.
fn exclusive(core: &Core, table: &Table) -> Result<(), Trouble> {
    match locks::table_blocker(&core.connection, table.id, core.owner.get())? {
        Some(owner) => Err(core.table_block(owner, table)?),
        None => Ok(()),
    }
}

// CREATE TABLE.

fn create_table(core: &Core, create: &CreateTable) -> Result<bool, Trouble> {
    let schema = defined_schema(core, schema_of(&create.name))?;
    if find(core, &create.name)?.is_some() {
        if create.if_not_exists {
            return Ok(false);
        }
        let name = &create.name.name;
        return Err(fail(-201, format!("Table '{schema}.{name}' already exists")).into());
    }
    let mut table = Table {
        id: 0,
        schema,
        name: create.name.name.clone(),
        columns: Vec::new(),
        keys: Vec::new(),
        indexes: Vec::new(),
        next: 1,
        unnamed: 0,
        identity_insert: false,
        public_row_id: false,
        temporary: false,
        description: String::new(),
        view: None,
    };
    // n counts all unnamed constraints of the table (iris-sql §1.4).
    let mut unnamed = 0;
    for definition in &create.columns {
        add_column(core, &mut table, definition, &mut unnamed)?;
    }
    // Names are given in the order of the text; foreign keys come last, as they may point to a key
    // that stands after them.
    let mut constraints = create.constraints.clone();
    for constraint in &mut constraints {
        named(&table, constraint, &mut unnamed);
    }
    constraints.sort_by_key(|constraint| constraint.kind == ConstraintKind::Foreign);
    for constraint in &constraints {
        let key = key_of(core, &mut table, constraint)?;
        table.keys.push(key);
    }
    if table.columns.is_empty() {
        return Err(bare(-33).into());
    }
    table.id = catalog::insert(&core.connection, &core.identity.namespace, &table)?;
    let columns: String =
        table.stored_columns().map(|column| format!(", {}", column_sql(column))).collect();
    let sql = format!(
        "CREATE TABLE t{}(rid INTEGER PRIMARY KEY AUTOINCREMENT{columns}) STRICT",
        table.id
    );
    execute(core, &sql)?;
    // A table that references itself learned its own number only now.
    for key in &mut table.keys {
        if let Some((target, _)) = &mut key.target
            && *target == 0
        {
            *target = table.id;
        }
    }
    for key in &table.keys {
        execute(core, &key_sql(&table, key))?;
    }
    catalog::update(&core.connection, &table)?;
    catalog::raise(&core.connection, &core.identity.namespace)?;
    Ok(true)
}

fn column_sql(column: &Column) -> String {
    let collate = if column.upper && column.ty.is_text() { " COLLATE SQLUPPER" } else { "" };
    format!("{} {}{collate}", column.stored(), column.ty.storage())
}

fn key_sql(table: &Table, key: &Key) -> String {
    let kind = if key.kind == KeyKind::Foreign { "" } else { "UNIQUE " };
    format!(
        "CREATE {kind}INDEX t{}_k{} ON t{}({})",
        table.id,
        key.id,
        table.id,
        names(table, &key.columns)
    )
}

fn names(table: &Table, ids: &[i64]) -> String {
    let all: Vec<String> =
        ids.iter().filter_map(|id| table.column(*id)).map(Column::stored).collect();
    all.join(", ")
}

fn add_column(
    core: &Core,
    table: &mut Table,
    definition: &ColumnDef,
    unnamed: &mut i64,
) -> Result<(), SqlFailure> {
    if table.named(&definition.name).is_some() {
        let (full, name) = (table.full(), &definition.name);
        return Err(fail(-306, format!("Table '{full}', column '{name}' already exists")));
    }
    let column = column_of(core, table, definition)?;
    let id = column.id;
    table.columns.push(column);
    let upper = table.name.to_uppercase();
    let mut name = |given: &Option<String>, kind: &str| {
        given.clone().unwrap_or_else(|| {
            *unnamed += 1;
            format!("{upper}_{kind}{unnamed}")
        })
    };
    let mut keys = Vec::new();
    if let Some(given) = &definition.primary {
        keys.push((KeyKind::Primary, name(given, "PKEY"), None));
    }
    if let Some(given) = &definition.unique {
        keys.push((KeyKind::Unique, name(given, "UNIQUE"), None));
    }
    if let Some((given, reference)) = &definition.references {
        keys.push((KeyKind::Foreign, name(given, "FKEY"), Some(reference)));
    }
    for (kind, name, reference) in keys {
        let target = match reference {
            Some(reference) => Some(target_of(core, table, reference, 1)?),
            None => None,
        };
        let (on_delete, on_update) = actions(reference);
        let key = Key {
            id: table.next,
            kind,
            name,
            columns: vec![id],
            target,
            on_delete,
            on_update,
            no_check: reference.is_some_and(|r| r.no_check),
        };
        checked_key(table, &key)?;
        table.next += 1;
        table.keys.push(key);
    }
    Ok(())
}

fn column_of(core: &Core, table: &mut Table, definition: &ColumnDef) -> Result<Column, SqlFailure> {
    let ty = types::ddl_type(&definition.ty, core.version).ok_or_else(|| {
        // An unknown type is taken for a class that does not compile (iris-sql §1.5).
        let (name, ty) = (&definition.name, &definition.ty.name);
        let class = &table.name;
        fail(
            -400,
            format!(
                "ERROR #5559: The class 'User.{class}' could not be compiled: property \
                 '{name}' has unknown type 'User.{ty}'"
            ),
        )
    })?;
    let mut filled = ty.filled;
    let mut class = ty.class.to_owned();
    if definition.identity {
        if table.columns.iter().any(|c| c.filled == Filled::Identity) {
            return Err(bare(-308));
        }
        filled = Filled::Identity;
    } else if definition.auto_increment {
        if !ty.ty.is_integer() {
            return Err(fail(-1, "AUTO_INCREMENT is only allowed for integer types"));
        }
        filled = Filled::Counter;
        class = "%Library.Counter".to_owned();
    }
    let twice = |kind: Filled| table.columns.iter().any(|c| c.filled == kind);
    if filled == Filled::RowVersion && twice(Filled::RowVersion)
        || definition.auto_increment && twice(Filled::Counter)
    {
        let name = &definition.name;
        return Err(fail(-400, format!("only one counter column is allowed, '{name}' is another")));
    }
    let default = match &definition.default {
        None | Some(DefaultSpec::Null) => Fallback::None,
        Some(DefaultSpec::Text(text)) => Fallback::Text(text.clone()),
        Some(DefaultSpec::Number(digits)) => Fallback::Number(Decimal::prefix(digits).to_string()),
        Some(DefaultSpec::Special(name, precision)) => {
            Fallback::Special(name.clone(), precision.unwrap_or(0))
        }
    };
    let id = table.next;
    table.next += 1;
    let primary = definition.primary.is_some();
    Ok(Column {
        id,
        name: definition.name.clone(),
        ty: ty.ty,
        class,
        filled,
        not_null: definition.not_null || primary || filled != Filled::Given,
        default,
        upper: ty.ty.is_text() && matches!(definition.collation, None | Some(Collation::SqlUpper)),
        medium: definition.ty.name == "MEDIUMINT",
        collation: match definition.collation {
            _ if !ty.ty.is_text() => String::new(),
            None | Some(Collation::SqlUpper) => "SQLUPPER".to_owned(),
            Some(Collation::Exact) => "EXACT".to_owned(),
            Some(Collation::SqlString) => "SQLSTRING".to_owned(),
        },
        on_update: Fallback::None,
        private: false,
        description: String::new(),
    })
}

/// The rules that hold for any key of a table.
fn checked_key(table: &Table, key: &Key) -> Result<(), SqlFailure> {
    if table.keys.iter().any(|other| same(&other.name, &key.name)) {
        let (full, name) = (table.full(), &key.name);
        let code = if key.kind == KeyKind::Foreign { -311 } else { -324 };
        return Err(fail(code, format!("Table '{full}', Constraint '{name}' already exists")));
    }
    let second =
        key.kind == KeyKind::Primary && table.keys.iter().any(|k| k.kind == KeyKind::Primary);
    if second {
        return Err(bare(-307));
    }
    let stream = |id: &i64| table.column(*id).is_some_and(|c| c.ty.is_stream());
    if key.columns.iter().any(stream) {
        return Err(bare(-37));
    }
    Ok(())
}

fn actions(reference: Option<&Reference>) -> (KeyAction, KeyAction) {
    reference.map_or_else(Default::default, |r| (r.on_delete, r.on_update))
}

fn target_of(
    core: &Core,
    table: &Table,
    reference: &Reference,
    width: usize,
) -> Result<(i64, Vec<i64>), SqlFailure> {
    let itself = same(schema_of(&reference.table), &table.schema)
        && same(&reference.table.name, &table.name);
    let other =
        if itself { None } else { Some(find(core, &reference.table)?.ok_or_else(|| bare(-310))?) };
    let target = other.as_deref().unwrap_or(table);
    let ids = if reference.columns.is_empty() {
        match target.keys.iter().find(|key| key.kind == KeyKind::Primary) {
            Some(key) => key.columns.clone(),
            // Without a primary key the RowID is meant.
            None if target.columns.iter().any(|c| c.filled == Filled::Identity) => Vec::new(),
            None => return Err(bare(-319)),
        }
    } else {
        let ids: Option<Vec<i64>> =
            reference.columns.iter().map(|name| target.named(name).map(|c| c.id)).collect();
        ids.ok_or_else(|| bare(-316))?
    };
    let identity =
        |id: &i64| target.column(*id).is_some_and(|column| column.filled == Filled::Identity);
    let unique = target.unique_sets().any(|(_, columns)| {
        columns.len() == ids.len() && ids.iter().all(|id| columns.contains(id))
    });
    if !(unique || ids.is_empty() || ids.len() == 1 && ids.iter().all(identity)) {
        return Err(bare(-314));
    }
    if !ids.is_empty() && ids.len() != width {
        return Err(bare(-79));
    }
    let ids = if ids.len() == 1 && ids.iter().all(identity) { Vec::new() } else { ids };
    Ok((if itself { table.id } else { target.id }, ids))
}

/// Gives a table constraint its computed name (iris-sql §1.4).
fn named(table: &Table, constraint: &mut TableConstraint, unnamed: &mut i64) {
    let word = match constraint.kind {
        ConstraintKind::Primary => "PKey",
        ConstraintKind::Unique => "Unique",
        ConstraintKind::Foreign => "FKey",
    };
    constraint.name.get_or_insert_with(|| {
        *unnamed += 1;
        format!("{}{word}{unnamed}", table.name.to_uppercase())
    });
}

fn key_of(core: &Core, table: &mut Table, constraint: &TableConstraint) -> Result<Key, SqlFailure> {
    let ids: Option<Vec<i64>> =
        constraint.columns.iter().map(|name| table.named(name).map(|c| c.id)).collect();
    let Some(columns) = ids else {
        let missing = constraint.columns.iter().find(|name| table.named(name).is_none());
        let name = missing.map(|n| n.to_uppercase()).unwrap_or_default();
        return Err(fail(-31, format!("Field '{name}' not found in table '{}'", table.full())));
    };
    let kind = match constraint.kind {
        ConstraintKind::Primary => KeyKind::Primary,
        ConstraintKind::Unique => KeyKind::Unique,
        ConstraintKind::Foreign => KeyKind::Foreign,
    };
    let name = constraint.name.clone().unwrap_or_default();
    let target = match &constraint.reference {
        Some(reference) => Some(target_of(core, table, reference, columns.len())?),
        None => None,
    };
    let reference = constraint.reference.as_ref();
    let (on_delete, on_update) = actions(reference);
    let no_check = reference.is_some_and(|r| r.no_check);
    let key = Key { id: table.next, kind, name, columns, target, on_delete, on_update, no_check };
    checked_key(table, &key)?;
    table.next += 1;
    if kind == KeyKind::Primary {
        for column in &mut table.columns {
            if key.columns.contains(&column.id) {
                column.not_null = true;
            }
        }
    }
    Ok(key)
}

// DROP TABLE.

fn drop_table(core: &Core, name: &Name, if_exists: bool) -> Result<bool, Trouble> {
    let Some(table) = find(core, name)? else {
        if if_exists {
            return Ok(false);
        }
        return Err(missing_table(schema_of(name), &name.name).into());
    };
    exclusive(core, &table)?;
    core.forget();
    let foreign = core.references_to(&table)?;
    core.forget();
    if foreign.iter().any(|(other, _)| other.id != table.id) {
        return Err(bare(-320).into());
    }
    remove_table(core, &table)?;
    catalog::raise(&core.connection, &core.identity.namespace)?;
    Ok(true)
}

fn remove_table(core: &Core, table: &Table) -> Result<(), SqlFailure> {
    let id = table.id;
    execute(
        core,
        &format!(
            "DROP TABLE t{id}; DELETE FROM tables WHERE id = {id};
             DELETE FROM counters WHERE tab = {id}; DELETE FROM locks WHERE tab = {id};
             DELETE FROM undo WHERE tab = {id};"
        ),
    )
}

// Indexes.

fn create_index(core: &Core, create: &CreateIndex) -> Result<bool, Trouble> {
    let schema = schema_of(&create.table);
    let Some(table) = find(core, &create.table)? else {
        let full = format!("{}.{}", schema.to_uppercase(), create.table.name.to_uppercase());
        return Err(fail(-30, format!("Table '{full}' does not exist")).into());
    };
    exclusive(core, &table)?;
    let mut table = (*table).clone();
    let taken = table.indexes.iter().any(|index| same(&index.name, &create.name))
        || table.keys.iter().any(|key| same(&key.name, &create.name));
    if taken {
        let (full, name) = (table.full(), &create.name);
        return Err(fail(-324, format!("Index '{name}' already defined for table '{full}'")).into());
    }
    let ids: Option<Vec<i64>> =
        create.columns.iter().map(|name| table.named(name).map(|c| c.id)).collect();
    let Some(columns) = ids else {
        let missing = create.columns.iter().find(|name| table.named(name).is_none());
        let name = missing.map(|n| n.to_uppercase()).unwrap_or_default();
        let full = table.full();
        return Err(fail(-29, format!(" Field '{name}' not found in table '{full}'")).into());
    };
    let id = table.next;
    table.next += 1;
    let unique = if create.unique { "UNIQUE " } else { "" };
    let sql = format!(
        "CREATE {unique}INDEX t{}_i{id} ON t{}({})",
        table.id,
        table.id,
        names(&table, &columns)
    );
    unique_creation(core, &table, &create.name, &sql)?;
    table.indexes.push(Index {
        id,
        name: create.name.clone(),
        unique: create.unique,
        kind: IndexKind::Plain,
        columns,
        data: Vec::new(),
    });
    catalog::update(&core.connection, &table)?;
    catalog::raise(&core.connection, &core.identity.namespace)?;
    Ok(true)
}

/// −125 where the rows do not allow it.
fn unique_creation(core: &Core, table: &Table, name: &str, sql: &str) -> Result<(), SqlFailure> {
    core.connection.execute_batch(sql).map_err(|error| match &error {
        rusqlite::Error::SqliteFailure(code, _)
            if code.code == rusqlite::ErrorCode::ConstraintViolation =>
        {
            let full = table.full();
            fail(-125, format!("Table '{full}', Constraint '{name}' failed unique check"))
        }
        other => broken(other),
    })
}

fn drop_index(
    core: &Core,
    name: &str,
    table: Option<&Name>,
    if_exists: bool,
) -> Result<bool, Trouble> {
    let tables: Vec<Table> = match table {
        Some(table) => vec![(*found(core, table)?).clone()],
        None => catalog::all(&core.connection, &core.identity.namespace)?,
    };
    let mut holders: Vec<Table> = tables
        .into_iter()
        .filter(|table| table.indexes.iter().any(|index| same(&index.name, name)))
        .collect();
    if holders.len() > 1 {
        return Err(bare(-334).into());
    }
    let Some(mut table) = holders.pop() else {
        if if_exists {
            return Ok(false);
        }
        return Err(fail(-333, format!("Index '{name}' does not exist")).into());
    };
    exclusive(core, &table)?;
    let Some(at) = table.indexes.iter().position(|index| same(&index.name, name)) else {
        return Err(bare(-333).into());
    };
    let index = table.indexes.remove(at);
    execute(core, &format!("DROP INDEX t{}_i{}", table.id, index.id))?;
    catalog::update(&core.connection, &table)?;
    catalog::raise(&core.connection, &core.identity.namespace)?;
    Ok(true)
}

// Schemas.

fn create_schema(core: &Core, name: &str, if_not_exists: bool) -> Result<bool, Trouble> {
    let all = catalog::all(&core.connection, &core.identity.namespace)?;
    let exists = same(name, DEFAULT_SCHEMA)
        || all.iter().any(|table| same(&table.schema, name))
        || made_schema(core, name)?.is_some();
    if exists {
        if if_not_exists {
            return Ok(false);
        }
        return Err(fail(-476, format!("Schema '{name}' already exists")).into());
    }
    let sql = "INSERT INTO schemas(ns, key, name) VALUES (?1, ?2, ?3)";
    let values = (&core.identity.namespace, catalog::key(name), name);
    core.connection.execute(sql, values).map_err(|e| broken(&e))?;
    catalog::raise(&core.connection, &core.identity.namespace)?;
    Ok(true)
}

fn drop_schema(core: &Core, name: &str, if_exists: bool, cascade: bool) -> Result<bool, Trouble> {
    let all = catalog::all(&core.connection, &core.identity.namespace)?;
    let tables: Vec<&Table> = all.iter().filter(|table| same(&table.schema, name)).collect();
    if tables.is_empty() && made_schema(core, name)?.is_none() {
        if if_exists {
            return Ok(false);
        }
        return Err(fail(-473, format!("Schema '{name}' not found")).into());
    }
    if !tables.is_empty() && !cascade {
        return Err(fail(-482, format!("Schema '{name}' is not empty")).into());
    }
    for table in &tables {
        exclusive(core, table)?;
        let outside =
            core.references_to(table)?.iter().any(|(other, _)| !same(&other.schema, name));
        if outside {
            return Err(bare(-320).into());
        }
    }
    for table in tables {
        remove_table(core, table)?;
    }
    let sql = "DELETE FROM schemas WHERE ns = ?1 AND key = ?2";
    let values = (&core.identity.namespace, catalog::key(name));
    core.connection.execute(sql, values).map_err(|e| broken(&e))?;
    catalog::raise(&core.connection, &core.identity.namespace)?;
    Ok(true)
}

// ALTER TABLE.

fn add_columns(core: &Core, name: &Name, columns: &[ColumnDef]) -> Result<bool, Trouble> {
    let table = found(core, name)?;
    exclusive(core, &table)?;
    let mut table = (*table).clone();
    let sql = format!("SELECT EXISTS(SELECT 1 FROM t{})", table.id);
    let filled: bool =
        core.connection.query_row(&sql, [], |row| row.get(0)).map_err(|e| broken(&e))?;
    let mut unnamed = i64::try_from(table.keys.len()).unwrap_or(0);
    for definition in columns {
        let known = table.keys.len();
        add_column(core, &mut table, definition, &mut unnamed)?;
        let Some(column) = table.columns.last().cloned() else { continue };
        if column.filled == Filled::Identity {
            if filled {
                return Err(bare(-308).into());
            }
        } else {
            execute(
                core,
                &format!("ALTER TABLE t{} ADD COLUMN {}", table.id, column_sql(&column)),
            )?;
        }
        if filled {
            fill_new(core, &table, &column)?;
        }
        for key in table.keys.iter().skip(known) {
            unique_creation(core, &table, &key.name, &key_sql(&table, key))?;
        }
    }
    catalog::update(&core.connection, &table)?;
    catalog::raise(&core.connection, &core.identity.namespace)?;
    Ok(true)
}

/// Existing rows: a default is stored only with NOT NULL; NOT NULL without default is −304
/// (iris-sql §1.4).
fn fill_new(core: &Core, table: &Table, column: &Column) -> Result<(), SqlFailure> {
    if !column.not_null || column.filled == Filled::Identity {
        return Ok(());
    }
    if column.filled != Filled::Given {
        let sql = format!("UPDATE t{} SET c{} = rid", table.id, column.id);
        return execute(core, &sql);
    }
    let input = super::default_input(core, column);
    if input == Input::Null {
        return Err(bare(-304));
    }
    let value = value::stored(table, column, &input, true)?;
    let sql = format!("UPDATE t{} SET c{} = ?1", table.id, column.id);
    core.connection.execute(&sql, [value]).map_err(|e| broken(&e))?;
    Ok(())
}

fn add_constraint(core: &Core, name: &Name, constraint: &TableConstraint) -> Result<bool, Trouble> {
    let table = found(core, name)?;
    exclusive(core, &table)?;
    let mut table = (*table).clone();
    let mut unnamed = i64::try_from(table.keys.len()).unwrap_or(0);
    let mut constraint = constraint.clone();
    named(&table, &mut constraint, &mut unnamed);
    let key = key_of(core, &mut table, &constraint)?;
    unique_creation(core, &table, &key.name, &key_sql(&table, &key))?;
    if let Some((target, ids)) = &key.target {
        let target_names = match catalog::by_id(&core.connection, *target)? {
            Some(target) if !ids.is_empty() => names(&target, ids),
            _ => "rid".to_owned(),
        };
        let mine = names(&table, &key.columns);
        let sql = format!(
            "SELECT EXISTS(SELECT 1 FROM t{} AS a WHERE ({}) AND NOT EXISTS(SELECT 1 FROM t{target} \
             AS b WHERE ({target_names}) = ({mine})))",
            table.id,
            mine.split(", ")
                .map(|c| format!("a.{c} IS NOT NULL"))
                .collect::<Vec<_>>()
                .join(" AND "),
        );
        let orphan: bool =
            core.connection.query_row(&sql, [], |row| row.get(0)).map_err(|e| broken(&e))?;
        if orphan {
            return Err(bare(-127).into());
        }
    }
    table.keys.push(key);
    catalog::update(&core.connection, &table)?;
    catalog::raise(&core.connection, &core.identity.namespace)?;
    Ok(true)
}

fn drop_columns(core: &Core, name: &Name, columns: &[String]) -> Result<bool, Trouble> {
    let table = found(core, name)?;
    exclusive(core, &table)?;
    let mut table = (*table).clone();
    for column in columns {
        let Some(at) = table.columns.iter().position(|c| same(&c.name, column)) else {
            let (full, name) = (table.full(), column.to_uppercase());
            return Err(fail(-29, format!(" Field '{name}' not found in table '{full}'")).into());
        };
        let id = table.columns.get(at).map_or(0, |c| c.id);
        let used = table.keys.iter().any(|key| key.columns.contains(&id))
            || table.indexes.iter().any(|index| index.columns.contains(&id));
        if used || table.columns.len() == 1 {
            return Err(bare(-322).into());
        }
        let gone = table.columns.remove(at);
        if gone.filled != Filled::Identity {
            execute(core, &format!("ALTER TABLE t{} DROP COLUMN c{id}", table.id))?;
        }
    }
    catalog::update(&core.connection, &table)?;
    catalog::raise(&core.connection, &core.identity.namespace)?;
    Ok(true)
}
