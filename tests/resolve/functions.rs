//! Functions: which one a call means.

use std::fmt::Write as _;

use irispg::sql::resolve::{self, Call, Failure, Function, Kind, Resolved, Slot, functions_named};
use irispg::types::PgType;

use super::judge::{
    Comparison, Dice, EVERY, Rows, answers, array, ask, fewer, operand, quoted, results, said,
    slot_name, target,
};

/// How a function is called in a query, with its arguments.
fn written(row: &Function, arguments: &[String]) -> String {
    let name = format!("pg_catalog.\"{}\"", row.name);
    match row.kind {
        Kind::Window => format!("{name}({}) OVER ()", arguments.join(", ")),
        Kind::OrderedSet(direct) => within_group(&name, arguments, usize::from(direct)),
        Kind::Hypothetical => within_group(&name, arguments, arguments.len() / 2),
        Kind::Aggregate if arguments.is_empty() => format!("{name}(*)"),
        _ => format!("{name}({})", arguments.join(", ")),
    }
}

fn within_group(name: &str, arguments: &[String], direct: usize) -> String {
    let (direct, sorted) = arguments.split_at(direct);
    format!("{name}({}) WITHIN GROUP (ORDER BY {})", direct.join(", "), sorted.join(", "))
}

/// Which function it is, as the server writes it.
fn signature(row: &Function) -> String {
    let slots: Vec<String> = row.arguments.iter().copied().map(slot_name).collect();
    format!("{}({})", row.name, slots.join(", "))
}

/// Functions that can be called by name, and the names of types.
fn function_names() -> Vec<String> {
    let sql = "SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
        UNION SELECT typname FROM pg_type WHERE typtype = 'b' AND typname !~ '^_' ORDER BY 1;";
    let known = |name: &String| {
        !functions_named(name).is_empty() || resolve::function(name, &[PgType::Unknown]).is_ok()
    };
    ask(sql).into_iter().filter(known).collect()
}

/// Whether the function can be called with so many arguments.
fn takes(row: &Function, count: usize) -> bool {
    let most = row.arguments.len();
    let least = most - usize::from(row.defaults);
    (least..=most).contains(&count) || (row.variadic && count >= most)
}

/// How functions of this name are called with so many arguments; `None` where that says nothing
/// of the choice: with `WITHIN GROUP` and a row that need not exist, PostgreSQL makes the types of
/// both sides agree after it.
fn template(name: &str, count: usize) -> Option<String> {
    let places: Vec<String> = (1..=count).map(|place| format!("${place}")).collect();
    match functions_named(name).iter().find(|row| takes(row, count)) {
        Some(row) if row.kind == Kind::Hypothetical => None,
        Some(row) => Some(written(row, &places)),
        None => (count == 1).then(|| format!("pg_catalog.\"{name}\"($1)")),
    }
}

pub(crate) fn filled(template: &str, types: &[PgType]) -> String {
    types.iter().enumerate().fold(template.to_owned(), |text, (place, ty)| {
        let value = if place == 0 { first_operand(template, *ty) } else { operand(*ty) };
        text.replace(&format!("${}", place + 1), &value)
    })
}

/// A direct argument beside `WITHIN GROUP` must be no column.
fn first_operand(template: &str, ty: PgType) -> String {
    if template.contains("($1) WITHIN") && ty != PgType::Unknown {
        return format!("NULL::{}", target(ty));
    }
    operand(ty)
}

/// `mode` and others sort their argument: where the type has no order, PostgreSQL says 42883.
fn is_unsortable(found: &Result<Resolved<Function>, Failure>) -> bool {
    let Ok(found) = found else { return false };
    let unordered = |ty: &PgType| [PgType::Json, PgType::JsonArray].contains(ty);
    matches!(found.row.kind, Kind::OrderedSet(_)) && found.arguments.iter().any(unordered)
}

struct Calls {
    comparison: Comparison,
    rows: Rows,
}

impl Calls {
    fn see(&mut self, name: &str, types: &[PgType], expression: String, theirs: &str) {
        let ours = resolve::function(name, types);
        if is_unsortable(&ours) {
            return;
        }
        self.comparison.see(&expression, said(&ours).as_deref(), theirs);
        match ours {
            Ok(found) if found.row.kind != Kind::Cast => {
                self.rows.add(expression, signature(found.row));
            }
            _ => {}
        }
    }
}

#[test]
#[ignore = "needs PostgreSQL: tests/resolve/run.sh"]
fn functions() {
    let names = function_names();
    let all = fewer();
    let (each, none) = (array(&all, operand), "ARRAY['-']".to_owned());
    let mut sql = String::new();
    for name in &names {
        for (count, right) in [(1, &none), (2, &each)] {
            let Some(template) = template(name, count) else { continue };
            let first = array(&all, |ty| first_operand(&template, ty));
            let (name, template) = (quoted(&format!("{name}/{count}")), quoted(&template));
            writeln!(sql, "SELECT pg_temp.calls({name}, {template}, {first}, {right});").unwrap();
        }
    }
    let theirs = answers(ask(&sql));
    let mut calls = Calls { comparison: Comparison::default(), rows: Rows::default() };
    let answer = |name: &str, count: usize, left: &str, right: &str| {
        let asked = format!("{name}/{count}\t{left}\t{right}");
        theirs.get(&asked).map_or("42883", String::as_str).to_owned()
    };
    for name in &names {
        let (one, two) = (template(name, 1), template(name, 2));
        for left in all.iter().copied() {
            if let Some(template) = &one {
                let theirs = answer(name, 1, &operand(left), "-");
                calls.see(name, &[left], filled(template, &[left]), &theirs);
            }
            for right in all.iter().copied() {
                if let Some(template) = &two {
                    let theirs = answer(name, 2, &first_operand(template, left), &operand(right));
                    calls.see(name, &[left, right], filled(template, &[left, right]), &theirs);
                }
            }
        }
    }
    calls.comparison.finish("functions of one or two arguments");
    calls.rows.compare("functions of one or two arguments");
}

/// Calls with none, three or more arguments: those that some row takes, with a type exchanged here
/// and there.
#[test]
#[ignore = "needs PostgreSQL: tests/resolve/run.sh"]
fn functions_of_many_arguments() {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut asked = Vec::new();
    for name in function_names() {
        for row in functions_named(&name) {
            for count in [0, 3, 4, 5, 6, 7] {
                let Some(template) = template(&name, count).filter(|_| takes(row, count)) else {
                    continue;
                };
                for _ in 0..if count == 0 { 1 } else { 12 } {
                    let slots =
                        row.arguments.iter().chain(row.arguments.last().into_iter().cycle());
                    let types: Vec<PgType> = slots
                        .take(count)
                        .map(|slot| match slot {
                            Slot::Is(ty) if dice.below(4) > 0 => *ty,
                            _ if dice.below(3) == 0 => PgType::Unknown,
                            _ => dice.ty(),
                        })
                        .collect();
                    asked.push((name.clone(), filled(&template, &types), types));
                }
            }
        }
    }
    let expressions: Vec<String> = asked.iter().map(|(_, text, _)| text.clone()).collect();
    let theirs = results(&expressions);
    assert_eq!(theirs.len(), asked.len());
    let mut calls = Calls { comparison: Comparison::default(), rows: Rows::default() };
    for ((name, expression, types), theirs) in asked.into_iter().zip(&theirs) {
        calls.see(&name, &types, expression, theirs);
    }
    calls.comparison.finish("functions of many arguments");
    calls.rows.compare("functions of many arguments");
}

/// Arguments with names, in any order; some are left out, some names are wrong, and sometimes one
/// is given twice.
#[test]
#[ignore = "needs PostgreSQL: tests/resolve/run.sh"]
fn calls_with_names() {
    let mut dice = Dice(11);
    let mut asked = Vec::new();
    for name in function_names() {
        for row in functions_named(&name).iter().filter(|row| !row.names.is_empty()) {
            for _ in 0..8 {
                let first = dice.below(row.arguments.len());
                let mut order: Vec<usize> = (first..row.arguments.len()).collect();
                order.sort_by_key(|_| dice.below(1000));
                order.truncate(order.len() - dice.below(2).min(order.len() - 1));
                let shift = if first > 0 && dice.below(4) == 0 { 1 } else { 0 };
                let mut ty = |place: usize| match row.arguments[place] {
                    Slot::Is(ty) if dice.below(4) > 0 => ty,
                    _ if dice.below(2) == 0 => PgType::Unknown,
                    _ => dice.ty(),
                };
                let positional: Vec<PgType> = (0..first).map(&mut ty).collect();
                let named: Vec<(&str, PgType)> =
                    order.iter().map(|place| (row.names[place - shift], ty(*place))).collect();
                asked.push((name.clone(), positional, named));
            }
        }
    }
    let written = |(name, positional, named): &(String, Vec<PgType>, Vec<(&str, PgType)>)| {
        let first = positional.iter().map(|ty| operand(*ty));
        let rest = named.iter().map(|(name, ty)| format!("\"{name}\" => {}", operand(*ty)));
        format!("pg_catalog.\"{name}\"({})", first.chain(rest).collect::<Vec<_>>().join(", "))
    };
    let expressions: Vec<String> = asked.iter().map(written).collect();
    let theirs = results(&expressions);
    assert_eq!(theirs.len(), asked.len());
    let mut comparison = Comparison::default();
    for (((name, positional, named), expression), theirs) in
        asked.iter().zip(&expressions).zip(&theirs)
    {
        let call = Call { name, positional, named, variadic: false };
        comparison.see(expression, said(&resolve::call(&call)).as_deref(), theirs);
    }
    comparison.finish("calls with names");
}

/// Arrays in the place of variadic arguments.
#[test]
#[ignore = "needs PostgreSQL: tests/resolve/run.sh"]
fn variadic_arrays() {
    let mut asked = Vec::new();
    for name in function_names() {
        for row in functions_named(&name) {
            let (Kind::Scalar, true) = (row.kind, row.variadic) else { continue };
            for last in EVERY.iter().copied() {
                let mut types: Vec<PgType> =
                    row.arguments.iter().map(|_| PgType::Unknown).collect();
                *types.last_mut().unwrap() = last;
                asked.push((name.clone(), types));
            }
        }
    }
    let written = |(name, types): &(String, Vec<PgType>)| {
        let mut items: Vec<String> = types.iter().map(|ty| operand(*ty)).collect();
        items.last_mut().unwrap().insert_str(0, "VARIADIC ");
        format!("pg_catalog.\"{name}\"({})", items.join(", "))
    };
    let expressions: Vec<String> = asked.iter().map(written).collect();
    let theirs = results(&expressions);
    assert_eq!(theirs.len(), asked.len());
    let mut comparison = Comparison::default();
    for (((name, positional), expression), theirs) in asked.iter().zip(&expressions).zip(&theirs) {
        let call = Call { name, positional, named: &[], variadic: true };
        comparison.see(expression, said(&resolve::call(&call)).as_deref(), theirs);
    }
    comparison.finish("variadic arrays");
}
