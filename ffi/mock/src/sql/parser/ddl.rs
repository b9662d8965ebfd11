//! CREATE, DROP, ALTER (iris-sql §1.4).

use super::super::api::SqlFailure;
use super::super::ast::{
    Collation, ColumnDef, ConstraintKind, CreateIndex, CreateTable, DefaultSpec, Reference,
    Statement, TableConstraint,
};
use super::super::store::catalog::KeyAction;
use super::super::token::Kind;
use super::Parser;

impl Parser {
    pub(super) fn create(&mut self) -> Result<Statement, SqlFailure> {
        self.need_word("CREATE")?;
        let _ = self.words(&["GLOBAL", "TEMPORARY"]);
        if self.word("TABLE") {
            return self.create_table();
        }
        if self.word("SCHEMA") {
            let if_not_exists = self.words(&["IF", "NOT", "EXISTS"]);
            let name = self.identifier()?;
            return Ok(Statement::CreateSchema { name, if_not_exists });
        }
        let unique = self.word("UNIQUE");
        let _ = self.word("BITMAP")
            || self.word("BITSLICE")
            || self.word("COLUMNAR")
            || self.word("CLUSTERED")
            || self.word("NONCLUSTERED");
        if self.word("INDEX") {
            return self.create_index(unique);
        }
        Err(self.expected("TABLE"))
    }

    fn create_table(&mut self) -> Result<Statement, SqlFailure> {
        let if_not_exists = self.words(&["IF", "NOT", "EXISTS"]);
        let name = self.table_name()?;
        let mut table =
            CreateTable { name, if_not_exists, columns: Vec::new(), constraints: Vec::new() };
        self.need_symbol("(")?;
        loop {
            self.table_element(&mut table)?;
            if !self.symbol(",") {
                break;
            }
        }
        self.need_symbol(")")?;
        Ok(Statement::CreateTable(table))
    }

    fn table_element(&mut self, table: &mut CreateTable) -> Result<(), SqlFailure> {
        if self.word("%PUBLICROWID") {
            return Ok(());
        }
        if self.word("%DESCRIPTION") {
            self.advance();
            return Ok(());
        }
        let named = self.is_word("CONSTRAINT");
        let keys = ["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"];
        if named || keys.iter().any(|word| self.is_word(word)) {
            table.constraints.push(self.table_constraint()?);
            return Ok(());
        }
        table.columns.push(self.column_definition()?);
        Ok(())
    }

    pub(super) fn table_constraint(&mut self) -> Result<TableConstraint, SqlFailure> {
        let name = if self.word("CONSTRAINT") { Some(self.identifier()?) } else { None };
        if self.words(&["PRIMARY", "KEY"]) {
            let columns = self.list(Self::identifier)?;
            let kind = ConstraintKind::Primary;
            return Ok(TableConstraint { name, kind, columns, reference: None });
        }
        if self.word("UNIQUE") {
            let columns = self.list(Self::identifier)?;
            let kind = ConstraintKind::Unique;
            return Ok(TableConstraint { name, kind, columns, reference: None });
        }
        if self.words(&["FOREIGN", "KEY"]) {
            let name = if name.is_none() && self.at_identifier() {
                Some(self.identifier()?)
            } else {
                name
            };
            let columns = self.list(Self::identifier)?;
            self.need_word("REFERENCES")?;
            let reference = Some(self.reference()?);
            let kind = ConstraintKind::Foreign;
            return Ok(TableConstraint { name, kind, columns, reference });
        }
        // iris-sql §1.4: no CHECK constraints, −1.
        Err(self.expected("PRIMARY, UNIQUE or FOREIGN"))
    }

    fn reference(&mut self) -> Result<Reference, SqlFailure> {
        let table = self.table_name()?;
        let columns = if self.is_symbol("(") { self.list(Self::identifier)? } else { Vec::new() };
        let mut reference = Reference {
            table,
            columns,
            on_delete: KeyAction::NoAction,
            on_update: KeyAction::NoAction,
            no_check: false,
        };
        loop {
            if self.words(&["ON", "DELETE"]) {
                reference.on_delete = self.key_action()?;
            } else if self.words(&["ON", "UPDATE"]) {
                reference.on_update = self.key_action()?;
            } else if self.word("NOCHECK") {
                reference.no_check = true;
            } else if !(self.words(&["MATCH", "FULL"])
                || self.words(&["MATCH", "PARTIAL"])
                || self.words(&["NOT", "FOR", "REPLICATION"]))
            {
                return Ok(reference);
            }
        }
    }

    /// The four actions of iris-sql §1.4.
    fn key_action(&mut self) -> Result<KeyAction, SqlFailure> {
        if self.words(&["NO", "ACTION"]) {
            Ok(KeyAction::NoAction)
        } else if self.words(&["SET", "DEFAULT"]) {
            Ok(KeyAction::SetDefault)
        } else if self.words(&["SET", "NULL"]) {
            Ok(KeyAction::SetNull)
        } else if self.word("CASCADE") {
            Ok(KeyAction::Cascade)
        } else {
            Err(self.expected("NO ACTION, SET DEFAULT, SET NULL or CASCADE"))
        }
    }

    pub(super) fn column_definition(&mut self) -> Result<ColumnDef, SqlFailure> {
        let name = self.identifier()?;
        let mut column = ColumnDef {
            name,
            ty: super::super::ast::TypeName { name: String::new(), args: Vec::new() },
            not_null: false,
            identity: false,
            auto_increment: false,
            default: None,
            collation: None,
            primary: None,
            unique: None,
            references: None,
        };
        if self.identity_clause() {
            // IDENTITY without a type is BIGINT (iris-sql §1.4).
            column.identity = true;
            column.ty.name = "BIGINT".to_owned();
        } else {
            if self.is_symbol(",") || self.is_symbol(")") {
                let text = "Invalid field definition, no datatype defined";
                return Err(self.error(-86, text));
            }
            column.ty = self.type_name()?;
        }
        while self.column_clause(&mut column)? {}
        Ok(column)
    }

    /// `IDENTITY` and `IDENTITY(1,1)` (iris-sql §1.8).
    fn identity_clause(&mut self) -> bool {
        if !self.word("IDENTITY") {
            return false;
        }
        if self.symbol("(") {
            while !self.is_symbol(")") && *self.kind() != Kind::End {
                self.advance();
            }
            self.symbol(")");
        }
        true
    }

    fn column_clause(&mut self, column: &mut ColumnDef) -> Result<bool, SqlFailure> {
        if self.identity_clause() {
            column.identity = true;
        } else if self.word("AUTO_INCREMENT") {
            column.auto_increment = true;
        } else if self.words(&["NOT", "NULL"]) {
            column.not_null = true;
        } else if self.word("NULL") {
            column.not_null = false;
        } else if self.word("DEFAULT") {
            column.default = Some(self.default_spec()?);
        } else if self.word("COLLATE") {
            column.collation = Some(self.collation_name()?);
        } else if self.word("%EXACT") {
            column.collation = Some(Collation::Exact);
        } else if self.word("%SQLUPPER") || self.word("%UPPER") {
            column.collation = Some(Collation::SqlUpper);
        } else if self.word("%SQLSTRING") {
            column.collation = Some(Collation::SqlString);
        } else if self.word("%DESCRIPTION") {
            self.advance();
        } else if self.word("PRIVATE") {
        } else {
            return self.key_clause(column);
        }
        Ok(true)
    }

    fn key_clause(&mut self, column: &mut ColumnDef) -> Result<bool, SqlFailure> {
        let name = if self.word("CONSTRAINT") { Some(self.identifier()?) } else { None };
        if self.words(&["PRIMARY", "KEY"]) {
            column.primary = Some(name);
        } else if self.word("UNIQUE") {
            column.unique = Some(name);
        } else if self.word("REFERENCES") {
            column.references = Some((name, self.reference()?));
        } else if name.is_some() {
            if !self.words(&["NOT", "NULL"]) {
                return Err(self.error(-81, "Column Constraint expected"));
            }
            column.not_null = true;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn collation_name(&mut self) -> Result<Collation, SqlFailure> {
        let Kind::Word(word) = self.kind().clone() else {
            return Err(self.expected("collation"));
        };
        let collation = match word.to_ascii_uppercase().trim_start_matches('%') {
            "EXACT" => Collation::Exact,
            "SQLUPPER" | "UPPER" | "ALPHAUP" => Collation::SqlUpper,
            "SQLSTRING" | "STRING" => Collation::SqlString,
            _ => return Err(self.expected("collation")),
        };
        self.advance();
        Ok(collation)
    }

    /// Literals and a few keywords; no other expressions (iris-sql §1.4).
    fn default_spec(&mut self) -> Result<DefaultSpec, SqlFailure> {
        let parenthesised = self.symbol("(");
        let negative = self.symbol("-");
        let spec = match self.kind().clone() {
            Kind::Number(digits) if negative => DefaultSpec::Number(format!("-{digits}")),
            Kind::Number(digits) => DefaultSpec::Number(digits),
            Kind::Text(text) if !negative => DefaultSpec::Text(text),
            Kind::Word(word) if !negative => match word.to_ascii_uppercase().as_str() {
                "NULL" => DefaultSpec::Null,
                name @ ("USER" | "CURRENT_USER" | "SESSION_USER" | "SYSTEM_USER" | "SYSDATE"
                | "CURRENT_DATE" | "CURRENT_TIME" | "CURRENT_TIMESTAMP") => {
                    DefaultSpec::Special(name.to_owned(), None)
                }
                _ => return Err(self.expected("literal")),
            },
            _ => return Err(self.expected("literal")),
        };
        self.advance();
        let spec = match spec {
            DefaultSpec::Special(name, _) if self.symbol("(") => {
                let precision = match self.kind().clone() {
                    Kind::Number(digits) => {
                        self.advance();
                        digits.parse::<u8>().ok().map(|p| p.min(9))
                    }
                    _ => None,
                };
                self.need_symbol(")")?;
                DefaultSpec::Special(name, precision)
            }
            spec => spec,
        };
        if parenthesised {
            self.need_symbol(")")?;
        }
        Ok(spec)
    }

    fn create_index(&mut self, unique: bool) -> Result<Statement, SqlFailure> {
        // No IF NOT EXISTS here: `ON expected, NOT found` (iris-sql §1.4).
        let name = self.identifier()?;
        self.need_word("ON")?;
        self.word("TABLE");
        let table = self.table_name()?;
        let columns = self.list(|p| {
            let name = p.identifier()?;
            let _ = p.word("ASC") || p.word("DESC");
            Ok(name)
        })?;
        let _ = self.word("IMMEDIATE") || self.word("DEFER");
        Ok(Statement::CreateIndex(CreateIndex { name, unique, table, columns }))
    }

    pub(super) fn drop_thing(&mut self) -> Result<Statement, SqlFailure> {
        self.need_word("DROP")?;
        if self.word("TABLE") {
            let if_exists = self.words(&["IF", "EXISTS"]);
            let name = self.table_name()?;
            while self.word("CASCADE")
                || self.word("RESTRICT")
                || self.word("%DELDATA")
                || self.word("%NODELDATA")
            {}
            return Ok(Statement::DropTable { name, if_exists });
        }
        if self.word("INDEX") {
            let if_exists = self.words(&["IF", "EXISTS"]);
            let name = self.identifier()?;
            if self.symbol(".") {
                let index = self.identifier()?;
                let table = Some(super::super::ast::Name { schema: None, name });
                return Ok(Statement::DropIndex { name: index, table, if_exists });
            }
            let mut table = None;
            if self.word("ON") {
                self.word("TABLE");
                table = Some(self.table_name()?);
            }
            return Ok(Statement::DropIndex { name, table, if_exists });
        }
        if self.word("SCHEMA") {
            let if_exists = self.words(&["IF", "EXISTS"]);
            let name = self.identifier()?;
            let cascade = self.word("CASCADE");
            if !cascade {
                self.word("RESTRICT");
            }
            return Ok(Statement::DropSchema { name, if_exists, cascade });
        }
        Err(self.expected("TABLE"))
    }

    pub(super) fn alter(&mut self) -> Result<Statement, SqlFailure> {
        self.need_word("ALTER")?;
        self.need_word("TABLE")?;
        let table = self.table_name()?;
        if self.word("ADD") {
            let constraint = ["CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN"];
            if constraint.iter().any(|word| self.is_word(word)) {
                let constraint = self.table_constraint()?;
                return Ok(Statement::AddConstraint { table, constraint });
            }
            self.word("COLUMN");
            let parenthesised = self.symbol("(");
            let mut columns = vec![self.column_definition()?];
            while self.symbol(",") {
                columns.push(self.column_definition()?);
            }
            if parenthesised {
                self.need_symbol(")")?;
            }
            return Ok(Statement::AddColumns { table, columns });
        }
        if self.word("DROP") || self.word("DELETE") {
            self.word("COLUMN");
            let mut columns = vec![self.identifier()?];
            while self.symbol(",") {
                columns.push(self.identifier()?);
            }
            let _ = self.word("CASCADE") || self.word("RESTRICT");
            return Ok(Statement::DropColumns { table, columns });
        }
        Err(self.expected("ADD"))
    }
}
