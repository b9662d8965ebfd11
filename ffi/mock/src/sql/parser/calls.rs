//! Function calls: the forms that are no plain list of arguments have their own syntax
//! (iris-sql §2).

use super::super::api::SqlFailure;
use super::super::ast::{Aggregate, Collation, EscapeKind, Expr, TypeName};
use super::super::token::{Kind, is_reserved};
use super::Parser;

/// Keyword functions without parentheses (iris-sql §2).
const SPECIALS: [&str; 20] = [
    "CURRENT_DATE",
    "CURRENT_TIME",
    "CURRENT_TIMESTAMP",
    "SYSDATE",
    "USER",
    "CURRENT_USER",
    "SESSION_USER",
    "SYSTEM_USER",
    "$HOROLOG",
    "$JOB",
    "$NAMESPACE",
    "$TLEVEL",
    "$USERNAME",
    "$ZVERSION",
    "$ZHOROLOG",
    "$ZJOB",
    "$ZPI",
    "$ZTIMESTAMP",
    "$ZTIMEZONE",
    "%ROWCOUNT",
];

/// Reserved words that are functions when a parenthesis follows.
const RESERVED_FUNCTIONS: [&str; 18] = [
    "BIT_LENGTH",
    "CHAR",
    "CHARACTER_LENGTH",
    "CHAR_LENGTH",
    "COALESCE",
    "DATE",
    "HOUR",
    "LEFT",
    "LOWER",
    "MINUTE",
    "NULLIF",
    "RIGHT",
    "SECOND",
    "SPACE",
    "TIME",
    "UPPER",
    "%EXTERNAL",
    "%INTERNAL",
];

impl Parser {
    /// A function, a special variable or an aggregate, if the word stands for one here.
    pub(super) fn function(&mut self, upper: &str) -> Result<Option<Expr>, SqlFailure> {
        let call = self.is_symbol_at(1, "(");
        match upper {
            "CAST" if call => self.cast(),
            "CONVERT" if call => self.convert(),
            "COUNT" if call => self.aggregate(Aggregate::Count),
            "SUM" if call => self.aggregate(Aggregate::Sum),
            "AVG" if call => self.aggregate(Aggregate::Avg),
            "MIN" if call => self.aggregate(Aggregate::Min),
            "MAX" if call => self.aggregate(Aggregate::Max),
            "TRIM" if call => self.trim(),
            "SUBSTRING" if call => self.substring(),
            "POSITION" if call => self.position(),
            "%EXACT" => self.collated(Collation::Exact),
            "%SQLUPPER" | "%UPPER" | "%ALPHAUP" => self.collated(Collation::SqlUpper),
            "%SQLSTRING" | "%STRING" => self.collated(Collation::SqlString),
            _ if SPECIALS.contains(&upper) => self.special(upper.to_owned()),
            _ if call && (!is_reserved(upper) || RESERVED_FUNCTIONS.contains(&upper)) => {
                self.call(upper.to_owned())
            }
            _ => return Ok(None),
        }
        .map(Some)
    }

    /// `{d '…'}`, `{t '…'}`, `{ts '…'}`, `{fn f(…)}` (iris-sql §2).
    pub(super) fn escape(&mut self) -> Result<Expr, SqlFailure> {
        self.need_symbol("{")?;
        let kind = if self.word("d") {
            EscapeKind::Date
        } else if self.word("t") {
            EscapeKind::Time
        } else if self.word("ts") {
            EscapeKind::Timestamp
        } else if self.word("fn") {
            return self.escaped_function();
        } else {
            return Err(self.error(-40, "ODBC escape extension not supported"));
        };
        let Kind::Text(text) = self.kind().clone() else {
            return Err(self.expected("string literal"));
        };
        self.advance();
        self.need_symbol("}")?;
        Ok(Expr::Escape(kind, text))
    }

    fn escaped_function(&mut self) -> Result<Expr, SqlFailure> {
        let at = self.at;
        let Kind::Word(name) = self.kind().clone() else {
            return Err(self.expected("function name"));
        };
        let out = if self.is_symbol_at(1, "(") {
            match self.word_term(&name)? {
                Expr::Call { name, args, at, .. } => Expr::Call { name, args, escape: true, at },
                other => other,
            }
        } else {
            self.advance();
            Expr::Call { name: name.to_ascii_uppercase(), args: Vec::new(), escape: true, at }
        };
        self.need_symbol("}")?;
        Ok(out)
    }

    fn special(&mut self, name: String) -> Result<Expr, SqlFailure> {
        self.advance();
        let mut precision = None;
        let timed = matches!(name.as_str(), "CURRENT_TIME" | "CURRENT_TIMESTAMP");
        if timed && self.symbol("(") {
            let Kind::Number(digits) = self.kind().clone() else {
                return Err(self.error(-80, "Integer expected"));
            };
            self.advance();
            self.need_symbol(")")?;
            precision = Some(digits.parse::<u8>().unwrap_or(9).min(9));
        }
        Ok(Expr::Special { name, precision })
    }

    fn call(&mut self, name: String) -> Result<Expr, SqlFailure> {
        let at = self.at;
        self.advance();
        self.arguments(name, at)
    }

    pub(super) fn arguments(&mut self, name: String, at: usize) -> Result<Expr, SqlFailure> {
        self.need_symbol("(")?;
        let mut args = Vec::new();
        if !self.is_symbol(")") {
            args.push(self.value()?);
            while self.symbol(",") {
                args.push(self.value()?);
            }
        }
        self.need_symbol(")")?;
        Ok(Expr::Call { name, args, escape: false, at })
    }

    fn collated(&mut self, collation: Collation) -> Result<Expr, SqlFailure> {
        self.advance();
        self.deeper()?;
        let inner = self.term()?;
        self.depth -= 1;
        Ok(Expr::Collate(collation, Box::new(inner)))
    }

    fn aggregate(&mut self, function: Aggregate) -> Result<Expr, SqlFailure> {
        let at = self.at;
        self.advance();
        self.need_symbol("(")?;
        let distinct = self.word("DISTINCT");
        if !distinct {
            self.word("ALL");
        }
        let arg = if function == Aggregate::Count && !distinct && self.symbol("*") {
            None
        } else {
            Some(Box::new(self.value()?))
        };
        self.need_symbol(")")?;
        Ok(Expr::Aggregate { function, distinct, arg, at })
    }

    fn cast(&mut self) -> Result<Expr, SqlFailure> {
        self.advance();
        self.need_symbol("(")?;
        let value = self.value()?;
        self.need_word("AS")?;
        let ty = self.type_name()?;
        self.need_symbol(")")?;
        Ok(Expr::Cast(Box::new(value), ty))
    }

    /// `CONVERT(type, value)` and, inside `{fn …}`, `CONVERT(value, SQL_type)` (iris-sql §2).
    fn convert(&mut self) -> Result<Expr, SqlFailure> {
        let escaped = self.at > 0
            && matches!(self.tokens.get(self.at - 1).map(|t| &t.kind),
                Some(Kind::Word(w)) if w.eq_ignore_ascii_case("fn"));
        self.advance();
        self.need_symbol("(")?;
        let (value, ty) = if escaped {
            let value = self.value()?;
            self.need_symbol(",")?;
            let mut ty = self.type_name()?;
            ty.name = ty.name.strip_prefix("SQL_").unwrap_or(&ty.name).to_owned();
            (value, ty)
        } else {
            let ty = self.type_name()?;
            self.need_symbol(",")?;
            (self.value()?, ty)
        };
        self.need_symbol(")")?;
        Ok(Expr::Cast(Box::new(value), ty))
    }

    /// `TRIM([LEADING|TRAILING|BOTH] [characters FROM] value)`.
    fn trim(&mut self) -> Result<Expr, SqlFailure> {
        let at = self.at;
        self.advance();
        self.need_symbol("(")?;
        let name = if self.word("LEADING") {
            "LTRIM"
        } else if self.word("TRAILING") {
            "RTRIM"
        } else {
            self.word("BOTH");
            "TRIM"
        };
        let args = if self.word("FROM") {
            vec![self.value()?]
        } else {
            let first = self.value()?;
            if self.word("FROM") { vec![self.value()?, first] } else { vec![first] }
        };
        self.need_symbol(")")?;
        Ok(Expr::Call { name: name.to_owned(), args, escape: false, at })
    }

    fn substring(&mut self) -> Result<Expr, SqlFailure> {
        let at = self.at;
        self.advance();
        self.need_symbol("(")?;
        let mut args = vec![self.value()?];
        if self.word("FROM") {
            args.push(self.value()?);
            if self.word("FOR") {
                args.push(self.value()?);
            }
        } else {
            while self.symbol(",") {
                args.push(self.value()?);
            }
        }
        self.need_symbol(")")?;
        Ok(Expr::Call { name: "SUBSTRING".to_owned(), args, escape: false, at })
    }

    fn position(&mut self) -> Result<Expr, SqlFailure> {
        let at = self.at;
        self.advance();
        self.need_symbol("(")?;
        let needle = self.value()?;
        self.need_word("IN")?;
        let args = vec![needle, self.value()?];
        self.need_symbol(")")?;
        Ok(Expr::Call { name: "CHARINDEX".to_owned(), args, escape: false, at })
    }

    /// A type's name with its arguments; names of two words come out with one space.
    pub(super) fn type_name(&mut self) -> Result<TypeName, SqlFailure> {
        let name = match self.kind() {
            Kind::Word(word) => word.to_ascii_uppercase(),
            Kind::Quoted(word) => word.to_ascii_uppercase(),
            _ => return Err(self.error(-86, "Invalid field definition, no datatype defined")),
        };
        self.advance();
        let mut name = name;
        for (first, second) in [
            ("DOUBLE", "PRECISION"),
            ("CHAR", "VARYING"),
            ("CHARACTER", "VARYING"),
            ("NATIONAL", "CHAR"),
            ("NATIONAL", "VARCHAR"),
            ("BINARY", "VARYING"),
            ("LONG", "VARCHAR"),
            ("LONG", "BINARY"),
            ("LONG", "RAW"),
        ] {
            if name == first && self.word(second) {
                name = format!("{first} {second}");
            }
        }
        let mut args = Vec::new();
        if self.symbol("(") {
            while let Kind::Number(word) | Kind::Text(word) | Kind::Word(word) = self.kind().clone()
            {
                self.advance();
                let mut arg = word.to_ascii_uppercase();
                if self.symbol("=") {
                    arg.push('=');
                    if let Kind::Number(n) = self.kind().clone() {
                        arg.push_str(&n);
                        self.advance();
                    }
                }
                args.push(arg);
                if !self.symbol(",") {
                    break;
                }
            }
            self.need_symbol(")")?;
        }
        Ok(TypeName { name, args })
    }
}
