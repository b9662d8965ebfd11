//! The cache of translations, and the columns that the translator asks for.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::failure::Failure;
use super::kept::{Kept, KeptStatements};
use super::statement::Translated;
use crate::engine::{Engine, EngineError, Status, TableKey};
use crate::sql::{self, Action, Column, Columns, Dialect, Key, Options, TableName};
use crate::types::{PgType, iris};

/// Bytes of statement text that the cache keeps, translations not counted (DESIGN §6: bounded in
/// bytes).
const CACHE_BYTES_MAX: usize = 4 << 20;
/// Statements that the cache keeps.
const CACHE_STATEMENTS_MAX: usize = 4_000;

/// What a text was translated to.
#[derive(Debug)]
pub(crate) struct Translation {
    /// The client's text.
    pub(crate) text: Rc<str>,
    /// The types that Parse declared.
    pub(crate) oids: Box<[u32]>,
    /// Its statements, shared with the portals that run them.
    pub(crate) statements: Vec<Rc<Translated>>,
    /// The generation whose columns were looked at; none when none were.
    looked_at: Option<u64>,
    /// What it was read as.
    reading: Reading,
}

/// What a text means depends on these settings of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    dialect: Dialect,
    utc: bool,
}

impl Reading {
    pub(crate) fn of(options: &Options<'_>) -> Self {
        Self { dialect: options.dialect, utc: options.utc }
    }
}

impl Translation {
    /// Whether it was read with these settings.
    pub(crate) fn is_read_as(&self, reading: Reading) -> bool {
        self.reading == reading
    }

    /// Whether it still means what it meant.
    pub(crate) fn holds(&self, generation: u64, reading: Reading) -> bool {
        self.is_read_as(reading) && self.looked_at.is_none_or(|seen| seen == generation)
    }
}

/// A shared translation.
pub(crate) type Script = Rc<Translation>;

/// Translations by text and declared types, and columns by table.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    plain: HashMap<Rc<str>, Script>,
    declared: HashMap<(Rc<str>, Box<[u32]>), Script>,
    bytes: usize,
    /// What IRIS keeps.
    pub(crate) kept: KeptStatements,
    tables: RefCell<HashMap<TableName, Option<Described>>>,
    tables_generation: u64,
}

impl Cache {
    /// The statements of `text`, translated now or before.
    ///
    /// # Errors
    ///
    /// The translator's refusal.
    pub(crate) fn translate(
        &mut self,
        text: &str,
        oids: &[u32],
        options: &Options<'_>,
        generation: u64,
        engine: &mut dyn Engine,
    ) -> Result<Script, Failure> {
        let found = match oids {
            [] => self.plain.get(text),
            _ => self.declared.get(&(Rc::from(text), Box::from(oids))),
        };
        let reading = Reading::of(options);
        if let Some(script) = found.filter(|script| script.holds(generation, reading)) {
            return Ok(Rc::clone(script));
        }
        let script = Rc::new(self.anew(text, oids, options, generation, engine)?);
        self.make_room(text.len());
        self.bytes = self.bytes.saturating_add(text.len());
        let key = Rc::clone(&script.text);
        let replaced = match oids {
            [] => self.plain.insert(key, Rc::clone(&script)),
            _ => self.declared.insert((key, Box::from(oids)), Rc::clone(&script)),
        };
        if replaced.is_some() {
            self.bytes = self.bytes.saturating_sub(text.len());
        }
        Ok(script)
    }

    /// Translates without looking into the cache of translations.
    pub(crate) fn anew(
        &mut self,
        text: &str,
        oids: &[u32],
        options: &Options<'_>,
        generation: u64,
        engine: &mut dyn Engine,
    ) -> Result<Translation, Failure> {
        let declared: Vec<Option<PgType>> = oids.iter().map(|oid| declared_type(*oid)).collect();
        let options = Options { declared: &declared, ..*options };
        let (parsed, asked) = self.parsed(text, &options, generation, engine)?;
        let mut statements = Vec::with_capacity(parsed.len());
        for statement in parsed {
            let kept = self.kept_of(&statement.action, engine)?;
            statements.push(Rc::new(Translated::new(statement, &declared, kept)));
        }
        Ok(Translation {
            text: Rc::from(text),
            oids: Box::from(oids),
            statements,
            looked_at: asked.then_some(generation),
            reading: Reading::of(&options),
        })
    }

    /// From now on `text` means this statement.
    #[cfg(test)]
    pub(crate) fn put(&mut self, text: &str, statement: sql::Statement, engine: &mut dyn Engine) {
        let kept = self.kept_of(&statement.action, engine).expect("a place for the statement");
        let statements = vec![Rc::new(Translated::new(statement, &[], kept))];
        let text: Rc<str> = Rc::from(text);
        let script = Translation {
            text: Rc::clone(&text),
            oids: Box::default(),
            statements,
            looked_at: None,
            reading: Reading { dialect: Dialect::default(), utc: true },
        };
        self.plain.insert(text, Rc::new(script));
    }

    /// What IRIS keeps of a statement that goes there as one.
    fn kept_of(&mut self, action: &Action, engine: &mut dyn Engine) -> Result<Rc<Kept>, Failure> {
        match action {
            Action::Iris(iris) => self.kept.of(&iris.text, engine),
            Action::Batch(batch) => self.kept.of(&batch.text, engine),
            _ => Ok(Rc::default()),
        }
    }

    /// What the translator makes of a text, with the definitions that IRIS has; also whether it
    /// asked for any.
    pub(crate) fn parsed(
        &mut self,
        text: &str,
        options: &Options<'_>,
        generation: u64,
        engine: &mut dyn Engine,
    ) -> Result<(Vec<sql::Statement>, bool), Failure> {
        if self.tables_generation != generation {
            self.tables.borrow_mut().clear();
            self.tables_generation = generation;
        }
        let catalog = Catalog {
            engine: RefCell::new(engine),
            tables: &self.tables,
            asked: Cell::new(false),
            failure: RefCell::new(None),
        };
        let parsed = sql::parse(text, &Options { columns: Some(&catalog), ..*options });
        if let Some(error) = catalog.failure.take() {
            return Err(error.into());
        }
        Ok((parsed?, catalog.asked.get()))
    }

    /// Drops what nobody uses when the cache has grown to its limit.
    fn make_room(&mut self, bytes: usize) {
        let count = self.plain.len().saturating_add(self.declared.len());
        if count < CACHE_STATEMENTS_MAX && self.bytes.saturating_add(bytes) <= CACHE_BYTES_MAX {
            return;
        }
        self.plain.retain(|_, script| is_used(script));
        self.declared.retain(|_, script| is_used(script));
        let kept = self.plain.keys().map(|text| text.len());
        self.bytes = kept.chain(self.declared.keys().map(|(text, _)| text.len())).sum();
    }
}

/// Whether a prepared statement or a portal needs it.
fn is_used(script: &Script) -> bool {
    Rc::strong_count(script) > 1
        || script.statements.iter().any(|statement| Rc::strong_count(statement) > 1)
}

/// A declared type; 0 and `unknown` leave the choice to us, and a type that we do not know is
/// handled as text, which is how its text form travels.
fn declared_type(oid: u32) -> Option<PgType> {
    match oid {
        0 | 705 => None,
        oid => Some(PgType::from_oid(oid).unwrap_or(PgType::Text)),
    }
}

/// Answers the translator's questions through the engine.
struct Catalog<'a> {
    engine: RefCell<&'a mut dyn Engine>,
    tables: &'a RefCell<HashMap<TableName, Option<Described>>>,
    asked: Cell<bool>,
    failure: RefCell<Option<EngineError>>,
}

/// What is kept of a table.
#[derive(Debug, Clone)]
struct Described {
    columns: Rc<[Column]>,
    keys: Rc<[Key]>,
    referencing: Rc<[TableName]>,
}

impl Columns for Catalog<'_> {
    fn columns(&self, table: &TableName) -> Option<Rc<[Column]>> {
        self.described(table).map(|described| described.columns)
    }

    fn keys(&self, table: &TableName) -> Vec<Key> {
        self.described(table).map(|described| described.keys.to_vec()).unwrap_or_default()
    }

    fn referencing(&self, table: &TableName) -> Vec<TableName> {
        self.described(table).map(|described| described.referencing.to_vec()).unwrap_or_default()
    }
}

impl Catalog<'_> {
    fn described(&self, table: &TableName) -> Option<Described> {
        self.asked.set(true);
        if let Some(known) = self.tables.borrow().get(table) {
            return known.clone();
        }
        let schema = table.schema.as_deref().unwrap_or("SQLUser");
        let described = self.engine.borrow_mut().describe(schema, &table.name);
        let found = match described {
            Ok(answer) if answer.status == Status::Done => table_of(&answer.tables()),
            Ok(answer) => {
                tracing::debug!(message = %answer.message, "a table could not be described");
                None
            }
            Err(error) => {
                self.failure.replace(Some(error));
                return None;
            }
        };
        self.tables.borrow_mut().insert(table.clone(), found.clone());
        found
    }
}

fn table_of(tables: &[crate::engine::TableMeta]) -> Option<Described> {
    let table = tables.first()?;
    let column = |column: &crate::engine::TableColumn| {
        let (ty, typmod) =
            iris::column_type(column.odbc_type, column.length, column.scale, &column.type_class);
        Column {
            name: column.name.clone(),
            ty,
            typmod,
            nullable: column.nullable,
            filled: column.filled,
            counted: column.counted,
        }
    };
    let columns = table.columns.iter().map(column).collect();
    let name = |(schema, name): &(String, String)| TableName {
        schema: Some(schema.clone()),
        name: name.clone(),
        position: None,
    };
    let referencing = table.referencing.iter().map(name).collect();
    let key = |key: &TableKey| Key {
        name: key.name.clone(),
        columns: key.columns.clone(),
        primary: key.primary,
    };
    Some(Described { columns, keys: table.keys.iter().map(key).collect(), referencing })
}
