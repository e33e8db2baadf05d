//! The page at `/` that lists the functions of a folder. One file, no script, nothing loaded from elsewhere.
//!
//! It is for anybody who comes by: where the code lies on this machine, and why some of it could not be deployed, is
//! for its author alone.

use std::fmt::Write;

use holm_host_api::codes::Handler;

use crate::routes::{Entry, Routes};

const STYLE: &str = "\
:root{color-scheme:light dark;--line:#8884;--soft:#555;--link:#1d4ed8;--bad:#b03a0a}\
@media(prefers-color-scheme:dark){:root{--soft:#b4b4b4;--link:#8ab0ff;--bad:#ff9e64}}\
body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:4rem auto;padding:0 1.25rem}\
h1{font-size:1.5rem;margin:0}p{margin:.25rem 0 2rem;color:var(--soft)}\
ul{list-style:none;margin:0;padding:0;border-top:1px solid var(--line)}\
li{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:0 1rem;padding:.75rem 0;\
border-bottom:1px solid var(--line);overflow-wrap:anywhere}\
a{font-weight:600;text-decoration:none;color:var(--link)}a:hover{text-decoration:underline}\
small{color:var(--soft)}code{font:.85em ui-monospace,monospace}.kind{justify-self:end}\
.bad{grid-column:1/-1;color:var(--bad);white-space:pre-wrap;margin:.25rem 0 0}";

/// The page; with `dev` it has the whole paths of the sources, and what is wrong with those that are not deployed.
pub fn page(routes: &Routes, dev: bool) -> String {
    let mut rows = String::new();
    let mut count = 0;
    if let Routes::Folder(entries) = routes {
        count = entries.len();
        for (name, entry) in entries {
            row(&mut rows, name, entry, dev);
        }
    }
    let functions = match count {
        0 => "No functions here yet: put a module with a handler into the folder.".to_owned(),
        1 => "1 function".to_owned(),
        count => format!("{count} functions"),
    };
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>holm</title><style>{STYLE}</style></head>\n\
         <body><h1>holm</h1><p>{functions}</p>\n<ul>\n{rows}</ul></body></html>\n"
    )
}

fn row(rows: &mut String, name: &str, entry: &Entry, dev: bool) {
    let source = if dev {
        &entry.source
    } else {
        file_name(&entry.source)
    };
    let (name, source) = (escape(name), escape(source));
    let written = match &entry.function {
        Ok(function) => {
            let forms = [(Handler::Fetch, "fetch"), (Handler::Scheduled, "scheduled")];
            let forms: Vec<&str> = forms
                .iter()
                .filter(|(handler, _)| function.has(*handler))
                .map(|(_, form)| *form)
                .collect();
            let version: String = function.version.chars().take(12).collect();
            writeln!(
                rows,
                "<li><a href=\"/{name}\">/{name}</a><small class=\"kind\">{}</small>\
                 <small>{source}</small><small class=\"kind\"><code>{}</code></small></li>",
                forms.join(" · "),
                escape(&version)
            )
        }
        Err(message) => {
            let reason = if dev {
                format!("<pre class=\"bad\">{}</pre>", escape(message))
            } else {
                String::new()
            };
            writeln!(
                rows,
                "<li><span>/{name}</span><small class=\"kind\">not deployed</small>\
                 <small>{source}</small>{reason}</li>"
            )
        }
    };
    written.expect("writing to a string cannot fail");
}

/// What comes after the last separator, of whichever system.
fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn what_a_file_is_called_cannot_put_markup_into_the_page() {
        let entry = Entry {
            source: "<script>".into(),
            function: Err("\"'&<b>".into()),
        };
        let page = page(&Routes::Folder(BTreeMap::from([("<i>".to_owned(), entry)])), true);
        assert!(
            !page.contains("<script>") && !page.contains("<b>") && !page.contains("<i>"),
            "{page}"
        );
        assert!(page.contains("&quot;&#39;&amp;&lt;b&gt;"), "{page}");
    }
}
