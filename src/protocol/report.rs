//! What the server tells a client: an error or a notice, with PostgreSQL's fields.

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};

/// How serious a report is. Up to [`Severity::Panic`] they are errors, the others notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The statement failed.
    Error,
    /// The connection ends.
    Fatal,
    /// All connections end.
    Panic,
    /// Worth the user's attention.
    Warning,
    /// Helpful.
    Notice,
    /// Asked for by the user.
    Info,
    /// Meant for the operator.
    Log,
    /// Meant for developers.
    Debug,
}

impl Severity {
    /// The word in the fields S and V.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "ERROR",
            Severity::Fatal => "FATAL",
            Severity::Panic => "PANIC",
            Severity::Warning => "WARNING",
            Severity::Notice => "NOTICE",
            Severity::Info => "INFO",
            Severity::Log => "LOG",
            Severity::Debug => "DEBUG",
        }
    }
}

/// An error or a notice. Fields and their meaning are those of PostgreSQL's page
/// "Error and Notice Message Fields"; texts follow its style (lower case, no full stop, the detail
/// and the hint are sentences).
///
/// The fields stand behind a pointer: reports are rare, and the results of functions that may give
/// one are not to grow by them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report(Box<Fields>);

impl Deref for Report {
    type Target = Fields;

    fn deref(&self) -> &Fields {
        &self.0
    }
}

impl DerefMut for Report {
    fn deref_mut(&mut self) -> &mut Fields {
        &mut self.0
    }
}

/// What a [`Report`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    /// How serious it is.
    pub severity: Severity,
    /// The five characters of the SQLSTATE.
    pub sqlstate: &'static str,
    /// The message, one line.
    pub message: Cow<'static, str>,
    /// More about the problem, in sentences.
    pub detail: Option<Cow<'static, str>>,
    /// What to do about it, in sentences.
    pub hint: Option<Cow<'static, str>>,
    /// Where it happened, such as the line of a COPY.
    pub context: Option<Cow<'static, str>>,
    /// Place in the client's statement: characters, the first is 1.
    pub position: Option<u32>,
    /// Schema that the error is about.
    pub schema: Option<String>,
    /// Table that the error is about.
    pub table: Option<String>,
    /// Column that the error is about.
    pub column: Option<String>,
    /// Data type that the error is about.
    pub datatype: Option<String>,
    /// Constraint that the error is about.
    pub constraint: Option<String>,
}

impl Report {
    /// A report with nothing but its severity, SQLSTATE and message.
    pub fn new(
        severity: Severity,
        sqlstate: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Report(Box::new(Fields {
            severity,
            sqlstate,
            message: message.into(),
            detail: None,
            hint: None,
            context: None,
            position: None,
            schema: None,
            table: None,
            column: None,
            datatype: None,
            constraint: None,
        }))
    }

    /// An ERROR.
    pub fn error(sqlstate: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Severity::Error, sqlstate, message)
    }

    /// A FATAL error: the connection is closed after it.
    pub fn fatal(sqlstate: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Severity::Fatal, sqlstate, message)
    }

    /// A WARNING.
    pub fn warning(sqlstate: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Severity::Warning, sqlstate, message)
    }

    /// A NOTICE.
    pub fn notice(sqlstate: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Severity::Notice, sqlstate, message)
    }

    /// Adds the detail.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds the hint.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the context.
    #[must_use]
    pub fn with_context(mut self, context: impl Into<Cow<'static, str>>) -> Self {
        self.context = Some(context.into());
        self
    }

    /// Adds the position: characters, the first is 1.
    #[must_use]
    pub fn at(mut self, position: u32) -> Self {
        self.position = Some(position);
        self
    }

    /// Adds the schema and the table.
    #[must_use]
    pub fn with_table(mut self, schema: impl Into<String>, table: impl Into<String>) -> Self {
        self.schema = Some(schema.into());
        self.table = Some(table.into());
        self
    }

    /// Adds the column.
    #[must_use]
    pub fn with_column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    /// Adds the data type.
    #[must_use]
    pub fn with_datatype(mut self, datatype: impl Into<String>) -> Self {
        self.datatype = Some(datatype.into());
        self
    }

    /// Adds the constraint.
    #[must_use]
    pub fn with_constraint(mut self, constraint: impl Into<String>) -> Self {
        self.constraint = Some(constraint.into());
        self
    }

    /// Makes it FATAL, whatever it was: an error that comes during the login ends the connection.
    #[must_use]
    pub fn into_fatal(mut self) -> Self {
        self.severity = Severity::Fatal;
        self
    }

    /// Whether it is an error; otherwise it is a notice.
    pub fn is_error(&self) -> bool {
        matches!(self.severity, Severity::Error | Severity::Fatal | Severity::Panic)
    }

    /// The fields in PostgreSQL's order, as (code, value).
    pub fn fields(&self) -> Vec<(u8, Cow<'_, str>)> {
        let severity = self.severity.as_str();
        let mut fields = vec![
            (b'S', Cow::Borrowed(severity)),
            (b'V', Cow::Borrowed(severity)),
            (b'C', Cow::Borrowed(self.sqlstate)),
            (b'M', Cow::Borrowed(self.message.as_ref())),
        ];
        let optional = [
            (b'D', self.detail.as_deref()),
            (b'H', self.hint.as_deref()),
            (b'W', self.context.as_deref()),
            (b's', self.schema.as_deref()),
            (b't', self.table.as_deref()),
            (b'c', self.column.as_deref()),
            (b'd', self.datatype.as_deref()),
            (b'n', self.constraint.as_deref()),
        ];
        for (code, value) in optional {
            fields.extend(value.map(|value| (code, Cow::Borrowed(value))));
        }
        fields.extend(self.position.map(|position| (b'P', Cow::Owned(position.to_string()))));
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::Report;

    #[test]
    fn fields_stand_in_postgresqls_order() {
        let report = Report::error("23505", "duplicate key value")
            .at(12)
            .with_table("public", "t")
            .with_constraint("t_pkey")
            .with_hint("Look.")
            .with_detail("Key (i)=(1) already exists.");
        let codes: Vec<char> = report.fields().iter().map(|(code, _)| char::from(*code)).collect();
        assert_eq!(codes, ['S', 'V', 'C', 'M', 'D', 'H', 's', 't', 'n', 'P']);
        assert!(report.fields().contains(&(b'P', "12".into())));
        assert!(report.is_error());
        assert_eq!(size_of::<Report>(), size_of::<usize>(), "it stands in many a Result");
        assert!(!Report::warning("25P01", "there is no transaction in progress").is_error());
    }
}
