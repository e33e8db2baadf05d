//! A program's content address.

use holm_core::{ModuleFormat, Program};
use sha2::{Digest, Sha256};

/// The SHA-256 over a program's code: its entry and every module with format, source, links and exports.
///
/// Arguments, environment and preopens are not part of it: they say how a version is run, not what it is.
pub fn digest(program: &Program) -> [u8; 32] {
    // Every piece is preceded by its length, every list by its count, so that no two programs encode alike.
    let mut hash = Sha256::new();
    hash.update(b"holm program 1\n");
    piece(&mut hash, program.entry.as_bytes());
    count(&mut hash, program.modules.len());
    for (path, module) in &program.modules {
        piece(&mut hash, path.as_bytes());
        hash.update([match module.format {
            ModuleFormat::Esm => 0u8,
            ModuleFormat::CommonJs => 1,
            ModuleFormat::Json => 2,
            ModuleFormat::Text => 3,
            ModuleFormat::Bytes => 4,
            ModuleFormat::Script => 5,
        }]);
        piece(&mut hash, &module.source);
        count(&mut hash, module.links.len());
        for (specifier, target) in &module.links {
            piece(&mut hash, specifier.as_bytes());
            piece(&mut hash, target.as_bytes());
        }
        count(&mut hash, module.exports.len());
        for name in &module.exports {
            piece(&mut hash, name.as_bytes());
        }
    }
    hash.finalize().into()
}

fn count(hash: &mut Sha256, count: usize) {
    hash.update((count as u64).to_le_bytes());
}

fn piece(hash: &mut Sha256, bytes: &[u8]) {
    count(hash, bytes.len());
    hash.update(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use holm_core::Module;

    fn program(path: &str, source: &'static [u8]) -> Program {
        let module = Module {
            format: ModuleFormat::Esm,
            source: source.into(),
            links: [].into(),
            exports: vec![],
        };
        Program {
            entry: "/bundle/a.js".into(),
            modules: [(path.to_owned(), module)].into(),
            ..Program::default()
        }
    }

    #[test]
    fn a_change_of_code_changes_the_digest_and_a_change_of_settings_does_not() {
        let a = program("/bundle/a.js", b"1");
        assert_ne!(digest(&a), digest(&program("/bundle/a.js", b"2")));
        assert_ne!(digest(&a), digest(&program("/bundle/a.j", b"s1")));
        let mut settings = a.clone();
        settings.env.insert("A".into(), "b".into());
        assert_eq!(digest(&a), digest(&settings));
    }

    #[test]
    fn the_encoding_stays_as_it_is() {
        let hex: String = digest(&program("/bundle/a.js", b"1"))
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(
            hex,
            "52e0dddd5ec6f34634d2a7e83171bbcb7f319d0c9a21bf9b4446eab62dc908dd"
        );
    }
}
