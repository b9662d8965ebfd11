//! Function calls: the forms that are no plain list of arguments have their own syntax
//! (iris-sql §2, Appendix C).

use super::super::api::SqlFailure;
use super::super::ast::{
    Aggregate, AggregateCall, Bound, Collation, Conversion, EscapeKind, Expr, TypeName, WindowCall,
};
use super::super::sqlcode::text;
use super::super::token::{Kind, is_reserved};
use super::Parser;

/// Keyword functions and special variables, without parentheses (iris-sql §2).
const SPECIALS: [&str; 19] = [
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
];

/// Reserved words that are functions when a parenthesis follows (iris-sql Appendix B and C).
const RESERVED_FUNCTIONS: [&str; 17] = [
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
    "SUBSTRING",
    "TIME",
    "TRIM",
    "UPPER",
];

/// Functions of one argument that need no parentheses (iris-sql Appendix C).
const PREFIXES: [&str; 8] =
    ["%EXTERNAL", "%INTERNAL", "%MINUS", "%MVR", "%ODBCIN", "%ODBCOUT", "%PLUS", "%TRUNCATE"];

/// Escaped functions that need no parentheses (iris-sql Appendix C).
const ESCAPED_WORDS: [&str; 5] = ["CURDATE", "CURTIME", "NOW", "PI", "USER"];

/// Functions whose first argument is a date part or interval, bare or quoted (iris-sql §2).
const PART_FIRST: [&str; 7] =
    ["DATEADD", "DATEDIFF", "DATENAME", "DATEPART", "DATE_TRUNC", "TIMESTAMPADD", "TIMESTAMPDIFF"];

/// The aggregate that a word names (iris-sql Appendix C).
fn aggregate_named(upper: &str) -> Option<Aggregate> {
    let spread = |sample, root| Aggregate::Spread { sample, root };
    Some(match upper {
        "COUNT" => Aggregate::Count,
        "SUM" => Aggregate::Sum,
        "AVG" => Aggregate::Avg,
        "MIN" => Aggregate::Min,
        "MAX" => Aggregate::Max,
        "STDDEV" | "STDDEV_SAMP" => spread(true, true),
        "STDDEV_POP" => spread(false, true),
        "VARIANCE" | "VAR_SAMP" => spread(true, false),
        "VAR_POP" => spread(false, false),
        "LIST" => Aggregate::List,
        "%DLIST" => Aggregate::DList,
        "JSON_ARRAYAGG" => Aggregate::JsonArray,
        "XMLAGG" => Aggregate::Xml,
        "APPROX_COUNT_DISTINCT" => Aggregate::Approximate,
        _ => return None,
    })
}

impl Parser {
    /// A function, a special variable or an aggregate, if the word stands for one here.
    pub(super) fn function(&mut self, upper: &str) -> Result<Option<Expr>, SqlFailure> {
        let call = self.is_symbol_at(1, "(");
        if call && let Some(aggregate) = aggregate_named(upper) {
            return self.aggregate(aggregate, upper).map(Some);
        }
        match upper {
            "CAST" if call => self.cast(),
            "CONVERT" if call => self.convert(),
            "JSON_ARRAY" | "JSON_OBJECT" if call => self.json(upper),
            "XMLELEMENT" if call => self.xml_element(),
            "XMLFOREST" if call => self.xml_forest(),
            "TRIM" if call => self.trim(),
            "SUBSTRING" if call => self.substring(),
            "POSITION" if call => self.position(),
            // `UPPER expression` (iris-sql Appendix C).
            "UPPER" if !call => self.prefix(upper),
            "%EXACT" => self.collated(Collation::Exact),
            "%SQLUPPER" | "%UPPER" | "%ALPHAUP" => self.collated(Collation::SqlUpper),
            "%SQLSTRING" | "%STRING" => self.collated(Collation::SqlString),
            _ if PREFIXES.contains(&upper) && !call => self.prefix(upper),
            _ if PREFIXES.contains(&upper) => self.call(upper),
            _ if SPECIALS.contains(&upper) => self.special(upper.to_owned()),
            _ if call && (!is_reserved(upper) || RESERVED_FUNCTIONS.contains(&upper)) => {
                self.call(upper)
            }
            _ => return Ok(None),
        }
        .map(Some)
    }

    /// `{d '…'}`, `{t '…'}`, `{ts '…'}`, `{fn f(…)}` (iris-sql §2); anything else is −40.
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
        let upper = name.to_ascii_uppercase();
        let out = if ESCAPED_WORDS.contains(&upper.as_str()) && !self.is_symbol_at(1, "(") {
            self.advance();
            Expr::Call { name: upper, args: Vec::new(), escape: true, at }
        } else {
            let out = match upper.as_str() {
                "CONVERT" => self.escaped_convert()?,
                "SUBSTRING" => self.substring()?,
                _ => self.call(&upper)?,
            };
            match out {
                Expr::Call { name, args, at, .. } => Expr::Call { name, args, escape: true, at },
                other => other,
            }
        };
        self.need_symbol("}")?;
        Ok(out)
    }

    /// A keyword function; CURRENT_TIME and CURRENT_TIMESTAMP take a precision (iris-sql §2), which
    /// is a number, else −80 (Appendix A).
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

    /// `NAME expression`, which binds as tightly as a sign.
    fn prefix(&mut self, name: &str) -> Result<Expr, SqlFailure> {
        let at = self.at;
        self.advance();
        self.deeper()?;
        let args = vec![self.term()?];
        self.depth -= 1;
        Ok(Expr::Call { name: name.to_owned(), args, escape: false, at })
    }

    fn call(&mut self, name: &str) -> Result<Expr, SqlFailure> {
        let at = self.at;
        self.advance();
        self.arguments(name.to_owned(), at)
    }

    /// The arguments of a function, and OVER if it is a window function.
    pub(super) fn arguments(&mut self, name: String, at: usize) -> Result<Expr, SqlFailure> {
        self.need_symbol("(")?;
        let mut args = Vec::new();
        if !self.is_symbol(")") {
            args.push(self.first_argument(&name)?);
            while self.symbol(",") {
                args.push(self.value()?);
            }
        }
        self.need_symbol(")")?;
        if self.is_word("OVER") && self.is_symbol_at(1, "(") {
            return self.over(name, args);
        }
        Ok(Expr::Call { name, args, escape: false, at })
    }

    fn first_argument(&mut self, name: &str) -> Result<Expr, SqlFailure> {
        if PART_FIRST.contains(&name)
            && self.is_symbol_at(1, ",")
            && let Kind::Word(part) = self.kind().clone()
        {
            self.advance();
            return Ok(Expr::Text(part));
        }
        self.value()
    }

    /// `%EXACT value`, `%SQLUPPER(value[, length])` (iris-sql Appendix C).
    fn collated(&mut self, collation: Collation) -> Result<Expr, SqlFailure> {
        let at = self.at;
        self.advance();
        self.deeper()?;
        let inner = if self.is_symbol("(") && !self.opens_query(0) {
            self.advance();
            let value = self.value()?;
            let inner = if self.symbol(",") {
                let args = vec![value, self.value()?];
                Expr::Call { name: "%TRUNCATE".to_owned(), args, escape: false, at }
            } else {
                value
            };
            self.need_symbol(")")?;
            inner
        } else {
            self.term()?
        };
        self.depth -= 1;
        Ok(Expr::Collate(collation, Box::new(inner)))
    }

    /// `SUM([ALL | DISTINCT [BY (…)]] value [%FOREACH (…)] [%AFTERHAVING])`, or the windowed
    /// `SUM(value) OVER (…)` (iris-sql §1.2, Appendix C).
    fn aggregate(&mut self, function: Aggregate, name: &str) -> Result<Expr, SqlFailure> {
        self.advance();
        self.need_symbol("(")?;
        self.deeper()?;
        let distinct = self.word("DISTINCT");
        let by = if distinct && self.word("BY") { self.list(Self::value)? } else { Vec::new() };
        let plain = !distinct && !self.word("ALL");
        let arg = if function == Aggregate::Count && plain && self.symbol("*") {
            None
        } else {
            Some(self.value()?)
        };
        let for_each = if self.word("%FOREACH") { self.list(Self::value)? } else { Vec::new() };
        let after_having = self.word("%AFTERHAVING");
        self.depth -= 1;
        self.need_symbol(")")?;
        let windowed = plain && for_each.is_empty() && !after_having;
        if windowed && self.is_word("OVER") && self.is_symbol_at(1, "(") {
            return self.over(name.to_owned(), arg.into_iter().collect());
        }
        let call = AggregateCall { function, distinct, by, arg, for_each, after_having };
        Ok(Expr::Aggregate(Box::new(call)))
    }

    /// `OVER ([PARTITION BY …] [ORDER BY …] [ROWS …])`: no other frames, no names (iris-sql §1.2).
    fn over(&mut self, name: String, args: Vec<Expr>) -> Result<Expr, SqlFailure> {
        self.need_word("OVER")?;
        self.need_symbol("(")?;
        self.deeper()?;
        let mut partition = Vec::new();
        if self.words(&["PARTITION", "BY"]) {
            partition.push(self.value()?);
            while self.symbol(",") {
                partition.push(self.value()?);
            }
        }
        let order = if self.words(&["ORDER", "BY"]) { self.order_list()? } else { Vec::new() };
        let frame = if self.word("ROWS") {
            Some(if self.word("BETWEEN") {
                let first = self.frame_bound()?;
                self.need_word("AND")?;
                (first, self.frame_bound()?)
            } else {
                (self.frame_bound()?, Bound::CurrentRow)
            })
        } else {
            None
        };
        self.depth -= 1;
        self.need_symbol(")")?;
        Ok(Expr::Window(Box::new(WindowCall { name, args, partition, order, frame })))
    }

    fn frame_bound(&mut self) -> Result<Bound, SqlFailure> {
        if self.words(&["CURRENT", "ROW"]) {
            return Ok(Bound::CurrentRow);
        }
        let count = if self.word("UNBOUNDED") {
            None
        } else {
            match self.kind().clone() {
                Kind::Number(digits) => {
                    self.advance();
                    Some(Expr::Number(digits))
                }
                Kind::Param(n) => {
                    self.advance();
                    Some(Expr::Param(n))
                }
                _ => return Err(self.expected("UNBOUNDED, CURRENT ROW or a number")),
            }
        };
        let before = self.word("PRECEDING");
        if !before {
            self.need_word("FOLLOWING")?;
        }
        Ok(match (count, before) {
            (None, true) => Bound::UnboundedPreceding,
            (None, false) => Bound::UnboundedFollowing,
            (Some(count), true) => Bound::Preceding(count),
            (Some(count), false) => Bound::Following(count),
        })
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

    /// `CONVERT(type, value[, style])` (iris-sql §2).
    fn convert(&mut self) -> Result<Expr, SqlFailure> {
        self.advance();
        self.need_symbol("(")?;
        let ty = self.type_name()?;
        self.need_symbol(",")?;
        let value = self.value()?;
        let style = if self.symbol(",") { Some(self.value()?) } else { None };
        self.need_symbol(")")?;
        Ok(Expr::Convert(Box::new(Conversion { value, ty, style })))
    }

    /// `{fn CONVERT(value, SQL_type)}` (iris-sql §2); a type without `SQL_` is −376.
    fn escaped_convert(&mut self) -> Result<Expr, SqlFailure> {
        self.advance();
        self.need_symbol("(")?;
        let value = self.value()?;
        self.need_symbol(",")?;
        let mut ty = self.type_name()?;
        ty.name = match ty.name.strip_prefix("SQL_") {
            Some(name) => name.to_owned(),
            None => format!("?{}", ty.name),
        };
        self.need_symbol(")")?;
        Ok(Expr::Convert(Box::new(Conversion { value, ty, style: None })))
    }

    /// `TRIM([LEADING|TRAILING|BOTH] [characters FROM] value)`; FROM is left out after a keyword
    /// where no characters are named (iris-sql §1.8), and FROM alone is −75 (Appendix A).
    fn trim(&mut self) -> Result<Expr, SqlFailure> {
        let at = self.at;
        self.advance();
        self.need_symbol("(")?;
        let mut keyword = true;
        let name = if self.word("LEADING") {
            "TRIM LEADING"
        } else if self.word("TRAILING") {
            "TRIM TRAILING"
        } else {
            keyword = self.word("BOTH");
            "TRIM"
        };
        if !keyword && self.is_word("FROM") {
            return Err(self.error(-75, text(-75).unwrap_or_default()));
        }
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
        Ok(Expr::Call { name: "POSITION".to_owned(), args, escape: false, at })
    }

    /// A type's name with its arguments; names of two words come out with one space. The names are
    /// those of iris-sql §1.5; without one it is −86 (Appendix A).
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
