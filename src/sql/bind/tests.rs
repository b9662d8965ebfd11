//! What the binder says of expressions besides their types and errors, which `record` has.

use crate::sql::statement::{Dialect, Options, Version};
use crate::sql::{Schema, SqlError, bound, lexer, split, translate};

const TABLES: &str = "
    create table t (id integer primary key, i integer, n numeric(8,2) not null, m numeric(8,3),
        v varchar(10), x text not null, b boolean, f float8, d date, ts timestamp);
    create table k (a integer, b integer, c text, primary key (a, b));";

fn bind(text: &str, schema: &Schema) -> Result<bound::Statement, SqlError> {
    let options = Options {
        version: Version { major: 2025, minor: 1 },
        dialect: Dialect::Postgres,
        utc: true,
        declared: &[],
        columns: Some(schema),
    };
    let tokens = split::statements(lexer::lex(text)?.tokens).remove(0);
    let tree = translate::read(text, &tokens, &options)?;
    super::statement(&tree, &tokens, &options)
}

/// The only result column of `SELECT … FROM t`.
fn item(written: &str) -> bound::Expr {
    let schema = Schema::read(TABLES).unwrap();
    let text = format!("select {written} from t");
    let statement = bind(&text, &schema).unwrap_or_else(|error| panic!("{text}: {error}"));
    let bound::Kind::Query(query) = statement.kind else { panic!("{text} is no query") };
    let bound::Body::Select(mut select) = query.body else { panic!("{text} is no SELECT") };
    select.items.remove(0).expr
}

#[test]
fn digits_after_the_point_are_known_where_all_values_have_them() {
    for (written, scale) in [
        ("n", Some(2)),
        ("n + m", Some(3)),
        ("n * m", Some(5)),
        ("n / 2", None),
        ("n % m", Some(3)),
        ("-n", Some(2)),
        ("n + i", Some(2)),
        ("1.50", Some(2)),
        ("-1.50", Some(2)),
        ("'1.50'::numeric", Some(2)),
        ("n::numeric(9,4)", Some(4)),
        ("n::numeric", Some(2)),
        ("i::numeric", Some(0)),
        ("f::numeric", None),
        ("round(m, 1)", Some(1)),
        ("round(m)", Some(0)),
        ("round(m, i)", None),
        ("ceil(n)", Some(0)),
        ("abs(n)", Some(2)),
        ("coalesce(n, 0)", None),
        ("coalesce(n, 0.00)", Some(2)),
        ("coalesce(n, null)", Some(2)),
        ("case when b then n else m end", None),
        ("case when b then n end", Some(2)),
        ("greatest(n, 1.25)", Some(2)),
        ("nullif(m, 0)", Some(3)),
        ("sum(n)", Some(2)),
        ("sum(i::bigint)", Some(0)),
        ("avg(n)", None),
        ("max(m)", Some(3)),
        ("lag(n, 1, 0.5) over ()", None),
        ("lag(n) over ()", Some(2)),
        ("extract(year from d)", Some(0)),
        ("extract(second from ts)", Some(6)),
        ("(select max(n) from t)", Some(2)),
        ("sqrt(n)", None),
    ] {
        assert_eq!(item(written).scale, scale, "{written}");
    }
}

#[test]
fn what_cannot_be_null_is_known() {
    for (written, nullable) in [
        ("id", false),
        ("i", true),
        ("n + 1", false),
        ("n + i", true),
        ("null", true),
        ("'x'", false),
        ("$1::int", true),
        ("x || 'y'", false),
        ("v || 'y'", true),
        ("x = 'y'", false),
        ("i is null", false),
        ("b is true", false),
        ("i is distinct from 1", false),
        ("b and true", true),
        ("not (id = 1)", false),
        ("id = 1 or n = 2", false),
        ("coalesce(i, 0)", false),
        ("coalesce(i, i)", true),
        ("case when b then 1 else 2 end", false),
        ("case when b then 1 end", true),
        ("greatest(i, 1)", false),
        ("nullif(id, 1)", true),
        ("lower(x)", false),
        ("lower(v)", true),
        ("concat(v)", false),
        ("left(x, 2)", true),
        ("count(i)", false),
        ("sum(id)", true),
        ("row_number() over ()", false),
        ("exists (select 1)", false),
        ("(select count(*) from t)", false),
        ("(select id from t where id = 1)", true),
        ("id in (1, 2)", false),
        ("id in (1, null)", true),
        ("id between 1 and 2", false),
        ("x like 'a%'", false),
        ("(id, n) = (1, 2)", false),
        ("current_date", false),
        ("id::text", false),
        ("'{\"a\": 1}'::jsonb -> 'b'", true),
    ] {
        assert_eq!(item(written).nullable, nullable, "{written}");
    }
}

#[test]
fn queries_that_cannot_give_two_rows_are_known() {
    for (query, known) in [
        ("select 1", true),
        ("select max(id) from t", true),
        ("select count(*) from t having count(*) > 1", true),
        ("select id from t", false),
        ("select id from t limit 1", true),
        ("select id from t order by id fetch first 1 rows with ties", false),
        ("select id from t limit 2", false),
        ("select id from t fetch first row only", true),
        ("values (1)", true),
        ("values (1), (2)", false),
        ("select v from t u where u.id = t.id", true),
        ("select v from t u where t.id = u.id and b", true),
        ("select v from t u where u.id = $1", true),
        ("select v from t u where u.id = 5 or u.id = 6", false),
        ("select v from t u where u.id > 5", false),
        ("select v from t u where u.id = u.i", false),
        ("select v from t u where u.i = 5", false),
        ("select v from t u where u.id = (select max(id) from t)", true),
        ("select v from t u where u.id = random()", false),
        ("select c from k where a = 1 and b = t.id", true),
        ("select c from k where a = 1", false),
        ("select v from t u, k where u.id = 1", false),
        ("select max(c) from k where a = t.id group by a", true),
        ("select max(c) from k where a = t.id group by a, b", false),
        ("select max(c) from k group by a", false),
        ("select 1 union select 2", false),
    ] {
        let expr = item(&format!("({query})"));
        let bound::Node::Subquery(found) = expr.node else { panic!("{query} is no subquery") };
        let single = bound::SubqueryKind::Scalar { single: known };
        assert_eq!(found.kind, single, "{query}");
    }
}

#[test]
fn what_names_a_query_around_it_is_known() {
    for (written, correlated) in [
        ("(select max(id) from t u)", false),
        ("(select max(u.id) from t u where u.id = t.i)", true),
        ("exists (select 1 from (select id from t u where u.id = 1) q)", false),
        ("exists (select 1 from k where exists (select 1 from t u where u.id = k.a))", false),
        ("exists (select 1 from k where exists (select 1 from t u where u.id = t.i))", true),
        ("exists (select t.id)", true),
    ] {
        let bound::Node::Subquery(found) = item(written).node else { panic!("{written}") };
        assert_eq!(found.correlated, correlated, "{written}");
    }
}

#[test]
fn conversions_stand_where_postgresql_makes_them() {
    use bound::Node;
    let Node::Operation(sum) = item("i + n").node else { panic!() };
    assert!(matches!(&sum.operands[0].node, Node::Cast(cast) if !cast.explicit));
    assert!(matches!(sum.operands[1].node, Node::Column(_)));
    let Node::Cast(cut) = item("'abcdef'::varchar(3)").node else { panic!() };
    assert!(cut.explicit && cut.expr.typmod == -1);
    let Node::In(list) = item("i in (1, 2.5)").node else { panic!() };
    let types = list.equals.iter().map(|one| one.operands[1].ty);
    assert!(types.eq([crate::types::PgType::Numeric; 2]));
    let Node::NullIf { result, .. } = item("nullif(i, 1.5)").node else { panic!() };
    assert_eq!(result.ty, crate::types::PgType::Numeric);
    let Node::And(all) = item("(id, n) is null").node else { panic!() };
    assert_eq!(all.len(), 2);
    let Node::Or(all) = item("b or b or b").node else { panic!() };
    assert_eq!(all.len(), 3);
}

#[test]
fn long_chains_are_bound_without_depth() {
    let chain = vec!["1"; 4_000].join(" + ");
    // The stack of a process's first thread, on which sessions run.
    let worker = std::thread::Builder::new().stack_size(8 << 20);
    let found = worker.spawn(move || item(&chain).ty);
    assert_eq!(found.unwrap().join().unwrap(), crate::types::PgType::Int4);
}
