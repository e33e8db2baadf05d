//! Source maps: how a module carries the way back to what its author wrote.
//!
//! There are two kinds: those of what was transpiled here, and those that come with code which somebody else compiled or bundled, inline or in a
//! file beside it. Both go with the module as a comment in its last line, in one form: JSON, unencoded, with `sources` as paths in
//! the program and `mappings`. The engine reads it when it compiles the module (guest/src/source_map.c), and writes the
//! author's positions into the code itself, so that a stack costs no more than without a map.

use std::{
    io::{self, Read},
    path::{Component, Path, PathBuf},
};

use oxc_sourcemap::SourceMap;

use crate::{files::Files, layout};

/// How that last line begins.
const MARK: &str = "//# sourceMappingURL=data:application/json,";

/// A larger file beside a module is not read. Maps of the largest bundles are half of it, most of that what `sourcesContent` repeats.
const MAP_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A way back, before paths on disk have become paths in the program.
#[derive(Clone, Debug)]
pub(crate) struct Map {
    pub(crate) sources: Vec<Source>,
    /// What is to be shown of the first source, when there is only one.
    pub(crate) content: Option<String>,
    pub(crate) mappings: String,
}

/// What a map calls a source.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    File(PathBuf),
    /// `webpack://app/src/a.ts` and the like.
    Name(String),
}

/// A source with its map.
pub(crate) fn attach(code: &str, map: &Map, base: &Path) -> String {
    let sources: Vec<String> = map
        .sources
        .iter()
        .map(|source| match source {
            Source::File(file) => format!("/bundle/{}", layout::shown(base, file)),
            Source::Name(name) => name.clone(),
        })
        .collect();
    let mut json = serde_json::json!({ "version": 3, "sources": sources });
    if let Some(content) = &map.content {
        json["sourcesContent"] = serde_json::json!([content]);
    }
    json["mappings"] = map.mappings.clone().into();
    let newline = if code.ends_with('\n') { "" } else { "\n" };
    format!("{code}{newline}{MARK}{json}\n")
}

/// How long a source is without its map.
pub(crate) fn code_bytes(source: &[u8]) -> usize {
    let body = source.strip_suffix(b"\n").unwrap_or(source);
    let last = body
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    if body[last..].starts_with(MARK.as_bytes()) {
        last
    } else {
        source.len()
    }
}

/// The map that compiled code names in its last lines. An error says why there is none although it names one.
pub(crate) fn of_compiled(files: &Files, path: &Path, code: &str) -> Result<Option<Map>, String> {
    let Some(url) = url(code) else {
        return Ok(None);
    };
    let folder = path.parent().unwrap_or(path);
    let (json, folder) = if let Some(data) = url.strip_prefix("data:") {
        (inline(data)?, folder.to_path_buf())
    } else {
        let Some(file) = beside(folder, url) else {
            return Err(format!("its map '{url}' is not a file beside it"));
        };
        match read(files, &file) {
            Ok(json) => (json, file.parent().unwrap_or(folder).to_path_buf()),
            // Maps are often not published with the code.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("its map '{url}' cannot be read: {error}")),
        }
    };
    let map = SourceMap::from_json_string(&json).map_err(|error| {
        let error: String = error
            .to_string()
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect();
        format!("its source map is not valid ({error})")
    })?;
    if map.get_tokens().len() == 0 {
        return Ok(None);
    }
    let root = map
        .get_source_root()
        .unwrap_or_default()
        .trim_end_matches('/')
        .to_owned();
    let source = |name: &str| {
        let name: String = name.chars().filter(|c| !c.is_control()).collect();
        let name = if root.is_empty() {
            name
        } else {
            format!("{root}/{name}")
        };
        if name.contains("://") && !name.starts_with("file://") {
            return Source::Name(name);
        }
        Source::File(normal(&folder.join(name.trim_start_matches("file://"))))
    };
    let sources = map.get_sources().map(source).collect();
    let mappings = map.to_json().mappings;
    Ok(Some(Map {
        sources,
        content: None,
        mappings,
    }))
}

/// What the last comment `sourceMappingURL` says, if only such comments and space stand after it.
fn url(code: &str) -> Option<&str> {
    let line = code.trim_end().lines().next_back()?.trim();
    let comment = line.strip_prefix("//# ").or_else(|| line.strip_prefix("//@ "))?;
    let url = comment.trim_start().strip_prefix("sourceMappingURL=")?.trim();
    (!url.is_empty()).then_some(url)
}

fn inline(data: &str) -> Result<String, String> {
    let (head, body) = data.split_once(',').ok_or("its inline source map has no data")?;
    let bytes = if head.ends_with(";base64") {
        base64_simd::forgiving_decode_to_vec(body.as_bytes())
            .map_err(|_| "its inline source map is not valid base64")?
    } else {
        percent_encoding::percent_decode_str(body).collect()
    };
    String::from_utf8(bytes).map_err(|_| "its inline source map is not UTF-8".into())
}

/// The file that a relative URL names.
fn beside(folder: &Path, url: &str) -> Option<PathBuf> {
    if url.contains(':') || url.starts_with('/') {
        return None;
    }
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let path = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
    Some(normal(&folder.join(&*path)))
}

fn read(files: &Files, file: &Path) -> io::Result<String> {
    let file = file.canonicalize()?;
    if !files.allows(&file) || !file.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let mut text = String::new();
    let read = std::fs::File::open(&file)?
        .take(MAP_BYTES_MAX + 1)
        .read_to_string(&mut text)?;
    if read as u64 > MAP_BYTES_MAX {
        return Err(io::Error::other(format!(
            "it is larger than {MAP_BYTES_MAX} bytes"
        )));
    }
    Ok(text)
}

/// Without `.` and `..`; what a map names need not exist.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => _ = normal.pop(),
            other => normal.push(other),
        }
    }
    normal
}
