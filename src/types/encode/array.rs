//! Arrays, which IRIS keeps as a list of their elements. Source: `array_out`, `array_send`.

use bytes::{BufMut, BytesMut};

use super::super::decode::is_space;
use super::super::error::ValueError;
use super::super::list::{Item, Reader};
use super::super::pg::{Format, PgType};
use super::{Codec, unfit, value};

/// Writes an array; a list of one hole is the empty one.
pub(super) fn array(
    out: &mut BytesMut,
    codec: &Codec,
    element: PgType,
    item: Item<'_>,
) -> Result<(), ValueError> {
    let Item::Bytes(list) = item else { return Err(unfit(codec.ty, item)) };
    let codec = Codec { ty: element, ..*codec };
    let list: &[u8] = if list == [1] { &[] } else { list };
    let start = out.len();
    out.put_i32(0);
    match codec.format {
        Format::Text => text(out, &codec, list)?,
        Format::Binary => binary(out, &codec, list)?,
    }
    let length = out.len().saturating_sub(start).saturating_sub(4);
    let prefix = i32::try_from(length).map_err(|_| ValueError::TooLong { length })?;
    patch(out, start, prefix);
    Ok(())
}

fn patch(out: &mut BytesMut, start: usize, number: i32) {
    if let Some(place) = out.get_mut(start..start.saturating_add(4)) {
        place.copy_from_slice(&number.to_be_bytes());
    }
}

fn binary(out: &mut BytesMut, codec: &Codec, list: &[u8]) -> Result<(), ValueError> {
    let start = out.len();
    out.put_i32(i32::from(!list.is_empty()));
    out.put_i32(0);
    out.put_u32(codec.ty.oid());
    if list.is_empty() {
        return Ok(());
    }
    out.put_i32(0);
    out.put_i32(1);
    let (mut count, mut nulls) = (0_i32, 0);
    for item in Reader::new(list) {
        let item = item?;
        count = count.saturating_add(1);
        nulls |= i32::from(item.is_null());
        value(out, codec, item)?;
    }
    patch(out, start.saturating_add(4), nulls);
    patch(out, start.saturating_add(12), count);
    Ok(())
}

fn text(out: &mut BytesMut, codec: &Codec, list: &[u8]) -> Result<(), ValueError> {
    out.put_u8(b'{');
    for (index, item) in Reader::new(list).enumerate() {
        let item = item?;
        if index > 0 {
            out.put_u8(b',');
        }
        if item.is_null() {
            out.put_slice(b"NULL");
            continue;
        }
        let start = out.len();
        value(out, codec, item)?;
        quote(out, start);
    }
    out.put_u8(b'}');
    Ok(())
}

/// Turns the length and text from `start` on into an element, in its place.
fn quote(out: &mut BytesMut, start: usize) {
    let body = start.saturating_add(4);
    let text = out.get(body..).unwrap_or_default();
    let length = text.len();
    let escapes = text.iter().filter(|byte| matches!(byte, b'"' | b'\\')).count();
    let plain = escapes == 0
        && !text.is_empty()
        && !text.eq_ignore_ascii_case(b"NULL")
        && !text.iter().any(|byte| matches!(byte, b'{' | b'}' | b',') || is_space(*byte));
    if plain {
        out.copy_within(body.., start);
        out.truncate(start.saturating_add(length));
        return;
    }
    // The text moves to the end of its room, and is then written from the beginning.
    let source = body.saturating_add(2).saturating_add(escapes);
    out.resize(source.saturating_add(length), 0);
    out.copy_within(body..body.saturating_add(length), source);
    let mut place = start;
    let mut put = |out: &mut BytesMut, byte: u8| {
        if let Some(spot) = out.get_mut(place) {
            *spot = byte;
        }
        place = place.saturating_add(1);
    };
    put(out, b'"');
    for index in source..source.saturating_add(length) {
        let byte = out.get(index).copied().unwrap_or_default();
        if matches!(byte, b'"' | b'\\') {
            put(out, b'\\');
        }
        put(out, byte);
    }
    put(out, b'"');
    out.truncate(place);
}
