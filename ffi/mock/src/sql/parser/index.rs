//! CREATE INDEX and DROP INDEX (iris-sql §1.4).

use super::super::api::SqlFailure;
use super::super::ast::ddl::{CreateIndex, Ddl};
use super::super::ast::{Name, Statement};
use super::super::store::catalog::IndexKind;
use super::Parser;
use super::ddl::statement;

impl Parser {
    /// `None` where no index follows CREATE.
    pub(super) fn create_index(&mut self) -> Result<Option<Statement>, SqlFailure> {
        let unique = self.word("UNIQUE");
        let kind = if self.word("BITMAP") {
            IndexKind::Bitmap
        } else if self.word("BITMAPEXTENT") {
            IndexKind::BitmapExtent
        } else if self.word("BITSLICE") {
            IndexKind::Bitslice
        } else if self.word("COLUMNAR") {
            IndexKind::Columnar
        } else {
            self.clustered();
            IndexKind::Plain
        };
        if !self.word("INDEX") {
            return Ok(None);
        }
        // No IF NOT EXISTS here: `ON expected, NOT found` (iris-sql §1.4).
        let name = self.new_name(-89)?;
        self.need_word("ON")?;
        self.word("TABLE");
        let table = self.long_table_name()?;
        let mut index = CreateIndex {
            name,
            unique,
            kind,
            table,
            columns: Vec::new(),
            data: Vec::new(),
            class: None,
        };
        // A bitmap of the extent is about rows and names no column.
        if kind != IndexKind::BitmapExtent {
            index.columns = self.list(|p| {
                let name = p.identifier()?;
                let _ = p.word("ASC") || p.word("DESC");
                Ok(name)
            })?;
        }
        self.index_tail(&mut index)?;
        Ok(Some(statement(Ddl::CreateIndex(index))))
    }

    fn index_tail(&mut self, index: &mut CreateIndex) -> Result<(), SqlFailure> {
        if self.word("AS") {
            let class = self.column_type()?;
            if class.name == "HNSW" && self.version.has_hnsw() {
                index.kind = IndexKind::Vector;
            }
            index.class = Some(class.name);
        }
        if self.word("WITH") {
            if self.word("DATA") {
                index.data = self.list(Self::identifier)?;
            } else if !self.fill_factor()? {
                return Err(self.expected("DATA"));
            }
        }
        if self.word("IMMEDIATE") || self.word("DEFER") {
            self.word("BUILD");
        }
        Ok(())
    }

    /// `owner.catalog.schema.table`: owner and catalog do nothing (iris-sql §1.8).
    fn long_table_name(&mut self) -> Result<Name, SqlFailure> {
        let mut parts = 1;
        while self.is_symbol_at(2 * parts - 1, ".") {
            parts += 1;
        }
        for _ in 2..parts.min(4) {
            self.identifier()?;
            self.need_symbol(".")?;
        }
        self.table_name()
    }

    /// `DROP INDEX [IF EXISTS] name [ON [TABLE] t]`, `t.name`, `schema.t.name`.
    pub(super) fn drop_index(&mut self) -> Result<Statement, SqlFailure> {
        let if_exists = self.if_exists();
        let first = self.identifier()?;
        let mut parts = vec![first];
        while parts.len() < 3 && self.symbol(".") {
            parts.push(self.identifier()?);
        }
        let name = parts.pop().unwrap_or_default();
        let table_name = parts.pop();
        let mut table = table_name.map(|name| Name { schema: parts.pop(), name });
        if table.is_none() && self.word("ON") {
            self.word("TABLE");
            table = Some(self.long_table_name()?);
        }
        Ok(statement(Ddl::DropIndex { name, table, if_exists }))
    }
}
