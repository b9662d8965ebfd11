//! The tables against PostgreSQL's rows.

use super::*;
use crate::sql::resolve;

#[test]
fn lines_are_sorted() {
    for lines in [function::LINES, operator::LINES] {
        for pair in lines.windows(2) {
            assert!(pair[0].name <= pair[1].name, "{} {}", pair[0].name, pair[1].name);
        }
    }
}

#[test]
fn every_line_names_rows_that_postgresql_has() {
    for line in function::LINES {
        let rows = resolve::functions_named(line.name);
        assert!(!rows.is_empty(), "{}", line.name);
        for signature in line.signatures {
            let found = rows.iter().any(|row| row.arguments == *signature);
            assert!(found, "{}{signature:?}", line.name);
        }
    }
    for line in operator::LINES {
        let rows = resolve::operators_named(line.name);
        for signature in line.signatures {
            let found = rows.iter().find(|row| match signature {
                [right] => row.left.is_none() && row.right == *right,
                [left, right] => row.left == Some(*left) && row.right == *right,
                _ => false,
            });
            let found = found.unwrap_or_else(|| panic!("{}{signature:?}", line.name));
            assert_eq!(super::operator(found).map(|line| line.form), Some(line.form));
        }
    }
}

#[test]
fn every_row_has_one_line() {
    for lines in [function::LINES, operator::LINES] {
        for (index, line) in lines.iter().enumerate() {
            for signature in line.signatures {
                let others = lines.iter().enumerate().filter(|(other, own)| {
                    *other != index && own.name == line.name && own.signatures.contains(signature)
                });
                assert_eq!(others.count(), 0, "{}{signature:?}", line.name);
            }
        }
    }
}
