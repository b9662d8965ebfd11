//! Tokens of IRIS SQL and its reserved words.

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sql) enum Kind {
    /// A simple identifier or keyword, as written.
    Word(String),
    /// A delimited identifier, unescaped.
    Quoted(String),
    /// A string literal, unescaped.
    Text(String),
    /// A numeric literal, as written.
    Number(String),
    /// `?`, with its number from 0.
    Param(usize),
    /// An operator or a mark.
    Symbol(&'static str),
    /// A character that begins no token of the language.
    Other(char),
    /// The end of the text.
    End,
}

/// A token; where it stands in the text is not needed, because messages echo whole tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sql) struct Token {
    /// Its kind.
    pub(in crate::sql) kind: Kind,
}

impl Token {
    /// How IRIS shows the token in a message: literals became parameters (iris-sql §1.7).
    pub(in crate::sql) fn shown(&self) -> String {
        match &self.kind {
            Kind::Word(word) => word.clone(),
            Kind::Quoted(word) => format!("\"{word}\""),
            Kind::Text(_) | Kind::Number(_) | Kind::Param(_) => "?".to_owned(),
            Kind::Symbol(mark) => (*mark).to_owned(),
            Kind::Other(c) => c.to_string(),
            Kind::End => "<end>".to_owned(),
        }
    }
}

/// Whether `word` may not be used as a bare identifier (iris-sql Appendix B).
pub(in crate::sql) fn is_reserved(word: &str) -> bool {
    let upper = word.to_ascii_uppercase();
    RESERVED.binary_search(&upper.as_str()).is_ok()
}

/// Appendix B: 70 words with `%` and 208 plain ones, sorted.
#[rustfmt::skip]
const RESERVED: [&str; 278] = [
    "%AFTERHAVING", "%ALLINDEX", "%ALPHAUP", "%ALTER", "%BEGTRANS", "%CHECKPRIV", "%CLASSNAME",
    "%CLASSPARAMETER", "%DBUGFULL", "%DELDATA", "%DESCRIPTION", "%EXACT", "%EXTERNAL", "%FILE",
    "%FIRSTTABLE", "%FLATTEN", "%FOREACH", "%FULL", "%ID", "%IDADDED", "%IGNOREINDEX",
    "%IGNOREINDICES", "%INLIST", "%INORDER", "%INTERNAL", "%INTEXT", "%INTRANS", "%INTRANSACTION",
    "%KEY", "%MATCHES", "%MCODE", "%MERGE", "%MINUS", "%MVR", "%NOCHECK", "%NODELDATA",
    "%NOFLATTEN", "%NOFPLAN", "%NOINDEX", "%NOLOCK", "%NOMERGE", "%NOPARALLEL", "%NOREDUCE",
    "%NORUNTIME", "%NOSVSO", "%NOTOPOPT", "%NOTRIGGER", "%NOUNIONOROPT", "%NUMROWS", "%ODBCIN",
    "%ODBCOUT", "%PARALLEL", "%PLUS", "%PROFILE", "%PROFILE_ALL", "%PUBLICROWID", "%ROUTINE",
    "%ROWCOUNT", "%RUNTIMEIN", "%RUNTIMEOUT", "%SQLSTRING", "%SQLUPPER", "%STARTSWITH",
    "%STARTTABLE", "%STRING", "%TABLENAME", "%TRUNCATE", "%UPPER", "%VALUE", "%VID", "ABSOLUTE",
    "ADD", "ALL", "ALLOCATE", "ALTER", "AND", "ANY", "ARE", "AS", "ASC", "ASSERTION", "AT",
    "AUTHORIZATION", "AVG", "BEGIN", "BETWEEN", "BIT", "BIT_LENGTH", "BOTH", "BY", "CASCADE",
    "CASE", "CAST", "CHAR", "CHARACTER", "CHARACTER_LENGTH", "CHAR_LENGTH", "CHECK", "CLOSE",
    "COALESCE", "COLLATE", "COMMIT", "CONNECT", "CONNECTION", "CONSTRAINT", "CONSTRAINTS",
    "CONTINUE", "CONVERT", "CORRESPONDING", "COUNT", "CREATE", "CROSS", "CURRENT", "CURRENT_DATE",
    "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURRENT_USER", "CURSOR", "DATE", "DEALLOCATE", "DEC",
    "DECIMAL", "DECLARE", "DEFAULT", "DEFERRABLE", "DEFERRED", "DELETE", "DESC", "DESCRIBE",
    "DESCRIPTOR", "DIAGNOSTICS", "DISCONNECT", "DISTINCT", "DOMAIN", "DOUBLE", "DROP", "ELSE",
    "END", "ENDEXEC", "ESCAPE", "EXCEPT", "EXCEPTION", "EXEC", "EXECUTE", "EXISTS", "EXTERNAL",
    "EXTRACT", "FALSE", "FETCH", "FIRST", "FLOAT", "FOR", "FOREIGN", "FOUND", "FROM", "FULL",
    "GET", "GLOBAL", "GO", "GOTO", "GRANT", "GROUP", "HAVING", "HOUR", "IDENTITY", "IMMEDIATE",
    "IN", "INDICATOR", "INITIALLY", "INNER", "INPUT", "INSENSITIVE", "INSERT", "INT", "INTEGER",
    "INTERSECT", "INTERVAL", "INTO", "IS", "ISOLATION", "JOIN", "LANGUAGE", "LAST", "LEADING",
    "LEFT", "LEVEL", "LIKE", "LOCAL", "LOWER", "MATCH", "MAX", "MIN", "MINUTE", "MODULE", "NAMES",
    "NATIONAL", "NATURAL", "NCHAR", "NEXT", "NO", "NOT", "NULL", "NULLIF", "NUMERIC",
    "OCTET_LENGTH", "OF", "ON", "ONLY", "OPEN", "OPTION", "OR", "OUTER", "OUTPUT", "OVERLAPS",
    "PAD", "PARTIAL", "PREPARE", "PRESERVE", "PRIMARY", "PRIOR", "PRIVILEGES", "PROCEDURE",
    "PUBLIC", "READ", "REAL", "REFERENCES", "RELATIVE", "RESTRICT", "REVOKE", "RIGHT", "ROLE",
    "ROLLBACK", "ROWS", "SCHEMA", "SCROLL", "SECOND", "SECTION", "SELECT", "SESSION_USER", "SET",
    "SHARD", "SMALLINT", "SOME", "SPACE", "SQLERROR", "SQLSTATE", "STATISTICS", "SUBSTRING",
    "SUM", "SYSDATE", "SYSTEM_USER", "TABLE", "TEMPORARY", "THEN", "TIME", "TIMEZONE_HOUR",
    "TIMEZONE_MINUTE", "TO", "TOP", "TRAILING", "TRANSACTION", "TRIM", "TRUE", "UNION", "UNIQUE",
    "UPDATE", "UPPER", "USER", "USING", "VALUES", "VARCHAR", "VARYING", "WHEN", "WHENEVER",
    "WHERE", "WITH", "WORK", "WRITE",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_words_are_sorted_and_known() {
        assert!(RESERVED.is_sorted());
        // iris-sql §1.1: these are not in the list.
        for free in ["NAME", "TYPE", "KEY", "ORDER", "LIMIT", "OFFSET", "INDEX", "VIEW", "id"] {
            assert!(!is_reserved(free), "{free}");
        }
        for taken in ["select", "User", "%ID", "TOP", "shard", "date"] {
            assert!(is_reserved(taken), "{taken}");
        }
    }
}
