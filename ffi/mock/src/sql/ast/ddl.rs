//! CREATE, ALTER and DROP as written (iris-sql §1.4).

use super::super::parser::Echo;
use super::super::store::catalog::{IndexKind, KeyAction, ViewMode};
use super::{Name, Query, TypeName};

/// A statement that changes definitions.
#[derive(Debug, Clone)]
pub(in crate::sql) enum Ddl {
    CreateTable(CreateTable),
    DropTable {
        name: Name,
        if_exists: bool,
        cascade: bool,
    },
    AlterTable {
        table: Name,
        change: Change,
    },
    CreateIndex(CreateIndex),
    DropIndex {
        name: String,
        table: Option<Name>,
        if_exists: bool,
    },
    CreateView(CreateView),
    DropView {
        name: Name,
        if_exists: bool,
        cascade: bool,
    },
    CreateSchema {
        name: String,
        if_not_exists: bool,
    },
    DropSchema {
        name: String,
        if_exists: bool,
        cascade: bool,
    },
    /// With IF EXISTS, as there is none.
    DropRoutine {
        statement_type: i64,
    },
}

impl Ddl {
    /// iris-sql §5.4.
    pub(in crate::sql) fn statement_type(&self) -> i64 {
        match self {
            Ddl::CreateTable(_) => 9,
            Ddl::AlterTable { .. } => 10,
            Ddl::DropTable { .. } => 11,
            Ddl::CreateView(view) if view.verb == ViewVerb::Alter => 13,
            Ddl::CreateView(_) => 12,
            Ddl::DropView { .. } => 14,
            Ddl::CreateIndex(_) => 15,
            Ddl::DropIndex { .. } => 17,
            Ddl::CreateSchema { .. } => 70,
            Ddl::DropSchema { .. } => 71,
            Ddl::DropRoutine { statement_type } => *statement_type,
        }
    }
}

/// CREATE TABLE.
#[derive(Debug, Clone)]
pub(in crate::sql) struct CreateTable {
    pub(in crate::sql) name: Name,
    pub(in crate::sql) if_not_exists: bool,
    pub(in crate::sql) temporary: bool,
    pub(in crate::sql) columns: Vec<ColumnDef>,
    pub(in crate::sql) constraints: Vec<TableConstraint>,
    pub(in crate::sql) options: TableOptions,
    /// AS SELECT, in the place of columns.
    pub(in crate::sql) query: Option<Box<Query>>,
    pub(in crate::sql) echo: Echo,
}

/// What stands among a table's elements or behind them.
#[derive(Debug, Clone, Default)]
pub(in crate::sql) struct TableOptions {
    pub(in crate::sql) public_row_id: bool,
    pub(in crate::sql) identity_insert: bool,
    pub(in crate::sql) description: Option<String>,
    /// %FILE, %NUMROWS and %ROUTINE, of which each may stand once.
    pub(in crate::sql) seen: Vec<&'static str>,
}

/// A column definition.
#[derive(Debug, Clone)]
pub(in crate::sql) struct ColumnDef {
    pub(in crate::sql) name: String,
    pub(in crate::sql) ty: TypeName,
    pub(in crate::sql) not_null: bool,
    pub(in crate::sql) identity: bool,
    pub(in crate::sql) auto_increment: bool,
    pub(in crate::sql) default: Option<DefaultSpec>,
    pub(in crate::sql) on_update: Option<DefaultSpec>,
    pub(in crate::sql) collation: Option<String>,
    pub(in crate::sql) private: bool,
    pub(in crate::sql) description: String,
    pub(in crate::sql) primary: Option<Option<String>>,
    pub(in crate::sql) unique: Option<Option<String>>,
    pub(in crate::sql) references: Option<(Option<String>, Reference)>,
}

/// DEFAULT and ON UPDATE.
#[derive(Debug, Clone)]
pub(in crate::sql) enum DefaultSpec {
    Text(String),
    Number(String),
    Null,
    Special(String, Option<u8>),
    /// TO_DATE, TO_TIMESTAMP and TO_POSIXTIME of literals.
    Call(String, Vec<String>),
}

/// The target of a foreign key.
#[derive(Debug, Clone)]
pub(in crate::sql) struct Reference {
    pub(in crate::sql) table: Name,
    pub(in crate::sql) columns: Vec<String>,
    pub(in crate::sql) on_delete: KeyAction,
    pub(in crate::sql) on_update: KeyAction,
    pub(in crate::sql) no_check: bool,
}

/// A table constraint.
#[derive(Debug, Clone)]
pub(in crate::sql) struct TableConstraint {
    pub(in crate::sql) name: Option<String>,
    pub(in crate::sql) kind: ConstraintKind,
    pub(in crate::sql) columns: Vec<String>,
    pub(in crate::sql) reference: Option<Reference>,
}

/// Kinds of table constraints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum ConstraintKind {
    Primary,
    Unique,
    Foreign,
}

/// The verb of ALTER TABLE: one per statement.
#[derive(Debug, Clone)]
pub(in crate::sql) enum Change {
    Add {
        columns: Vec<ColumnDef>,
        constraints: Vec<TableConstraint>,
    },
    AddDefault {
        column: String,
        default: DefaultSpec,
    },
    Alter(Vec<(String, ColumnChange)>),
    DropColumns(Vec<String>),
    DropConstraint {
        name: String,
    },
    DropPrimaryKey,
    DropForeignKey {
        name: String,
    },
    Rename(String),
    /// CONVERT … STORAGETYPE, which changes nothing that SQL sees.
    Convert,
}

/// What ALTER COLUMN or MODIFY does.
#[derive(Debug, Clone)]
pub(in crate::sql) enum ColumnChange {
    Rename(String),
    SetDefault(DefaultSpec),
    DropDefault,
    Nullable(bool),
    Collate(String),
    Type(Box<ColumnDef>),
}

/// CREATE INDEX.
#[derive(Debug, Clone)]
pub(in crate::sql) struct CreateIndex {
    pub(in crate::sql) name: String,
    pub(in crate::sql) unique: bool,
    pub(in crate::sql) kind: IndexKind,
    pub(in crate::sql) table: Name,
    pub(in crate::sql) columns: Vec<String>,
    pub(in crate::sql) data: Vec<String>,
    /// AS class.
    pub(in crate::sql) class: Option<String>,
}

/// CREATE VIEW, CREATE OR REPLACE VIEW, ALTER VIEW.
#[derive(Debug, Clone)]
pub(in crate::sql) struct CreateView {
    pub(in crate::sql) verb: ViewVerb,
    pub(in crate::sql) name: Name,
    pub(in crate::sql) columns: Option<Vec<String>>,
    pub(in crate::sql) query: Box<Query>,
    pub(in crate::sql) text: String,
    pub(in crate::sql) mode: ViewMode,
    pub(in crate::sql) echo: Echo,
}

/// How a view comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum ViewVerb {
    Create,
    Replace,
    Alter,
}
