//! Translated statements and what IRIS said about them.
//!
//! A translation depends on the text, the declared parameter types, and, where it asked for them,
//! on the columns of tables. What a resolved statement is, the translator has said; of any other
//! IRIS is asked for columns and parameter types, which are kept beside it and renewed when the
//! namespace's generation has moved on.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use super::kept::Kept;
use crate::engine::{ColumnMeta, Metadata, ParameterMeta};
use crate::protocol::outbox::Field;
use crate::sql::{Action, Causes, Notice, Output, Place, Statement, TableName, Verb};
use crate::types::{PgType, iris, relation};

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
    /// What IRIS keeps of it.
    pub(crate) kept: Rc<Kept>,
    /// What the translator said of it, if it resolved everything.
    resolved: Option<Rc<Known>>,
    /// What IRIS said of it otherwise.
    known: RefCell<Option<Rc<Known>>>,
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

/// What is known of a statement before it runs.
#[derive(Debug)]
pub(crate) struct Known {
    /// Result columns; empty for a statement without rows.
    pub(crate) shape: Rc<Shape>,
    /// Types of the parameters, by number.
    pub(crate) parameters: Box<[PgType]>,
    /// The generation at which IRIS said it.
    generation: u64,
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
    pub(crate) fn new(statement: Statement, declared: &[Option<PgType>], kept: Rc<Kept>) -> Self {
        let mut translated = Self {
            action: statement.action,
            source: statement.source,
            notices: statement.notices,
            declared: declared.to_vec(),
            kept,
            resolved: None,
            known: RefCell::new(None),
        };
        translated.resolved = translated.resolve().map(Rc::new);
        translated
    }

    /// What the translator knows, where that is everything.
    fn resolve(&self) -> Option<Known> {
        let outputs = match &self.action {
            Action::Iris(iris) if iris.resolved => &iris.outputs[..],
            Action::Batch(batch) if batch.resolved => &[],
            Action::Plan(plan) => &plan.outputs,
            Action::Asked(asked) => &asked.outputs,
            _ => return None,
        };
        Some(Known {
            shape: Rc::new(Shape::of_outputs(outputs)?),
            parameters: (0..self.count())
                .map(|number| self.type_of(number))
                .collect::<Option<_>>()?,
            generation: 0,
        })
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

    /// What IRIS's errors mean in it, where it goes to IRIS in one call.
    pub(crate) fn causes(&self) -> Rc<Causes> {
        match &self.action {
            Action::Iris(iris) => Rc::clone(&iris.causes),
            _ => Rc::default(),
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
            Action::Plan(plan) => match &plan.creation {
                Some(creation) => Some(creation.create.verb),
                None => Some(plan.verb),
            },
            _ => self.sent().map(|sent| sent.verb),
        }
    }

    /// Whether it has parameters and columns to be described, as far as IRIS runs it.
    pub(crate) fn is_described(&self) -> bool {
        matches!(
            self.action,
            Action::Iris(_) | Action::Batch(_) | Action::Plan(_) | Action::Asked(_)
        )
    }

    /// What is known without asking IRIS, if it still holds.
    pub(crate) fn known(&self, generation: u64) -> Option<Rc<Known>> {
        if let Some(resolved) = &self.resolved {
            return Some(Rc::clone(resolved));
        }
        let known = self.known.borrow();
        known.as_ref().filter(|known| known.generation == generation).cloned()
    }

    /// Takes over what IRIS said.
    pub(crate) fn learn(&self, metadata: &Metadata, generation: u64) -> Rc<Known> {
        let outputs = self.sent().map(|sent| sent.outputs).unwrap_or_default();
        let known = Rc::new(Known {
            shape: Rc::new(Shape::new(&metadata.columns, outputs)),
            parameters: self.parameter_types(&metadata.parameters).into(),
            generation,
        });
        *self.known.borrow_mut() = Some(Rc::clone(&known));
        known
    }

    /// The parameters' types, when they are known without asking IRIS.
    pub(crate) fn types_without_iris(&self) -> Option<Vec<PgType>> {
        (0..self.count()).map(|number| self.type_of(number)).collect()
    }

    /// Number of parameters that Bind must bring.
    pub(crate) fn count(&self) -> usize {
        self.translated_types().len().max(self.declared.len())
    }

    /// What the translator knows of the parameters, by number.
    fn translated_types(&self) -> &[Option<PgType>] {
        match &self.action {
            Action::Plan(plan) => &plan.parameters,
            Action::Asked(asked) => &asked.parameters,
            _ => self.sent().map(|sent| sent.parameters).unwrap_or_default(),
        }
    }

    /// Declared type, else the translator's.
    fn type_of(&self, number: usize) -> Option<PgType> {
        let declared = self.declared.get(number).copied().flatten();
        let translated = || self.translated_types().get(number).copied().flatten();
        declared.or_else(translated)
    }

    /// As [`Self::type_of`], else what IRIS says of the place, else text, which is what PostgreSQL
    /// makes of an unknown parameter.
    fn parameter_types(&self, said: &[ParameterMeta]) -> Vec<PgType> {
        let places = self.sent().map(|sent| sent.places).unwrap_or_default();
        let from_iris = |number: usize| {
            let at = places
                .iter()
                .position(|place| matches!(place, Place::Parameter(n, _) if *n == number))?;
            let meta = said.get(at)?;
            let unknown = meta.column.is_empty() && meta.odbc_type == ODBC_VARCHAR;
            let ty = iris::column_type(meta.odbc_type, meta.precision, meta.scale, "").0;
            // PostgreSQL compares texts only, and gives no parameter the type `varchar` by itself.
            let ty = if ty == PgType::Varchar { PgType::Text } else { ty };
            (!unknown).then_some(ty)
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
            let output = output_at(outputs, index, columns.len());
            let (name, known) = match output {
                Some(Output::Column { name, ty, .. }) => (name.as_deref(), ty.is_some()),
                _ => (None, false),
            };
            let name = name.unwrap_or(&column.name);
            if let Some(output) = output.filter(|_| known) {
                shape.push_output(name, output);
                continue;
            }
            let (ty, typmod) = iris::column_type(
                column.odbc_type,
                column.precision,
                column.scale,
                &column.type_class,
            );
            shape.push(name, ty, typmod);
        }
        shape
    }

    /// The shape of outputs that all have a name and a type.
    pub(crate) fn of_outputs(outputs: &[Output]) -> Option<Self> {
        let mut shape = Self {
            fields: Vec::with_capacity(outputs.len()),
            types: Vec::with_capacity(outputs.len()),
        };
        for output in outputs {
            let Output::Column { name: Some(name), ty: Some(_), .. } = output else {
                return None;
            };
            shape.push_output(name, output);
        }
        Some(shape)
    }

    /// A column whose type the translator knows.
    fn push_output(&mut self, name: &str, output: &Output) {
        let Output::Column { ty: Some(ty), typmod, scale, origin, .. } = output else {
            return;
        };
        self.push(name, *ty, *typmod);
        if let (Some(scale), Some(last)) = (scale, self.types.last_mut()) {
            last.1 = iris::numeric_display(*scale);
        }
        if let (Some((table, number)), Some(field)) = (origin, self.fields.last_mut()) {
            field.table_oid = oid_of(table);
            field.attnum = i16::try_from(*number).unwrap_or(0);
        }
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

/// The OID of a table; one without a schema is in the default one.
fn oid_of(table: &TableName) -> u32 {
    relation::oid(table.schema.as_deref().unwrap_or("public"), &table.name)
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
