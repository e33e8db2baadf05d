//! An archive: a loaded program as one file, which `holm build` writes and `holm run` and `holm serve` take.
//!
//! One program has one archive, whatever the machine, the folder and the time: its SHA-256 names it. Nothing in it is trusted when
//! it is read. docs/archive-format.md has the bytes. It is neither compressed nor signed.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use bytes::Bytes;
use holm_core::{Module, ModuleFormat, Program};
use sha2::{Digest, Sha256};

use crate::load::Package;

/// How an archive begins.
pub const MAGIC: &[u8; 16] = b"holm archive 1\n\0";

/// The checksum of an archive: what its content is called by. Empty of what is too short to have one.
pub fn checksum(archive: &[u8]) -> &[u8] {
    archive.get(MAGIC.len()..MAGIC.len() + 32).unwrap_or_default()
}

/// Whether the file begins like an archive.
pub fn is_archive(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAGIC.len() as u64).read_to_end(&mut start));
    read.is_ok() && start == MAGIC
}

/// What an archive holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    /// Modules and entry; arguments, environment and preopens are empty.
    pub program: Program,
    /// The packages that modules of it are from.
    pub packages: Vec<Package>,
}

impl Archive {
    /// The bytes of the archive.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        piece(&mut out, self.program.entry.as_bytes());
        count(&mut out, self.packages.len());
        for package in &self.packages {
            piece(&mut out, package.name.as_bytes());
            piece(&mut out, package.version.as_bytes());
        }
        count(&mut out, self.program.modules.len());
        for (path, module) in &self.program.modules {
            piece(&mut out, path.as_bytes());
            out.push(match module.format {
                ModuleFormat::Esm => 0,
                ModuleFormat::CommonJs => 1,
                ModuleFormat::Json => 2,
                ModuleFormat::Text => 3,
                ModuleFormat::Bytes => 4,
                ModuleFormat::Script => 5,
            });
            piece(&mut out, &module.source);
            count(&mut out, module.links.len());
            for (specifier, target) in &module.links {
                piece(&mut out, specifier.as_bytes());
                piece(&mut out, target.as_bytes());
            }
            count(&mut out, module.exports.len());
            for name in &module.exports {
                piece(&mut out, name.as_bytes());
            }
        }
        let mut archive = MAGIC.to_vec();
        archive.extend_from_slice(&Sha256::digest(&out));
        archive.append(&mut out);
        archive
    }

    /// Reads an archive.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence that begins with its name.
    pub fn parse(bytes: Bytes) -> Result<Self, &'static str> {
        const DIGEST: std::ops::Range<usize> = MAGIC.len()..MAGIC.len() + 32;
        if !bytes.starts_with(MAGIC) {
            return Err("is no archive");
        }
        let (Some(digest), Some(_)) = (bytes.get(DIGEST), bytes.get(DIGEST.end..)) else {
            return Err("is cut off");
        };
        let rest = bytes.slice(DIGEST.end..);
        if Sha256::digest(&rest)[..] != *digest {
            return Err("is damaged or cut off: its bytes do not fit its checksum");
        }
        let mut reader = Reader { rest };
        let entry = reader.text()?;
        let mut packages = Vec::new();
        for _ in 0..reader.count()? {
            packages.push(Package {
                name: reader.text()?,
                version: reader.text()?,
            });
        }
        let mut modules = BTreeMap::new();
        for _ in 0..reader.count()? {
            let path = reader.text()?;
            let module = reader.module()?;
            if modules.last_key_value().is_some_and(|(last, _)| *last >= path) {
                return Err("has modules that are not in ascending order");
            }
            modules.insert(path, module);
        }
        if !reader.rest.is_empty() {
            return Err("has more at its end than belongs to it");
        }
        if !modules.contains_key(&entry) {
            return Err("does not hold the module that it starts with");
        }
        let program = Program {
            entry,
            modules,
            ..Program::default()
        };
        Ok(Self { program, packages })
    }
}

fn count(out: &mut Vec<u8>, count: usize) {
    // Sources are bounded far below 4 GiB; what is not is refused by its checksum and never read.
    out.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
}

fn piece(out: &mut Vec<u8>, bytes: &[u8]) {
    count(out, bytes.len());
    out.extend_from_slice(bytes);
}

struct Reader {
    rest: Bytes,
}

impl Reader {
    fn take(&mut self, length: usize) -> Result<Bytes, &'static str> {
        if length > self.rest.len() {
            return Err("has a length that is longer than itself");
        }
        Ok(self.rest.split_to(length))
    }

    fn count(&mut self) -> Result<usize, &'static str> {
        let bytes = self.take(4)?;
        let count: [u8; 4] = bytes[..].try_into().map_err(|_| "is cut off")?;
        Ok(u32::from_le_bytes(count) as usize)
    }

    fn bytes(&mut self) -> Result<Bytes, &'static str> {
        let length = self.count()?;
        self.take(length)
    }

    fn text(&mut self) -> Result<String, &'static str> {
        String::from_utf8(self.bytes()?.into()).map_err(|_| "has a name that is not UTF-8")
    }

    fn module(&mut self) -> Result<Module, &'static str> {
        let format = match self.take(1)?[0] {
            0 => ModuleFormat::Esm,
            1 => ModuleFormat::CommonJs,
            2 => ModuleFormat::Json,
            3 => ModuleFormat::Text,
            4 => ModuleFormat::Bytes,
            5 => ModuleFormat::Script,
            _ => return Err("has a module of a kind that does not exist"),
        };
        let source = self.bytes()?;
        if format != ModuleFormat::Bytes && std::str::from_utf8(&source).is_err() {
            return Err("has a source that is not UTF-8");
        }
        let mut links = BTreeMap::new();
        for _ in 0..self.count()? {
            let (specifier, target) = (self.text()?, self.text()?);
            if links.last_key_value().is_some_and(|(last, _)| *last >= specifier) {
                return Err("has imports that are not in ascending order");
            }
            links.insert(specifier, target);
        }
        let mut exports = Vec::new();
        for _ in 0..self.count()? {
            exports.push(self.text()?);
        }
        Ok(Module {
            format,
            source,
            links,
            exports,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive() -> Archive {
        let module = Module {
            format: ModuleFormat::Esm,
            source: Bytes::from_static(b"import 'node:fs'"),
            links: [("node:fs".into(), "node:fs".into())].into(),
            exports: vec!["a".into()],
        };
        Archive {
            program: Program {
                entry: "/bundle/a.js".into(),
                modules: [("/bundle/a.js".into(), module)].into(),
                ..Program::default()
            },
            packages: vec![Package {
                name: "p".into(),
                version: "1.0.0".into(),
            }],
        }
    }

    /// With a checksum that fits, so that the reader sees what is wrong.
    fn resealed(mut bytes: Vec<u8>) -> Bytes {
        let digest = Sha256::digest(&bytes[48..]);
        bytes[16..48].copy_from_slice(&digest);
        bytes.into()
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(Archive::parse(archive().to_bytes().into()), Ok(archive()));
    }

    #[test]
    fn one_changed_byte_is_noticed() {
        let good = archive().to_bytes();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(Archive::parse(bad.into()).is_err(), "{at}");
        }
    }

    #[test]
    fn lies_with_a_good_checksum_are_refused_or_harmless() {
        let good = archive().to_bytes();
        for at in 48..good.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut bad = good.clone();
                bad[at] = value;
                if let Ok(read) = Archive::parse(resealed(bad.clone())) {
                    assert_eq!(read.to_bytes(), resealed(bad));
                }
            }
            let _refused = Archive::parse(resealed(good[..at].to_vec())).expect_err("it is cut off");
        }
    }
}
