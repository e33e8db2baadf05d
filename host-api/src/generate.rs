//! Writes the guest's side of this crate: a C header and a TypeScript module of constants.
//!
//! `cargo xtask guest` writes them; the test at the end of this file fails when they are stale.

use crate::{ABI_VERSION, codes, fields, names};

macro_rules! for_each_enum {
    ($visit:expr) => {{
        let mut visit = $visit;
        for_each_enum!(@ visit, EventKind, LoadMode, ModuleFormat, Completion, Failure, EffectKind, Handler,
            Redirect, Stream, Pure, CipherMode, TagWork, UrlPart, Refusal);
    }};
    (@ $visit:ident, $($name:ident),*) => {
        $(let values: Vec<(i64, &str)> =
            codes::$name::ALL.iter().map(|(value, name)| (i64::from(value.code()), *name)).collect();
        $visit(stringify!($name), &values);)*
    };
}

/// The text of `guest/src/abi.h`.
pub fn c_header() -> String {
    let mut out = String::from(
        "/* Generated from the crate holm-host-api by `cargo xtask guest`; do not edit. */\n\
         #ifndef HOLM_ABI_H\n#define HOLM_ABI_H\n\n",
    );
    out += &format!("#define HOLM_ABI_VERSION {ABI_VERSION}\n");
    out += &format!("#define HOLM_INBOX_BYTES {}\n", names::INBOX_BYTES);
    out += &format!("#define HOLM_IMPORT_MODULE \"{}\"\n", names::IMPORT_MODULE);
    out += &format!("#define HOLM_EVENT_HEADER_BYTES {}\n", fields::EVENT_HEADER_BYTES);
    for (name, tag) in [
        ("NULL", fields::TAG_NULL),
        ("U32", fields::TAG_U32),
        ("F64", fields::TAG_F64),
        ("STR", fields::TAG_STR),
        ("BYTES", fields::TAG_BYTES),
    ] {
        out += &format!("#define HOLM_TAG_{name} {tag}\n");
    }
    for_each_enum!(|name: &str, values: &[(i64, &str)]| {
        out += &format!("\nenum Holm{name} {{\n");
        for (value, item) in values {
            out += &format!("    HOLM_{}_{} = {value},\n", snake(name), snake(item));
        }
        out += "};\n";
    });
    out += "\n#endif\n";
    out
}

/// The text of `guest/builtins/abi.ts`.
pub fn typescript() -> String {
    let mut out =
        String::from("// Generated from the crate holm-host-api by `cargo xtask guest`; do not edit.\n");
    out += &format!("\nexport const BUNDLE = '{}';\n", names::BUNDLE);
    out += &format!("export const BUNDLE_FD = {};\n", names::BUNDLE_FD);
    for_each_enum!(|name: &str, values: &[(i64, &str)]| {
        out += &format!("\nexport const enum {name} {{\n");
        for (value, item) in values {
            out += &format!("  {item} = {value},\n");
        }
        out += "}\n";
    });
    out
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for (index, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && index > 0 {
            out.push('_');
        }
        out.extend(letter.to_uppercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn the_guests_constants_are_up_to_date() {
        let guest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest");
        for (file, expected) in [
            ("src/abi.h", super::c_header()),
            ("builtins/abi.ts", super::typescript()),
        ] {
            let found = std::fs::read_to_string(guest.join(file)).expect(file);
            assert_eq!(found, expected, "guest/{file} is stale: run `cargo xtask guest`");
        }
    }
}
