//! Casts, and the one type of several values.

use std::fmt::Write as _;

use irispg::sql::resolve::{self, Context, Method, Mismatch};
use irispg::types::PgType;

use super::functions::filled;
use super::judge::{Comparison, Dice, EVERY, Rows, ask, operand, quoted, results, target};

/// Types that can be asked for by name.
fn targets() -> impl Iterator<Item = PgType> + Clone {
    EVERY.iter().copied().filter(|ty| *ty != PgType::Unknown)
}

#[test]
#[ignore = "needs PostgreSQL: tests/resolve/run.sh"]
fn explicit_casts() {
    let pairs: Vec<(PgType, PgType)> =
        EVERY.iter().flat_map(|from| targets().map(|to| (*from, to))).collect();
    let written =
        |(from, to): &(PgType, PgType)| format!("CAST({} AS {})", operand(*from), target(*to));
    let asked: Vec<String> = pairs.iter().map(written).collect();
    let mut comparison = Comparison::default();
    let mut methods = Rows::default();
    for ((expression, (from, to)), theirs) in asked.iter().zip(&pairs).zip(results(&asked)) {
        let method = resolve::cast(*from, *to, Context::Explicit);
        comparison.see(expression, Some(method.map_or("42846", |_| to.name())), &theirs);
        let node = match method {
            // A constant is converted while the query is read.
            _ if [PgType::Unknown, PgType::Record].contains(from) => continue,
            None | Some(Method::Same) => continue,
            Some(Method::Relabel) => "RELABELTYPE".to_owned(),
            Some(Method::InOut) => "COERCEVIAIO".to_owned(),
            Some(Method::Elements) => "ARRAYCOERCEEXPR".to_owned(),
            Some(Method::Function(name)) => name.to_owned(),
        };
        methods.add(expression.clone(), node);
    }
    comparison.finish("explicit casts");
    methods.compare("explicit casts");
}

/// Functions of one argument, one for each type: what they take is converted without being asked.
const TAKERS: &str = "
DO $d$
DECLARE c record;
BEGIN
    FOR c IN SELECT attname, atttypid::regtype AS type FROM pg_attribute
        WHERE attrelid = 'probe'::regclass AND attnum > 0
    LOOP
        EXECUTE format('CREATE FUNCTION pg_temp.takes_%s(%s) RETURNS text LANGUAGE plpgsql AS '
            '$f$BEGIN END$f$', c.attname, c.type);
    END LOOP;
END $d$;
CREATE FUNCTION pg_temp.assigned(name text, expression text) RETURNS boolean LANGUAGE plpgsql AS $f$
BEGIN
    EXECUTE format('INSERT INTO probe (%s) SELECT %s FROM probe WHERE false', name, expression);
    RETURN true;
EXCEPTION WHEN datatype_mismatch THEN
    RETURN false;
END $f$;
";

#[test]
#[ignore = "needs PostgreSQL: tests/resolve/run.sh"]
fn casts_without_being_asked() {
    let mut sql = TAKERS.to_owned();
    let mut pairs = Vec::new();
    for from in EVERY.iter().copied() {
        for to in targets().filter(|ty| *ty != PgType::Record) {
            let (value, column) = (operand(from), operand(to));
            let call = quoted(&format!("pg_temp.takes_{column}({value})"));
            let value = quoted(&value);
            writeln!(
                sql,
                "SELECT (pg_temp.result({call}) = 'text') || ' ' || pg_temp.assigned('{column}', {value});"
            )
            .unwrap();
            pairs.push((from, to));
        }
    }
    let mut comparison = Comparison::default();
    let theirs = ask(&sql);
    assert_eq!(theirs.len(), pairs.len());
    for ((from, to), theirs) in pairs.into_iter().zip(theirs) {
        let can = |context| resolve::cast(from, to, context).is_some();
        let ours = format!("{} {}", can(Context::Implicit), can(Context::Assignment));
        comparison.see(&format!("{} to {}", from.name(), to.name()), Some(&ours), &theirs);
    }
    comparison.finish("implicit casts and assignments");
}

/// What the room says of the type of all, as `result` would.
fn matched(types: &[PgType]) -> &'static str {
    match resolve::match_types(types) {
        Ok(ty) => ty.name(),
        Err(Mismatch::Category { .. }) => "42804",
        Err(Mismatch::Conversion { .. }) => "42846",
    }
}

#[test]
#[ignore = "needs PostgreSQL: tests/resolve/run.sh"]
fn types_of_several_values() {
    let mut dice = Dice(7);
    let mut asked = Vec::new();
    for left in EVERY.iter().copied() {
        for right in EVERY.iter().copied() {
            for template in [
                "COALESCE($1, $2)",
                "CASE WHEN true THEN $2 ELSE $1 END",
                "(SELECT c FROM (SELECT $1 FROM probe UNION ALL SELECT $2 FROM probe) AS q (c))",
            ] {
                asked.push((filled(template, &[left, right]), vec![left, right]));
            }
        }
    }
    for _ in 0..4000 {
        let types = vec![dice.ty(), dice.ty(), dice.ty()];
        asked.push((filled("GREATEST($1, $2, $3)", &types), types));
    }
    // Of one category, so that something comes out.
    let families = ['N', 'D', 'S'].map(|category| {
        let own = |ty: &PgType| resolve::category(*ty) == category || *ty == PgType::Unknown;
        EVERY.iter().copied().filter(own).collect::<Vec<_>>()
    });
    for _ in 0..4000 {
        let family = &families[dice.below(families.len())];
        let types: Vec<PgType> = (0..4).map(|_| family[dice.below(family.len())]).collect();
        asked.push((filled("COALESCE($1, $2, $3, $4)", &types), types));
    }
    let expressions: Vec<String> = asked.iter().map(|(text, _)| text.clone()).collect();
    let mut comparison = Comparison::default();
    let theirs = results(&expressions);
    assert_eq!(theirs.len(), asked.len());
    for ((expression, types), theirs) in asked.iter().zip(&theirs) {
        comparison.see(expression, Some(matched(types)), theirs);
    }
    comparison.finish("types of several values");
}

#[test]
#[ignore = "needs PostgreSQL: tests/resolve/run.sh"]
fn categories_of_types() {
    let mut comparison = Comparison::default();
    for ty in EVERY.iter().copied() {
        let ours = format!("{} {}", resolve::category(ty), resolve::is_preferred(ty));
        let sql = format!(
            "SELECT typcategory::text || ' ' || typispreferred FROM pg_type WHERE oid = {};",
            ty.oid()
        );
        comparison.see(ty.name(), Some(&ours), &ask(&sql).join(""));
    }
    comparison.finish("categories of types");
}
