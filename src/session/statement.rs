//! Translated statements and what IRIS said about them.
//!
//! A translation depends on the text, the declared parameter types, and, where it asked for them,
//! on the columns of tables; what IRIS knows of it (handle, columns, parameter types) is kept
//! beside it and is renewed when the namespace's generation has moved on.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;

use super::assignment::{Target, stored_places};
use crate::engine::{ColumnMeta, Metadata, ParameterMeta};
use crate::protocol::outbox::Field;
use crate::sql::{Action, Notice, Output, Place, Statement, Verb};
use crate::types::{PgType, iris};

/// ODBC's VARCHAR: what IRIS says of a parameter it knows nothing about (facts iris-sql §5.3).
const ODBC_VARCHAR: i64 = 12;

/// One statement of a client, translated.
#[derive(Debug)]
pub(crate) struct Translated {
    /// What the statement is to do.
    pub(crate) action: Action,
    /// Its bytes in the query string.
    pub(crate) source: Range<usize>,
    /// What PostgreSQL would have remarked.
    pub(crate) notices: Vec<Notice>,
    /// Types that Parse declared, by parameter number.
    declared: Vec<Option<PgType>>,
    /// Handle inside IRIS, 0 when none is kept.
    pub(crate) handle: Cell<i64>,
    /// Whether the statement has been run before.
    pub(crate) seen: Cell<bool>,
    known: RefCell<Option<Known>>,
}

/// The part of a statement that goes to IRIS in one call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent<'a> {
    /// IRIS SQL.
    pub(crate) text: &'a str,
    /// What kind of statement it is.
    pub(crate) verb: Verb,
    /// What the translator knows of the parameters, by number.
    parameters: &'a [Option<PgType>],
    outputs: &'a [Output],
    /// The places of one execution.
    places: &'a [Place],
}

/// What IRIS said about a statement.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    /// Result columns; empty for a statement without rows.
    pub(crate) shape: Rc<Shape>,
    /// Types of the parameters, by number.
    pub(crate) parameters: Rc<[PgType]>,
    /// The columns that the places stand for, one per `?`, where IRIS knows one.
    pub(crate) places: Rc<[Option<Target>]>,
    /// The generation at which it was said.
    pub(crate) generation: u64,
}

/// The columns of a result.
#[derive(Debug, PartialEq)]
pub(crate) struct Shape {
    /// For RowDescription, all in text format.
    pub(crate) fields: Vec<Field>,
    /// Types with modifiers, for the codecs.
    pub(crate) types: Vec<(PgType, i32)>,
}

impl Translated {
    pub(crate) fn new(statement: Statement, declared: &[Option<PgType>]) -> Self {
        Self {
            action: statement.action,
            source: statement.source,
            notices: statement.notices,
            declared: declared.to_vec(),
            handle: Cell::new(0),
            seen: Cell::new(false),
            known: RefCell::new(None),
        }
    }

    /// What goes to IRIS, for the actions that go there in one call.
    pub(crate) fn sent(&self) -> Option<Sent<'_>> {
        match &self.action {
            Action::Iris(iris) => Some(Sent {
                text: &iris.text,
                verb: iris.verb,
                parameters: &iris.parameters,
                outputs: &iris.outputs,
                places: &iris.places,
            }),
            Action::Batch(batch) => Some(Sent {
                text: &batch.text,
                verb: Verb::Insert,
                parameters: &batch.parameters,
                outputs: &[],
                places: batch.rows.first().map(Vec::as_slice).unwrap_or_default(),
            }),
            _ => None,
        }
    }

    /// The number of result columns of a query, unless a wildcard hides it.
    pub(crate) fn output_count(&self) -> Option<usize> {
        let sent = self.sent().filter(|sent| sent.verb == Verb::Select)?;
        let hidden = sent.outputs.iter().any(|output| matches!(output, Output::Wildcard));
        (!hidden && !sent.outputs.is_empty()).then_some(sent.outputs.len())
    }

    /// The kind of statement, for those that IRIS runs.
    pub(crate) fn verb(&self) -> Option<Verb> {
        match &self.action {
            Action::Several(all) => all.last().map(|one| one.verb),
            _ => self.sent().map(|sent| sent.verb),
        }
    }

    /// What IRIS said, if it still holds.
    pub(crate) fn known(&self, generation: u64) -> Option<Known> {
        let known = self.known.borrow();
        known.as_ref().filter(|known| known.generation == generation).cloned()
    }

    /// Whether IRIS has been asked at any time.
    pub(crate) fn was_known(&self) -> bool {
        self.known.borrow().is_some()
    }

    /// Takes over what IRIS said.
    pub(crate) fn learn(&self, metadata: &Metadata, generation: u64) -> Known {
        let outputs = self.sent().map(|sent| sent.outputs).unwrap_or_default();
        let places = self.targets(&metadata.parameters);
        let known = Known {
            shape: Rc::new(Shape::new(&metadata.columns, outputs)),
            parameters: self.parameter_types(&places).into(),
            places,
            generation,
        };
        *self.known.borrow_mut() = Some(known.clone());
        known
    }

    fn targets(&self, parameters: &[ParameterMeta]) -> Rc<[Option<Target>]> {
        let stored = match self.sent() {
            Some(Sent { verb: Verb::Insert | Verb::Update, text, .. }) => stored_places(text),
            _ => Vec::new(),
        };
        let target = |(index, meta): (usize, &ParameterMeta)| {
            if meta.column.is_empty() && meta.odbc_type == ODBC_VARCHAR {
                return None;
            }
            let (ty, typmod) = iris::column_type(meta.odbc_type, meta.precision, meta.scale, "");
            let stored = !meta.column.is_empty() && stored.get(index).copied().unwrap_or(false);
            Some(Target { ty, typmod, stored })
        };
        parameters.iter().enumerate().map(target).collect()
    }

    /// The parameters' types, when they are known without asking IRIS.
    pub(crate) fn types_without_iris(&self) -> Option<Vec<PgType>> {
        (0..self.count()).map(|number| self.type_of(number)).collect()
    }

    /// Number of parameters that Bind must bring.
    pub(crate) fn count(&self) -> usize {
        let used = self.sent().map_or(0, |sent| sent.parameters.len());
        used.max(self.declared.len())
    }

    /// Declared type, else the translator's.
    fn type_of(&self, number: usize) -> Option<PgType> {
        let declared = self.declared.get(number).copied().flatten();
        let translated = || self.sent()?.parameters.get(number).copied().flatten();
        declared.or_else(translated)
    }

    /// As [`Self::type_of`], else the one of the column that IRIS names, else text, which is what
    /// PostgreSQL makes of an unknown parameter.
    fn parameter_types(&self, places: &[Option<Target>]) -> Vec<PgType> {
        let sent = self.sent().map(|sent| sent.places).unwrap_or_default();
        let from_iris = |number: usize| {
            let mut at = sent.iter().zip(places);
            at.find_map(|(place, target)| match place {
                Place::Parameter(n, _) if *n == number => target.map(Target::parameter_type),
                _ => None,
            })
        };
        (0..self.count())
            .map(|number| {
                self.type_of(number).or_else(|| from_iris(number)).unwrap_or(PgType::Text)
            })
            .collect()
    }
}

impl Shape {
    fn new(columns: &[ColumnMeta], outputs: &[Output]) -> Self {
        let mut shape = Self {
            fields: Vec::with_capacity(columns.len()),
            types: Vec::with_capacity(columns.len()),
        };
        for (index, column) in columns.iter().enumerate() {
            let (name, known) = match output_at(outputs, index, columns.len()) {
                Some(Output::Column { name, ty, typmod, scale, .. }) => {
                    (name.as_deref(), ty.map(|ty| (ty, *typmod, *scale)))
                }
                _ => (None, None),
            };
            if let Some((ty, typmod, scale)) = known {
                shape.push(name.unwrap_or(&column.name), ty, typmod);
                if let (Some(scale), Some(last)) = (scale, shape.types.last_mut()) {
                    last.1 = iris::numeric_display(scale);
                }
                continue;
            }
            let (ty, typmod) = {
                iris::column_type(
                    column.odbc_type,
                    column.precision,
                    column.scale,
                    &column.type_class,
                )
            };
            shape.push(name.unwrap_or(&column.name), ty, typmod);
        }
        shape
    }

    fn push(&mut self, name: &str, ty: PgType, typmod: i32) {
        self.fields.push(Field {
            name: name.to_owned(),
            table_oid: 0,
            attnum: 0,
            type_oid: ty.oid(),
            type_len: ty.type_len(),
            typmod,
            format: 0,
        });
        self.types.push((ty, typmod));
    }

    /// A shape of text columns, for answers that the gateway makes itself.
    pub(crate) fn of_text(names: &[&str]) -> Self {
        let mut shape = Self { fields: Vec::new(), types: Vec::new() };
        for name in names {
            shape.push(name, PgType::Text, -1);
        }
        shape
    }

    /// Whether a client that was told `self` can read rows of `other`.
    pub(crate) fn reads(&self, other: &Self) -> bool {
        self.types.len() == other.types.len()
            && self.types.iter().zip(&other.types).all(|(mine, theirs)| mine.0 == theirs.0)
    }
}

/// The select item that column `index` of `total` comes from. A wildcard stands for as many
/// columns as the others leave; between two wildcards nothing can be told.
fn output_at(outputs: &[Output], index: usize, total: usize) -> Option<&Output> {
    let first = outputs.iter().position(|output| matches!(output, Output::Wildcard));
    let Some(first) = first else {
        return outputs.get(index).filter(|_| outputs.len() == total);
    };
    if index < first {
        return outputs.get(index);
    }
    let last = outputs.iter().rposition(|output| matches!(output, Output::Wildcard))?;
    let behind = outputs.len().saturating_sub(last).saturating_sub(1);
    let from_end = total.checked_sub(index)?;
    if from_end <= behind {
        return outputs.get(outputs.len().checked_sub(from_end)?);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str) -> Output {
        Output::Column {
            name: Some(name.to_owned()),
            ty: None,
            typmod: -1,
            scale: None,
            origin: None,
        }
    }

    fn name(output: Option<&Output>) -> &str {
        match output {
            Some(Output::Column { name: Some(name), .. }) => name,
            _ => "",
        }
    }

    #[test]
    fn a_wildcard_stands_for_what_the_others_leave() {
        let outputs = [column("a"), Output::Wildcard, column("z")];
        let names: Vec<&str> = (0..5).map(|index| name(output_at(&outputs, index, 5))).collect();
        assert_eq!(names, ["a", "", "", "", "z"]);
    }

    #[test]
    fn without_a_wildcard_the_counts_must_agree() {
        let outputs = [column("a"), column("b")];
        assert_eq!(name(output_at(&outputs, 1, 2)), "b");
        assert!(output_at(&outputs, 0, 3).is_none());
    }
}
