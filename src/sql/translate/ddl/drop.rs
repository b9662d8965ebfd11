//! DROP.
//!
//! What is named is looked for before the first statement is sent: IRIS could not undo the drops
//! before the one that fails.

use super::IF_EXISTS_SINCE;
use crate::sql::error::SqlError;
use crate::sql::statement::{Action, IrisStatement, TableName, Verb};
use crate::sql::translate::table::table_name;
use crate::sql::translate::{Translator, refuse};
use irispg_grammar::ast::{ObjectName, ObjectType};

/// What is to become of the objects that depend on one that is dropped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Behaviour {
    pub(super) cascade: bool,
    pub(super) restrict: bool,
}

impl Translator<'_> {
    /// The same statement for each of several tables, one IRIS statement each.
    pub(super) fn each(
        &mut self,
        tables: &[TableName],
        mut one: impl FnMut(&mut Self, &TableName) -> Result<IrisStatement, SqlError>,
    ) -> Result<Action, SqlError> {
        let mut statements = Vec::with_capacity(tables.len());
        for table in tables {
            self.note(table);
            statements.push(one(self, table)?);
        }
        if statements.len() == 1
            && let Some(only) = statements.pop()
        {
            return Ok(Action::Iris(only));
        }
        Ok(Action::Several(statements))
    }

    pub(super) fn drop(
        &mut self,
        object: ObjectType,
        if_exists: bool,
        names: &[ObjectName],
        behaviour: Behaviour,
    ) -> Result<Action, SqlError> {
        match object {
            ObjectType::Table => {
                self.drop_tables(("table", "DROP TABLE"), if_exists, names, behaviour)
            }
            ObjectType::View => {
                self.drop_tables(("view", "DROP VIEW"), if_exists, names, behaviour)
            }
            ObjectType::Schema => {
                let [name] = names else {
                    return Err(refuse("DROP SCHEMA of several schemas is not supported"));
                };
                self.out.word("DROP SCHEMA");
                self.if_exists(if_exists)?;
                self.schema(name)?;
                self.behaviour(behaviour);
                self.ended("DROP SCHEMA")
            }
            ObjectType::Index => self.drop_index(if_exists, names, behaviour),
            _ => Err(refuse(format!("DROP {object} is not supported"))),
        }
    }

    fn drop_tables(
        &mut self,
        (kind, words): (&'static str, &'static str),
        if_exists: bool,
        names: &[ObjectName],
        behaviour: Behaviour,
    ) -> Result<Action, SqlError> {
        let mut tables = Vec::with_capacity(names.len());
        let native = self.options.version >= IF_EXISTS_SINCE;
        for name in names {
            let table = table_name(name)?;
            let missing = self.options.columns.is_some() && !self.exists(&table)?;
            if missing && !if_exists {
                let message = format!("{kind} \"{}\" does not exist", table.name);
                return Err(SqlError::new("42P01", message));
            }
            if missing {
                self.skipped(kind, &table.name, "does not exist");
            }
            // A release that has IF EXISTS looks again, when the statement runs.
            if !missing || native {
                tables.push(table);
            }
        }
        if if_exists && !native && self.options.columns.is_none() {
            return Err(no_if_exists());
        }
        if tables.is_empty() {
            return Ok(Action::Nothing(words));
        }
        if kind == "table" {
            tables = self.droppable(tables, behaviour)?;
        }
        self.each(&tables, |own, table| {
            own.out.word(words);
            if if_exists && native {
                own.out.word("IF EXISTS");
            }
            own.print_table(table)?;
            own.behaviour(behaviour);
            own.finish(Verb::Ddl(words))
        })
    }

    /// The tables in an order in which IRIS drops them, each without looking at the next. What it
    /// would refuse is refused before the first is gone.
    fn droppable(
        &self,
        tables: Vec<TableName>,
        behaviour: Behaviour,
    ) -> Result<Vec<TableName>, SqlError> {
        if behaviour.cascade {
            return Ok(self.referencing_first(tables.clone()).unwrap_or(tables));
        }
        let Some(tables) = self.referencing_first(tables) else {
            return Err(refuse("DROP TABLE of tables that reference each other is not supported")
                .hint("Drop their foreign keys first."));
        };
        let Some((table, other)) = self.referenced(&tables) else { return Ok(tables) };
        let message = match tables.len() {
            1 => format!("cannot drop table {} because other objects depend on it", table.name),
            _ => "cannot drop desired object(s) because other objects depend on them".to_owned(),
        };
        Err(SqlError::new("2BP01", message)
            .detail(format!("Table {} has a foreign key to table {}.", other.name, table.name))
            .hint("Use DROP ... CASCADE to drop the dependent objects too."))
    }

    /// IRIS finds an index by its name in the default schema, and says when two tables have one of
    /// that name (SQLCODE −334); `a.b` would be index `b` of table `a`.
    fn drop_index(
        &mut self,
        if_exists: bool,
        names: &[ObjectName],
        behaviour: Behaviour,
    ) -> Result<Action, SqlError> {
        let [name] = names else {
            return Err(refuse("DROP INDEX of several indexes is not supported")
                .hint("IRIS cannot undo the first when the second fails."));
        };
        if behaviour.cascade {
            return Err(refuse("DROP INDEX … CASCADE is not supported"));
        }
        let index = table_name(name)?;
        if index.schema.as_deref().is_some_and(|schema| schema != "SQLUser") {
            return Err(refuse("DROP INDEX in another schema than public is not supported")
                .hint("IRIS looks for an index without its table in the default schema only."));
        }
        self.out.word("DROP INDEX");
        self.if_exists(if_exists)?;
        self.out.name(&index.name)?;
        self.ended("DROP INDEX")
    }

    fn if_exists(&mut self, wanted: bool) -> Result<(), SqlError> {
        if wanted && self.options.version < IF_EXISTS_SINCE {
            return Err(no_if_exists());
        }
        if wanted {
            self.out.word("IF EXISTS");
        }
        Ok(())
    }

    fn behaviour(&mut self, behaviour: Behaviour) {
        if behaviour.cascade {
            self.out.word("CASCADE");
        } else if behaviour.restrict {
            self.out.word("RESTRICT");
        }
    }
}

fn no_if_exists() -> SqlError {
    refuse("IF EXISTS is not supported by this release of IRIS")
}
