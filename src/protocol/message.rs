//! What a client can say after the startup packet.

use std::fmt;

use bytes::Bytes;

/// Text of a client: valid UTF-8 without a NUL.
pub type Text = String;

/// What Describe and Close speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A prepared statement (`S`).
    Statement,
    /// A portal (`P`).
    Portal,
}

/// A message of a client. Names are empty for the unnamed statement and the unnamed portal.
#[derive(Clone, PartialEq, Eq)]
pub enum Frontend {
    /// The password in clear text, without its terminator; never empty. Not checked for UTF-8.
    Password(Bytes),
    /// A query string of any number of statements.
    Query(Text),
    /// Prepare a statement.
    Parse {
        /// Name of the statement.
        name: Text,
        /// Its text.
        sql: Text,
        /// Types of `$1`, `$2` …; 0 leaves one open, and the list may be shorter than the
        /// parameters.
        types: Vec<u32>,
    },
    /// Make a portal of a statement and its parameters.
    Bind {
        /// Name of the portal.
        portal: Text,
        /// Name of the statement.
        statement: Text,
        /// Format codes of the parameters, not checked: none (text), one for all, or one for each.
        parameter_formats: Vec<i16>,
        /// Values: slices of the message itself, `None` is NULL. Whoever keeps one keeps the memory
        /// of everything that was read with it.
        parameters: Vec<Option<Bytes>>,
        /// Format codes of the results, as for the parameters.
        result_formats: Vec<i16>,
    },
    /// Say what a statement or a portal takes and gives.
    Describe {
        /// What it is.
        kind: Kind,
        /// Its name.
        name: Text,
    },
    /// Run a portal.
    Execute {
        /// Name of the portal.
        portal: Text,
        /// The most rows to send; all when it is 0 or negative.
        max_rows: i32,
    },
    /// Forget a statement or a portal.
    Close {
        /// What it is.
        kind: Kind,
        /// Its name.
        name: Text,
    },
    /// End of a pipeline: ReadyForQuery is due.
    Sync,
    /// Send what there is.
    Flush,
    /// The client goes.
    Terminate,
    /// Call a function by its number: refused with 0A000, therefore not decoded.
    FunctionCall,
    /// Data for COPY.
    CopyData(Bytes),
    /// End of the data for COPY.
    CopyDone,
    /// COPY is given up, for this reason. Empty outside of COPY, where PostgreSQL ignores the
    /// message without reading it.
    CopyFail(Text),
}

impl Frontend {
    /// The type byte of the message on the wire.
    pub const fn type_byte(&self) -> u8 {
        match self {
            Frontend::Password(_) => b'p',
            Frontend::Query(_) => b'Q',
            Frontend::Parse { .. } => b'P',
            Frontend::Bind { .. } => b'B',
            Frontend::Describe { .. } => b'D',
            Frontend::Execute { .. } => b'E',
            Frontend::Close { .. } => b'C',
            Frontend::Sync => b'S',
            Frontend::Flush => b'H',
            Frontend::Terminate => b'X',
            Frontend::FunctionCall => b'F',
            Frontend::CopyData(_) => b'd',
            Frontend::CopyDone => b'c',
            Frontend::CopyFail(_) => b'f',
        }
    }
}

/// Whether an error in a message of this type is answered at the next Sync only: the extended query
/// protocol, Flush included, as PostgreSQL counts it.
pub const fn is_extended(type_byte: u8) -> bool {
    matches!(type_byte, b'P' | b'B' | b'D' | b'E' | b'C' | b'H')
}

/// The format code that a list of them gives to the value at `index`: text when the list is empty,
/// its only element when it has one.
pub fn format_at(formats: &[i16], index: usize) -> Option<i16> {
    match formats {
        [] => Some(0),
        [all] => Some(*all),
        each => each.get(index).copied(),
    }
}

/// Shows the shape of the message and nothing of its contents: passwords, statements and parameters
/// must not reach a log by accident.
impl fmt::Debug for Frontend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Frontend::Password(_) => f.write_str("Password"),
            Frontend::Query(sql) => write!(f, "Query({} bytes)", sql.len()),
            Frontend::Parse { name, sql, types } => {
                write!(f, "Parse({name:?}, {} bytes, {} types)", sql.len(), types.len())
            }
            Frontend::Bind { portal, statement, parameters, .. } => {
                write!(f, "Bind({portal:?}, {statement:?}, {} parameters)", parameters.len())
            }
            Frontend::Describe { kind, name } => write!(f, "Describe({kind:?}, {name:?})"),
            Frontend::Execute { portal, max_rows } => write!(f, "Execute({portal:?}, {max_rows})"),
            Frontend::Close { kind, name } => write!(f, "Close({kind:?}, {name:?})"),
            Frontend::Sync => f.write_str("Sync"),
            Frontend::Flush => f.write_str("Flush"),
            Frontend::Terminate => f.write_str("Terminate"),
            Frontend::FunctionCall => f.write_str("FunctionCall"),
            Frontend::CopyData(data) => write!(f, "CopyData({} bytes)", data.len()),
            Frontend::CopyDone => f.write_str("CopyDone"),
            Frontend::CopyFail(_) => f.write_str("CopyFail"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Frontend, format_at};

    #[test]
    fn formats_are_none_one_or_each() {
        assert_eq!(format_at(&[], 7), Some(0));
        assert_eq!(format_at(&[1], 7), Some(1));
        assert_eq!(format_at(&[0, 1], 1), Some(1));
        assert_eq!(format_at(&[0, 1], 2), None);
    }

    #[test]
    fn debug_keeps_secrets() {
        let secret = bytes::Bytes::from_static(b"hunter2-7f3a");
        let bind = Frontend::Bind {
            portal: String::new(),
            statement: String::new(),
            parameter_formats: vec![],
            parameters: vec![Some(secret.clone())],
            result_formats: vec![],
        };
        for message in [
            Frontend::Password(secret.clone()),
            bind,
            Frontend::Query("hunter2-7f3a".into()),
            Frontend::CopyData(secret),
        ] {
            assert!(!format!("{message:?}").contains("hunter"), "{message:?}");
        }
    }
}
