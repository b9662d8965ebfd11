//! Column definitions: types, clauses and defaults (iris-sql §1.4, §1.5).

use super::super::api::SqlFailure;
use super::super::ast::TypeName;
use super::super::ast::ddl::{ColumnDef, DefaultSpec};
use super::super::sqlcode::{self, fail};
use super::super::token::Kind;
use super::Parser;

/// Keywords that are values of DEFAULT (iris-sql §1.4).
const DEFAULTS: [&str; 8] = [
    "USER",
    "CURRENT_USER",
    "SESSION_USER",
    "SYSTEM_USER",
    "SYSDATE",
    "CURRENT_DATE",
    "CURRENT_TIME",
    "CURRENT_TIMESTAMP",
];

/// Functions whose calls with literals are values of DEFAULT (iris-sql §1.4).
const DEFAULT_CALLS: [&str; 3] = ["TO_DATE", "TO_TIMESTAMP", "TO_POSIXTIME"];

/// Collations of columns (iris-sql §1.1).
const COLLATIONS: [&str; 12] = [
    "EXACT",
    "SQLUPPER",
    "SQLSTRING",
    "MINUS",
    "PLUS",
    "TRUNCATE",
    "ALPHAUP",
    "STRING",
    "UPPER",
    "SPACE",
    "MVR",
    "SQLTRUNCATE",
];

/// Types of two or three words (iris-sql §1.5).
const LONG_NAMES: [&[&str]; 14] = [
    &["DOUBLE", "PRECISION"],
    &["CHAR", "VARYING"],
    &["CHARACTER", "VARYING"],
    &["NCHAR", "VARYING"],
    &["NATIONAL", "CHAR", "VARYING"],
    &["NATIONAL", "CHARACTER", "VARYING"],
    &["NATIONAL", "CHAR"],
    &["NATIONAL", "CHARACTER"],
    &["NATIONAL", "VARCHAR"],
    &["BINARY", "VARYING"],
    &["LONG", "VARCHAR"],
    &["LONG", "BINARY"],
    &["LONG", "RAW"],
    &["LONG", "VARBINARY"],
];

/// Reserved words that begin a clause behind the type, which is missing before them: −86 (iris-sql
/// Appendix A).
const NO_TYPES: [&str; 9] =
    ["NOT", "NULL", "DEFAULT", "UNIQUE", "PRIMARY", "REFERENCES", "CHECK", "CONSTRAINT", "COLLATE"];

impl Parser {
    pub(super) fn column_definition(&mut self) -> Result<ColumnDef, SqlFailure> {
        let name = self.new_name(-88)?;
        if name.contains('.') {
            // iris-sql §1.1: refused even when quoted. UNVERIFIED(iris): the code.
            return Err(self.error(-88, "Invalid field name"));
        }
        let mut column = ColumnDef::new(name);
        if self.identity_clause() {
            // IDENTITY without a type is BIGINT (iris-sql §1.4).
            column.identity = true;
            "BIGINT".clone_into(&mut column.ty.name);
        } else {
            let clause = NO_TYPES.iter().any(|word| self.is_word(word));
            if clause || self.is_symbol(",") || self.is_symbol(")") || *self.kind() == Kind::End {
                // iris-sql Appendix A.
                let text = "Invalid field definition, no datatype defined";
                return Err(self.error(-86, text));
            }
            column.ty = self.column_type()?;
        }
        while self.column_clause(&mut column)? {}
        Ok(column)
    }

    /// The name of something new, which is not just punctuation (iris-sql §1.1). UNVERIFIED(iris):
    /// that −87 to −90 are the codes of that.
    pub(super) fn new_name(&mut self, code: i32) -> Result<String, SqlFailure> {
        let name = self.identifier()?;
        self.checked_name(&name, code)?;
        Ok(name)
    }

    pub(super) fn checked_name(&self, name: &str, code: i32) -> Result<(), SqlFailure> {
        if name.chars().any(char::is_alphanumeric) {
            return Ok(());
        }
        Err(self.error(code, sqlcode::text(code).unwrap_or_default()))
    }

    /// A type or a class with its parameters: `VARCHAR(20)`, `%Library.String(MAXLEN = 30)`.
    pub(super) fn column_type(&mut self) -> Result<TypeName, SqlFailure> {
        let long = LONG_NAMES.iter().find(|words| self.words(words));
        let name = if let Some(words) = long {
            words.join(" ")
        } else {
            let mut name = match self.kind() {
                Kind::Word(word) | Kind::Quoted(word) => word.to_ascii_uppercase(),
                _ => return Err(self.error(-86, "Invalid field definition, no datatype defined")),
            };
            self.advance();
            while self.symbol(".") {
                name.push('.');
                name.push_str(&self.plain_value()?.to_ascii_uppercase());
            }
            name
        };
        let mut args = Vec::new();
        if self.symbol("(") {
            while !self.is_symbol(")") {
                args.push(self.type_argument()?);
                if !self.symbol(",") {
                    break;
                }
            }
            self.need_symbol(")")?;
        }
        if self.words(&["CHARACTER", "SET"]) {
            // iris-sql §1.8: accepted, without effect.
            self.plain_value()?;
        }
        Ok(TypeName { name, args })
    }

    fn type_argument(&mut self) -> Result<String, SqlFailure> {
        let negative = self.symbol("-");
        let mut arg = self.plain_value()?.to_ascii_uppercase();
        if self.symbol("=") {
            let sign = if self.symbol("-") { "-" } else { "" };
            let value = self.plain_value()?;
            arg = format!("{arg}={sign}{value}");
        }
        Ok(if negative { format!("-{arg}") } else { arg })
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
        self.words(&["NOT", "FOR", "REPLICATION"]);
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
        } else if self.words(&["ON", "UPDATE"]) {
            column.on_update = Some(self.default_spec()?);
        } else if self.word("COLLATE") || self.at_collation() {
            column.collation = Some(self.collation_name()?);
        } else if self.word("%DESCRIPTION") {
            column.description = self.text_literal()?;
        } else if self.word("PRIVATE") {
            column.private = true;
        } else if self.is_word("COMPUTECODE") {
            return Err(self.compute_code(&column.name));
        } else if self.word("WITH") {
            if !(self.storage_type()? || self.fill_factor()?) {
                return Err(self.expected("STORAGETYPE"));
            }
        } else if ["CHECK", "GENERATED", "DEFERRABLE", "INITIALLY"].iter().any(|w| self.is_word(w))
        {
            // iris-sql §1.4: no such clauses, −1.
            return Err(self.expected(")"));
        } else {
            return self.key_clause(column);
        }
        Ok(true)
    }

    /// `COMPUTECODE [OBJECTSCRIPT|PYTHON] {…}` needs a compiler of code, which is not here.
    /// UNVERIFIED(iris): refused as a class that does not compile.
    fn compute_code(&mut self, column: &str) -> SqlFailure {
        self.advance();
        let _ = self.word("OBJECTSCRIPT") || self.word("PYTHON");
        if !self.is_symbol("{") {
            return self.expected("{");
        }
        let text = "property cannot be computed here";
        fail(-400, format!("ERROR #5475: Error compiling routine: '{column}' {text}"))
    }

    fn key_clause(&mut self, column: &mut ColumnDef) -> Result<bool, SqlFailure> {
        let name = if self.word("CONSTRAINT") { Some(self.identifier()?) } else { None };
        if self.words(&["PRIMARY", "KEY"]) {
            self.clustered();
            column.primary = Some(name);
        } else if self.word("UNIQUE") {
            self.clustered();
            column.unique = Some(name);
        } else if self.word("REFERENCES") {
            column.references = Some((name, self.reference()?));
        } else if name.is_some() {
            if !self.words(&["NOT", "NULL"]) {
                // iris-sql Appendix A.
                return Err(self.error(-81, "Column Constraint expected"));
            }
            column.not_null = true;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn at_collation(&self) -> bool {
        matches!(self.kind(), Kind::Word(word) if word.starts_with('%')
            && COLLATIONS.iter().any(|name| word[1..].eq_ignore_ascii_case(name)))
    }

    /// `EXACT`, `%SQLUPPER`, `%TRUNCATE(100)`; comes out without the mark.
    pub(super) fn collation_name(&mut self) -> Result<String, SqlFailure> {
        let Kind::Word(word) = self.kind().clone() else {
            return Err(self.expected("collation"));
        };
        let name = word.trim_start_matches('%').to_ascii_uppercase();
        if !COLLATIONS.contains(&name.as_str()) {
            return Err(self.expected("collation"));
        }
        self.advance();
        if self.symbol("(") {
            let length = self.plain_value()?;
            self.need_symbol(")")?;
            return Ok(format!("{name}({length})"));
        }
        Ok(name)
    }

    /// Literals, a few keywords and three functions of literals; no other expressions (iris-sql
    /// §1.4).
    pub(super) fn default_spec(&mut self) -> Result<DefaultSpec, SqlFailure> {
        if self.symbol("(") {
            self.deeper()?;
            let spec = self.default_spec()?;
            self.depth -= 1;
            self.need_symbol(")")?;
            return Ok(spec);
        }
        let negative = self.symbol("-");
        if !negative {
            self.symbol("+");
        }
        let spec = match self.kind().clone() {
            Kind::Number(digits) if negative => DefaultSpec::Number(format!("-{digits}")),
            Kind::Number(digits) => DefaultSpec::Number(digits),
            Kind::Text(text) if !negative => DefaultSpec::Text(text),
            Kind::Word(word) if !negative => return self.default_word(&word.to_ascii_uppercase()),
            _ => return Err(self.expected("literal")),
        };
        self.advance();
        Ok(spec)
    }

    fn default_word(&mut self, word: &str) -> Result<DefaultSpec, SqlFailure> {
        if word == "NULL" {
            self.advance();
            return Ok(DefaultSpec::Null);
        }
        if word == "OBJECTSCRIPT" {
            self.advance();
            let code = self.text_literal()?;
            return objectscript(&code);
        }
        if DEFAULT_CALLS.contains(&word) && self.is_symbol_at(1, "(") {
            self.advance();
            let args = self.list(|p| match p.kind().clone() {
                Kind::Text(text) | Kind::Number(text) => {
                    p.advance();
                    Ok(text)
                }
                _ => Err(p.expected("literal")),
            })?;
            return Ok(DefaultSpec::Call(word.to_owned(), args));
        }
        if !DEFAULTS.contains(&word) {
            return Err(self.expected("literal"));
        }
        self.advance();
        let mut precision = None;
        if matches!(word, "CURRENT_TIME" | "CURRENT_TIMESTAMP") && self.symbol("(") {
            if let Kind::Number(digits) = self.kind().clone() {
                self.advance();
                precision = digits.parse::<u8>().ok().map(|p| p.min(9));
            }
            self.need_symbol(")")?;
        }
        Ok(DefaultSpec::Special(word.to_owned(), precision))
    }
}

/// `OBJECTSCRIPT '…'`: the expressions that need no interpreter. UNVERIFIED(iris): any other is
/// refused as a class that does not compile.
fn objectscript(code: &str) -> Result<DefaultSpec, SqlFailure> {
    let code = code.trim();
    if let Some(text) = code.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'))
        && !text.replace("\"\"", "").contains('"')
    {
        return Ok(DefaultSpec::Text(text.replace("\"\"", "\"")));
    }
    let special = |name: &str| Ok(DefaultSpec::Special(name.to_owned(), None));
    match code.to_ascii_uppercase().replace(' ', "").as_str() {
        "$USERNAME" => special("USER"),
        "+$HOROLOG" | "+$H" => special("CURRENT_DATE"),
        "$ZDATETIME($HOROLOG,3)" | "$ZDT($H,3)" => special("CURRENT_TIMESTAMP"),
        "$JOB" => special("$JOB"),
        number if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => {
            Ok(DefaultSpec::Number(number.to_owned()))
        }
        _ => Err(fail(-400, format!("ERROR #1002: Invalid expression : '{code}'"))),
    }
}

impl ColumnDef {
    pub(super) fn new(name: String) -> ColumnDef {
        ColumnDef {
            name,
            ty: TypeName { name: String::new(), args: Vec::new() },
            not_null: false,
            identity: false,
            auto_increment: false,
            default: None,
            on_update: None,
            collation: None,
            private: false,
            description: String::new(),
            primary: None,
            unique: None,
            references: None,
        }
    }
}
