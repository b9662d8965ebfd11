//! ALTER TABLE: one verb per statement (iris-sql §1.4).

use super::super::api::SqlFailure;
use super::super::ast::Statement;
use super::super::ast::ddl::{Change, ColumnChange, ColumnDef, Ddl, TableConstraint};
use super::super::token::Kind;
use super::Parser;
use super::ddl::statement;

impl Parser {
    pub(super) fn alter(&mut self) -> Result<Statement, SqlFailure> {
        self.need_word("ALTER")?;
        if self.word("VIEW") {
            return self.alter_view();
        }
        self.need_word("TABLE")?;
        let table = self.table_name()?;
        let change = if self.word("ADD") {
            self.alter_add()?
        } else if self.word("ALTER") {
            self.word("COLUMN");
            Change::Alter(self.column_changes()?)
        } else if self.word("MODIFY") {
            let mut all = self.column_changes()?;
            while self.symbol(",") {
                all.extend(self.column_changes()?);
            }
            Change::Alter(all)
        } else if self.word("DROP") || self.word("DELETE") {
            self.alter_drop()?
        } else if self.word("RENAME") {
            // No TO, and no schema: −1 (iris-sql §1.4).
            let name = self.identifier()?;
            if self.is_symbol(".") {
                return Err(self.expected("end of table name"));
            }
            Change::Rename(name)
        } else if self.word("CONVERT") {
            self.convert_storage()?
        } else {
            return Err(self.expected("ADD, ALTER, MODIFY, DROP, DELETE, RENAME or CONVERT"));
        };
        Ok(statement(Ddl::AlterTable { table, change }))
    }

    fn alter_add(&mut self) -> Result<Change, SqlFailure> {
        if self.word("DEFAULT") {
            // ADD DEFAULT (…) FOR f.
            let default = self.default_spec()?;
            self.need_word("FOR")?;
            return Ok(Change::AddDefault { column: self.identifier()?, default });
        }
        let (mut columns, mut constraints) = (Vec::new(), Vec::new());
        let outer = self.is_symbol("(");
        if outer {
            self.advance();
        }
        loop {
            self.added(&mut columns, &mut constraints)?;
            if !self.symbol(",") {
                break;
            }
        }
        if outer {
            self.need_symbol(")")?;
        }
        Ok(Change::Add { columns, constraints })
    }

    fn added(
        &mut self,
        columns: &mut Vec<ColumnDef>,
        constraints: &mut Vec<TableConstraint>,
    ) -> Result<(), SqlFailure> {
        if self.at_constraint() {
            constraints.push(self.table_constraint()?);
        } else if self.word("COLUMN") && self.is_symbol("(") {
            columns.extend(self.list(Self::column_definition)?);
        } else {
            columns.push(self.column_definition()?);
        }
        Ok(())
    }

    fn alter_drop(&mut self) -> Result<Change, SqlFailure> {
        if self.word("CONSTRAINT") {
            let name = self.identifier()?;
            self.cascade();
            return Ok(Change::DropConstraint { name });
        }
        if self.words(&["PRIMARY", "KEY"]) {
            self.cascade();
            return Ok(Change::DropPrimaryKey);
        }
        if self.words(&["FOREIGN", "KEY"]) {
            let name = self.identifier()?;
            self.cascade();
            return Ok(Change::DropForeignKey { name });
        }
        self.word("COLUMN");
        let mut columns = if self.is_symbol("(") {
            self.list(Self::identifier)?
        } else {
            vec![self.identifier()?]
        };
        while self.symbol(",") {
            columns.push(self.identifier()?);
        }
        self.cascade();
        let _ = self.word("%DELDATA") || self.word("%NODELDATA");
        Ok(Change::DropColumns(columns))
    }

    /// What is done to one column.
    fn column_changes(&mut self) -> Result<Vec<(String, ColumnChange)>, SqlFailure> {
        let name = self.identifier()?;
        if self.word("RENAME") {
            let new = self.identifier()?;
            return Ok(vec![(name, ColumnChange::Rename(new))]);
        }
        if self.words(&["DROP", "DEFAULT"]) {
            return Ok(vec![(name, ColumnChange::DropDefault)]);
        }
        if self.word("SET") {
            self.need_word("DEFAULT")?;
            let spec = self.default_spec()?;
            return Ok(vec![(name, ColumnChange::SetDefault(spec))]);
        }
        let mut out = Vec::new();
        let clauses = ["NULL", "NOT", "COLLATE", "DEFAULT", "CONSTRAINT"];
        let typed = match self.kind() {
            Kind::Word(_) | Kind::Quoted(_) => !clauses.iter().any(|word| self.is_word(word)),
            _ => false,
        };
        if typed {
            let mut column = ColumnDef::new(name.clone());
            column.ty = self.column_type()?;
            out.push((name.clone(), ColumnChange::Type(Box::new(column))));
        }
        loop {
            let change = if self.word("CONSTRAINT") {
                self.identifier()?;
                if !(self.is_word("NULL") || self.is_word("NOT")) {
                    // iris-sql Appendix A.
                    return Err(self.error(-81, "Column Constraint expected"));
                }
                continue;
            } else if self.words(&["NOT", "NULL"]) {
                ColumnChange::Nullable(false)
            } else if self.word("NULL") {
                ColumnChange::Nullable(true)
            } else if self.word("DEFAULT") {
                ColumnChange::SetDefault(self.default_spec()?)
            } else if self.word("COLLATE") {
                ColumnChange::Collate(self.collation_name()?)
            } else if out.is_empty() {
                return Err(self.expected("datatype"));
            } else {
                return Ok(out);
            };
            out.push((name.clone(), change));
        }
    }

    /// `CONVERT [(columns)] STORAGETYPE = …` changes nothing that SQL sees (iris-sql §1.4).
    fn convert_storage(&mut self) -> Result<Change, SqlFailure> {
        self.word("COLUMN");
        if self.is_symbol("(") {
            self.list(Self::identifier)?;
        } else if !self.is_word("STORAGETYPE") {
            self.identifier()?;
        }
        if !self.storage_type()? {
            return Err(self.expected("STORAGETYPE"));
        }
        Ok(Change::Convert)
    }
}
