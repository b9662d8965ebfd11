//! The metadata of a statement (contract §3).

use super::answer::put_string;
use crate::list::{put_bytes, put_integer};
use crate::sql::{ColumnMeta, ParameterMeta};

/// Writes the list of two lists: columns, then parameters.
pub(super) fn write(columns: &[ColumnMeta], parameters: &[ParameterMeta], out: &mut Vec<u8>) {
    let (mut list, mut item) = (Vec::new(), Vec::new());
    for column in columns {
        item.clear();
        put_column(&mut item, column);
        put_bytes(&mut list, &item);
    }
    out.clear();
    put_bytes(out, &list);
    list.clear();
    for parameter in parameters {
        item.clear();
        put_parameter(&mut item, parameter);
        put_bytes(&mut list, &item);
    }
    put_bytes(out, &list);
}

fn put_column(out: &mut Vec<u8>, column: &ColumnMeta) {
    put_string(out, &column.name);
    for number in [column.odbc, column.precision, column.scale, column.nullable] {
        put_integer(out, number);
    }
    for text in [&column.label, &column.schema, &column.table, &column.type_class] {
        put_string(out, text);
    }
    put_integer(out, column.flags);
}

fn put_parameter(out: &mut Vec<u8>, parameter: &ParameterMeta) {
    for number in [parameter.odbc, parameter.precision, parameter.scale, parameter.nullable] {
        put_integer(out, number);
    }
    put_string(out, &parameter.column);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_without_columns_and_parameters_is_two_empty_lists() {
        let mut out = vec![9];
        write(&[], &[], &mut out);
        assert_eq!(out, [2, 1, 2, 1]);
    }
}
