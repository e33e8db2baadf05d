//! Upper and lower case of a language, by ICU4X.

use holm_host_api::fields::{Malformed, Reader, Writer};
use icu_casemap::CaseMapper;

use super::locale;

/// Fields: locale, upper, text. Answer: the text.
pub(in crate::pure) fn convert(fields: &mut Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let locale = locale(fields.str()?)?;
    let (upper, text) = (fields.u32()? == 1, fields.str()?);
    let mapper = CaseMapper::new();
    let mut answer = Writer::new();
    answer.str(&if upper {
        mapper.uppercase_to_string(text, &locale.id)
    } else {
        mapper.lowercase_to_string(text, &locale.id)
    });
    Ok(answer.finish())
}
