//! Columns of a definition (iris-sql §1.4, §1.5).

use rusqlite::types::Value;

use super::super::super::api::SqlFailure;
use super::super::super::ast::TypeName;
use super::super::super::ast::ddl::{ColumnDef, DefaultSpec};
use super::super::super::bind::{self, DEFAULT_SCHEMA, Output};
use super::super::super::core::Core;
use super::super::super::decimal::Decimal;
use super::super::super::parser::{self, Echo};
use super::super::super::sqlcode::{bare, fail, too_deep};
use super::super::super::store::catalog::{Column, Fallback, Table, same};
use super::super::super::types::{self, DdlType, Filled, Ty};
use super::super::super::value;
use super::super::Values;

/// A column as SQLite has it.
pub(super) fn sql(column: &Column) -> String {
    let collate = if column.upper && column.ty.is_text() { " COLLATE SQLUPPER" } else { "" };
    format!("{} {}{collate}", column.stored(), column.ty.storage())
}

/// −306 (iris-sql Appendix A).
pub(super) fn unique_name(table: &Table, name: &str) -> Result<(), SqlFailure> {
    if table.named(name).is_some() {
        let full = table.full();
        return Err(fail(-306, format!("Table '{full}', column '{name}' already exists")));
    }
    Ok(())
}

/// How many columns a table may have: 1 400, as many as a query, so that every table can be read.
const COLUMNS_MAX: usize = 1_400;

/// Adds a column without its keys.
pub(super) fn add(
    core: &Core,
    table: &mut Table,
    definition: &ColumnDef,
) -> Result<(), SqlFailure> {
    unique_name(table, &definition.name)?;
    if table.columns.len() >= COLUMNS_MAX {
        return Err(too_deep());
    }
    let column = of(core, table, definition)?;
    table.columns.push(column);
    Ok(())
}

/// The package of a schema's classes (iris-sql §1.1).
fn package(schema: &str) -> String {
    if same(schema, DEFAULT_SCHEMA) { "User".to_owned() } else { schema.replace('_', ".") }
}

/// An unknown type is taken for a class, and the table's class does not compile (iris-sql §1.5).
pub(super) fn typed(
    core: &Core,
    table: &Table,
    name: &str,
    ty: &TypeName,
) -> Result<DdlType, SqlFailure> {
    types::ddl_type(ty, core.version).ok_or_else(|| {
        let (package, class) = (package(&table.schema), &table.name);
        let bare = TypeName { name: ty.name.clone(), args: Vec::new() };
        let why = match types::ddl_type(&bare, core.version) {
            Some(known) => format!("has parameters that '{}' refuses", known.class),
            None if ty.name.contains('.') => format!("has unknown type '{}'", ty.name),
            None => format!("has unknown type 'User.{}'", ty.name),
        };
        let text =
            format!("The class '{package}.{class}' could not be compiled: property '{name}'");
        fail(-400, format!("ERROR #5559: {text} {why}"))
    })
}

/// The collation of a column: SQLUPPER unless another is written (iris-sql §1.1).
pub(super) fn collated(ty: Ty, written: Option<&str>) -> (bool, String) {
    if !ty.is_text() {
        return (false, String::new());
    }
    let name = written.unwrap_or("SQLUPPER").to_owned();
    // UNVERIFIED(iris): ALPHAUP and UPPER compare as SQLUPPER does, all others as EXACT.
    let upper = matches!(name.as_str(), "SQLUPPER" | "UPPER" | "ALPHAUP");
    (upper, name)
}

fn of(core: &Core, table: &mut Table, definition: &ColumnDef) -> Result<Column, SqlFailure> {
    let ty = typed(core, table, &definition.name, &definition.ty)?;
    let mut filled = ty.filled;
    let mut class = ty.class.to_owned();
    if definition.identity {
        // iris-sql §1.4: one IDENTITY per table.
        if table.columns.iter().any(|c| c.filled == Filled::Identity) {
            return Err(bare(-308));
        }
        if !integral(ty.ty) {
            let name = &definition.name;
            // UNVERIFIED(iris): the code for an IDENTITY of another type.
            return Err(fail(-400, format!("IDENTITY is only allowed for integers: '{name}'")));
        }
        filled = Filled::Identity;
    } else if definition.auto_increment {
        if !ty.ty.is_integer() {
            return Err(fail(-1, "AUTO_INCREMENT is only allowed for integer types"));
        }
        filled = Filled::Counter;
        "%Library.AutoIncrement".clone_into(&mut class);
    }
    // Several SERIAL columns are no obstacle: only the other two are one per table.
    let alone = filled == Filled::RowVersion || definition.auto_increment;
    if alone && table.columns.iter().any(|c| c.class == class) {
        // iris-sql §1.4, §1.5: one each per table. UNVERIFIED(iris): the code.
        let name = &definition.name;
        return Err(fail(-400, format!("only one counter column is allowed, '{name}' is another")));
    }
    let default = match &definition.default {
        Some(spec) => fallback(core, spec)?,
        None => Fallback::None,
    };
    let on_update = match &definition.on_update {
        Some(spec) => fallback(core, spec)?,
        None => Fallback::None,
    };
    let (upper, collation) = collated(ty.ty, definition.collation.as_deref().or(ty.collation));
    let id = table.next;
    table.next += 1;
    Ok(Column {
        id,
        name: definition.name.clone(),
        ty: ty.ty,
        class,
        filled,
        not_null: definition.not_null || definition.primary.is_some() || filled != Filled::Given,
        default,
        upper,
        collation,
        medium: ty.medium,
        on_update,
        private: definition.private,
        description: definition.description.clone(),
    })
}

/// Types of which IDENTITY may be: integers, and NUMERIC without decimals.
fn integral(ty: Ty) -> bool {
    ty.is_integer() || matches!(ty, Ty::Numeric { s: 0, .. })
}

/// What DEFAULT and ON UPDATE store. A call of literals is worked out once, here.
pub(super) fn fallback(core: &Core, spec: &DefaultSpec) -> Result<Fallback, SqlFailure> {
    Ok(match spec {
        DefaultSpec::Null => Fallback::None,
        DefaultSpec::Text(text) => Fallback::Text(text.clone()),
        DefaultSpec::Number(digits) => Fallback::Number(Decimal::prefix(digits).to_string()),
        DefaultSpec::Special(name, precision) => {
            Fallback::Special(name.clone(), precision.unwrap_or(0))
        }
        DefaultSpec::Call(name, args) => called(core, name, args)?,
    })
}

fn called(core: &Core, name: &str, args: &[String]) -> Result<Fallback, SqlFailure> {
    let args: Vec<String> =
        args.iter().map(|text| format!("'{}'", text.replace('\'', "''"))).collect();
    let query = parser::view_query(&format!("SELECT {name}({})", args.join(", ")), core.version)?;
    let mut lookup = |_: &str, _: &str| Ok(None);
    let bound = bind::query_alone(
        &query,
        Echo::default(),
        core.version,
        &core.default_schema,
        &mut lookup,
    )?;
    let values = Values { elements: Vec::new() };
    let rows = super::super::rows_of(core, &bound.plan, &values, &bound.sql)?;
    let ty = bound.columns.first().map_or(Ty::Unknown, |(output, _)| output.ty);
    Ok(match rows.into_iter().next().and_then(|row| row.into_iter().next()) {
        None | Some(Value::Null) => Fallback::None,
        // Logical values of dates and %PosixTime are integers (iris-sql §4.1).
        Some(Value::Integer(n)) => Fallback::Number(n.to_string()),
        Some(value) => Fallback::Text(value::kept(&value, ty).text().into_owned()),
    })
}

/// A column with the name and type of a query's result.
pub(super) fn of_output(
    table: &mut Table,
    output: &Output,
    upper: Option<bool>,
    stored: bool,
) -> Column {
    let (ty, class) = match output.ty {
        // A computed number has no stored form of its own: NUMERIC of the same digits.
        Ty::Decimal { p, s } if stored => {
            let s = s.min(types::SCALE_MAX);
            (Ty::Numeric { p: p.min(19 + s), s }, "%Library.Numeric".to_owned())
        }
        Ty::Unknown => (Ty::Varchar(0), "%Library.String".to_owned()),
        ty => (ty, output.class.clone()),
    };
    // UNVERIFIED(iris): a stored expression gets the default collation, as any new column does.
    let written = if upper.unwrap_or(stored) { "SQLUPPER" } else { "EXACT" };
    let (upper, collation) = collated(ty, Some(written));
    let id = table.next;
    table.next += 1;
    Column {
        id,
        name: output.name.clone(),
        ty,
        class: if stored { class_of(ty, class) } else { class },
        filled: Filled::Given,
        not_null: !stored && output.nullable == 0,
        default: Fallback::None,
        upper,
        collation,
        medium: false,
        on_update: Fallback::None,
        private: false,
        description: String::new(),
    }
}

/// A copied counter is a plain integer.
fn class_of(ty: Ty, class: String) -> String {
    match class.as_str() {
        "%Library.Counter" | "%Library.AutoIncrement" | "%Library.RowVersion" => {
            ty.class().to_owned()
        }
        _ => class,
    }
}
