//! CBOR answers, as JSON values.
//!
//! `CloudWatch` answers in CBOR. Uses the decoder of the AWS SDK; times become
//! seconds, bytes base64, and what JSON cannot say is an error.

use aws_smithy_cbor::Decoder;
use aws_smithy_cbor::data::Type;
use aws_smithy_cbor::decode::DeserializeError;
use base64::Engine as _;
use serde_json::{Map, Value};

use super::DEPTH;

/// The value that the bytes hold.
pub(super) fn value(bytes: &[u8]) -> Result<Value, String> {
    let mut decoder = Decoder::new(bytes);
    read(&mut decoder, DEPTH)
}

fn read(decoder: &mut Decoder<'_>, depth: usize) -> Result<Value, String> {
    let depth = depth.checked_sub(1).ok_or("CBOR that is nested too deep")?;
    let of = decoder.datatype().map_err(words)?;
    Ok(match of {
        Type::Bool => decoder.boolean().map_err(words)?.into(),
        Type::Null | Type::Undefined => {
            decoder.null().map_err(words)?;
            Value::Null
        }
        Type::U8
        | Type::U16
        | Type::U32
        | Type::U64
        | Type::I8
        | Type::I16
        | Type::I32
        | Type::I64 => decoder.long().map_err(words)?.into(),
        Type::F16 | Type::F32 => f64::from(decoder.float().map_err(words)?).into(),
        Type::F64 => decoder.double().map_err(words)?.into(),
        Type::String | Type::StringIndef => decoder.string().map_err(words)?.into(),
        Type::Bytes | Type::BytesIndef => {
            let blob = decoder.blob().map_err(words)?;
            base64::prelude::BASE64_STANDARD
                .encode(blob.as_ref())
                .into()
        }
        Type::Tag => decoder.timestamp().map_err(words)?.as_secs_f64().into(),
        Type::Array | Type::ArrayIndef => list(decoder, depth)?,
        Type::Map | Type::MapIndef => object(decoder, depth)?,
        other => return Err(format!("CBOR of the type {other:?}")),
    })
}

fn list(decoder: &mut Decoder<'_>, depth: usize) -> Result<Value, String> {
    let mut left = decoder.list().map_err(words)?;
    let mut values = Vec::new();
    while more(decoder, &mut left)? {
        values.push(read(decoder, depth)?);
    }
    Ok(Value::Array(values))
}

fn object(decoder: &mut Decoder<'_>, depth: usize) -> Result<Value, String> {
    let mut left = decoder.map().map_err(words)?;
    let mut fields = Map::new();
    while more(decoder, &mut left)? {
        let key = decoder.string().map_err(words)?;
        fields.insert(key, read(decoder, depth)?);
    }
    Ok(Value::Object(fields))
}

/// Whether another entry follows, of so many that are left or until a break.
fn more(decoder: &mut Decoder<'_>, left: &mut Option<u64>) -> Result<bool, String> {
    match left {
        Some(0) => Ok(false),
        Some(count) => {
            *count -= 1;
            Ok(true)
        }
        None if decoder.datatype().map_err(words)? == Type::Break => {
            decoder.skip().map_err(words)?;
            Ok(false)
        }
        None => Ok(true),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn words(error: DeserializeError) -> String {
    format!("not CBOR: {error}")
}

#[cfg(test)]
mod tests {
    use aws_smithy_cbor::Encoder;
    use serde_json::json;

    use super::*;

    #[test]
    fn values_of_every_kind() {
        let mut encoder = Encoder::new(Vec::new());
        encoder.begin_map();
        encoder.str("Values").array(2).double(0.5).long(-3);
        encoder
            .str("Time")
            .timestamp(&aws_smithy_types::DateTime::from_secs(5));
        encoder.str("More").map(1).str("x").boolean(true);
        encoder.str("Nothing").null();
        encoder.end();
        assert_eq!(
            value(&encoder.into_writer()).unwrap(),
            json!({"Values": [0.5, -3], "Time": 5.0, "More": {"x": true}, "Nothing": null})
        );
    }

    #[test]
    fn broken_bytes_are_errors() {
        assert!(value(b"").is_err());
        assert!(value(&[0xbf, 0x61]).is_err());
        assert!(value(&[0x9f; 100]).is_err());
        // An array that claims to have four billion entries.
        assert!(value(&[0x9a, 0xff, 0xff, 0xff, 0xff]).is_err());
    }
}
