//! The new text of a class with decorators or `accessor`.
//!
//! ```text
//! @a class C { @b m() {} @c x = 1; }
//! let C = (() => {
//!   let s, c, o, d0, d1, C; let cd = [a];
//!   C = class {
//!     static { o = this; C = c = (s = helper(this, [{ … m … }, { … x … }], cd, "C")).result; s.statics(c) }
//!     #i = s.instance(this);
//!     [(d0 = [b], "m")]() {}
//!     [(d1 = [c], "x")] = s.value[1](this, 1);
//!     #e1 = s.after[1](this);
//!     static { s.end(c) }
//!   };
//!   return c;
//! })();
//! ```

use super::{
    HELPER,
    collect::{ClassParts, Element, Form, Key, Kind, Range, Site, What},
    rope::Rope,
};

/// The code with every such class written anew.
pub(super) fn write(code: &str, sites: &[Site], is_esm: bool) -> Rope {
    let mut prefix = String::from("$holm");
    while code.contains(&prefix) {
        prefix.push('$');
    }
    let writer = Writer { code, sites, prefix };
    let helper = format!("{}_h", writer.prefix);
    let (directives, rest) = after_directives(code);
    let mut rope = Rope::default();
    rope.source(0, directives);
    rope.add(if is_esm {
        format!("import {helper} from \"{HELPER}\";\n")
    } else {
        format!("const {helper} = require(\"{HELPER}\");\n")
    });
    rope.append(writer.range((rest, code.len())));
    rope
}

/// The end of the hashbang and the directives (`"use strict"`), which must stay first; generated code has each in a line of its own.
fn after_directives(code: &str) -> (usize, usize) {
    let mut end = 0;
    for line in code.split_inclusive('\n') {
        if !line.starts_with("#!") && !line.starts_with("\"use ") && !line.starts_with("'use ") {
            break;
        }
        end += line.len();
    }
    (end, end)
}

struct Writer<'a> {
    code: &'a str,
    sites: &'a [Site],
    /// Of every name that is added.
    prefix: String,
}

/// The names of one class.
struct Names {
    prefix: String,
    start: usize,
}

impl Names {
    fn of(&self, what: &str) -> String {
        format!("{}_{what}{}", self.prefix, self.start)
    }
    fn at(&self, what: &str, index: usize) -> String {
        format!("{}_{what}{}_{index}", self.prefix, self.start)
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl Writer<'_> {
    /// A part of the source with what is in it written anew.
    fn range(&self, (from, to): Range) -> Rope {
        let mut rope = Rope::default();
        let mut at = from;
        let first = self.sites.partition_point(|site| site.range.0 < from);
        for site in &self.sites[first..] {
            if site.range.0 >= to {
                break;
            }
            // What is inside of one that was written already.
            if site.range.0 < at || site.range.1 > to {
                continue;
            }
            rope.source(at, site.range.0);
            match &site.what {
                What::Class(class) => rope.append(self.class(class)),
                What::This(class) => rope.add(format!("{}_c{class}", self.prefix)),
            }
            at = site.range.1;
        }
        rope.source(at, to);
        rope
    }

    fn class(&self, class: &ClassParts) -> Rope {
        let value = self.expression(class);
        let mut rope = Rope::default();
        let name = class.name.as_deref().unwrap_or_default();
        match class.form {
            Form::Expression => return value,
            Form::Declaration => rope.add(format!("let {name} = ")),
            Form::Export => rope.add(format!("export let {name} = ")),
            Form::ExportDefault if class.name.is_some() => rope.add(format!("let {name} = ")),
            Form::ExportDefault => rope.add("export default "),
        }
        rope.append(value);
        rope.add(";");
        if class.form == Form::ExportDefault && class.name.is_some() {
            rope.add(format!("\nexport {{ {name} as default }};"));
        }
        rope
    }

    fn list(&self, decorators: &[Range]) -> Rope {
        let mut rope = Rope::text("[");
        for decorator in decorators {
            rope.append(self.range(*decorator));
            rope.add(", ");
        }
        rope.add("]");
        rope
    }

    fn expression(&self, class: &ClassParts) -> Rope {
        let names = Names {
            prefix: self.prefix.clone(),
            start: class.start,
        };
        let is_decorated = !class.decorators.is_empty();
        let mut variables = vec![names.of("s"), names.of("c"), names.of("o")];
        let (mut body, pending) = self.body(class, &names, &mut variables);
        let mut rope = Rope::text(if class.awaits {
            "(await (async () => {"
        } else {
            "(() => {"
        });
        // Inside of a class, its name is the class that its decorators made.
        if is_decorated {
            variables.extend(class.name.clone());
        }
        rope.add(format!(" let {};", variables.join(", ")));
        let decorators = names.of("cd");
        if is_decorated {
            rope.add(format!(" let {decorators} = "));
            rope.append(self.list(&class.decorators));
            rope.add(";");
        }
        let given = class.given_name.as_deref().filter(|_| class.name.is_none());
        match (is_decorated, given) {
            (true, _) => rope.add(" (class"),
            (false, Some(given)) => rope.add(format!(
                " {c} = {{ [{given}]: class",
                c = names.of("c"),
                given = quoted(given)
            )),
            (false, None) => {
                // The comma keeps a class without a name from getting one here.
                rope.add(format!(" {} = (0, class", names.of("c")));
                if let Some(name) = &class.name {
                    rope.add(format!(" {name}"));
                }
            }
        }
        if let Some(heritage) = class.heritage {
            rope.add(" extends (");
            rope.append(self.range(heritage));
            rope.add(")");
        }
        rope.add(" {\nstatic { ");
        rope.append(pending);
        rope.append(self.first_block(class, &names));
        rope.add("}\n");
        rope.append(std::mem::take(&mut body));
        if is_decorated {
            rope.add(format!(
                "static {{ {}.end({}); }}\n",
                names.of("s"),
                names.of("c")
            ));
        }
        rope.add("}");
        match (is_decorated, given) {
            (false, Some(given)) => rope.add(format!(" }}[{}]", quoted(given))),
            _ => rope.add(")"),
        }
        rope.add(format!("; return {}; }})()", names.of("c")));
        if class.awaits {
            rope.add(")");
        }
        rope
    }

    /// What runs before everything else that is static: the decorators.
    fn first_block(&self, class: &ClassParts, names: &Names) -> Rope {
        let (s, c, o) = (names.of("s"), names.of("c"), names.of("o"));
        let is_decorated = !class.decorators.is_empty();
        let mut rope = Rope::text(format!("{o} = this; {c} = this; "));
        if !is_decorated && class.elements.iter().all(|element| element.decorators.is_empty()) {
            return rope;
        }
        rope.add(format!("{s} = {}_h(this, [", self.prefix));
        for (index, element) in class.elements.iter().enumerate() {
            if element.decorators.is_empty() {
                continue;
            }
            let kind = match element.kind {
                Kind::Method => "method",
                Kind::Getter => "getter",
                Kind::Setter => "setter",
                Kind::Field => "field",
                Kind::Accessor => "accessor",
                Kind::Other => continue,
            };
            rope.add(format!(
                "{{ index: {index}, kind: \"{kind}\", static: {}, decorators: {}, ",
                element.is_static,
                names.at("d", index)
            ));
            match &element.key {
                Key::Name(name) => rope.add(format!("name: {}", quoted(name))),
                Key::Literal(text) => {
                    rope.add("name: \"\" + ");
                    rope.source(text.0, text.1);
                }
                Key::Computed(_) => rope.add(format!("name: {}", names.at("k", index))),
                Key::Private(name) => rope.add(private(name, element.kind, index, names)),
            }
            rope.add(" }, ");
        }
        rope.add("]");
        if is_decorated {
            let name = class.name.as_deref().or(class.given_name.as_deref());
            rope.add(format!(
                ", {}, {}",
                names.of("cd"),
                name.map_or_else(|| "\"\"".into(), quoted)
            ));
        }
        rope.add(format!("); {c} = {s}.result; "));
        if let Some(name) = class.name.as_ref().filter(|_| is_decorated) {
            rope.add(format!("{name} = {c}; "));
        }
        rope.add(format!("{s}.statics({c}); "));
        rope
    }

    /// The elements, and what of the decorators no key could take: it is evaluated when the class is there.
    fn body(&self, class: &ClassParts, names: &Names, variables: &mut Vec<String>) -> (Rope, Rope) {
        let mut body = Rope::default();
        let mut pending = Rope::default();
        let mut has_pending = false;
        let s = names.of("s");
        let starts = |element: &Element| {
            !element.decorators.is_empty() && !element.is_static && element.kind != Kind::Field
        };
        if class.elements.iter().any(starts) {
            body.add(format!("#{} = {s}.instance(this);\n", names.of("i")));
        }
        for (index, element) in class.elements.iter().enumerate() {
            let is_decorated = !element.decorators.is_empty();
            if is_decorated {
                let list = names.at("d", index);
                pending.add(format!("{list} = "));
                pending.append(self.list(&element.decorators));
                pending.add(", ");
                has_pending = true;
                variables.push(list);
            }
            let is_private = matches!(element.key, Key::Private(_));
            let takes = element.kind != Kind::Other && !is_private;
            if !is_decorated && element.kind != Kind::Accessor && !(takes && has_pending) {
                body.append(self.range(element.range));
                body.add(";\n");
                continue;
            }
            let needs_key = is_decorated || element.kind == Kind::Accessor;
            let written = if is_private {
                None
            } else {
                let mut written = Rope::text("[(");
                written.append(std::mem::take(&mut pending));
                has_pending = false;
                match &element.key {
                    Key::Name(name) => written.add(quoted(name)),
                    Key::Literal(text) => written.source(text.0, text.1),
                    Key::Computed(expression) if needs_key => {
                        let variable = names.at("k", index);
                        written.add(format!("{variable} = {}_h.key(", self.prefix));
                        variables.push(variable);
                        written.append(self.range(*expression));
                        written.add(")");
                    }
                    Key::Computed(expression) => written.append(self.range(*expression)),
                    Key::Private(_) => {}
                }
                written.add(")]");
                Some(written)
            };
            let is_static = if element.is_static { "static " } else { "" };
            match element.kind {
                Kind::Other => {}
                Kind::Method | Kind::Getter | Kind::Setter => {
                    self.method(&mut body, element, index, written, names, variables);
                }
                Kind::Field => {
                    body.add(is_static);
                    match (written, &element.key) {
                        (Some(written), _) => body.append(written),
                        (None, Key::Private(name)) => body.add(format!("#{name}")),
                        (None, _) => {}
                    }
                    if is_decorated || element.value.is_some() {
                        body.add(" = ");
                        body.append(self.value(element, index, names, !class.decorators.is_empty()));
                    }
                    body.add(";\n");
                    after(&mut body, element, index, names);
                }
                Kind::Accessor => {
                    let storage = format!("#{}", names.at("a", index));
                    body.add(format!("{is_static}{storage} = "));
                    // Keys before values: a key that is computed is in the names of what comes next.
                    let value = self.value(element, index, names, !class.decorators.is_empty());
                    body.append(value);
                    body.add(";\n");
                    after(&mut body, element, index, names);
                    accessor(&mut body, element, index, written, names);
                }
            }
        }
        if has_pending {
            pending.add("0; ");
        }
        (body, pending)
    }

    fn method(
        &self,
        body: &mut Rope,
        element: &Element,
        index: usize,
        written: Option<Rope>,
        names: &Names,
        variables: &mut Vec<String>,
    ) {
        let is_static = if element.is_static { "static " } else { "" };
        let accessor = match element.kind {
            Kind::Getter => "get ",
            Kind::Setter => "set ",
            _ => "",
        };
        body.add(format!("{is_static}{accessor}{}", element.modifiers));
        let s = names.of("s");
        match (written, &element.key) {
            (Some(written), _) => body.append(written),
            // Stands under a name of its own until the decorators have had it.
            (None, _) => {
                let variable = names.at("k", index);
                body.add(format!("[{variable} = Symbol()]"));
                variables.push(variable);
            }
        }
        if let Some(value) = element.value {
            body.append(self.range(value));
        }
        body.add("\n");
        if let Key::Private(name) = &element.key {
            body.add(match element.kind {
                Kind::Getter => {
                    format!("{is_static}get #{name}() {{ return {s}.method[{index}].call(this); }}\n")
                }
                Kind::Setter => {
                    format!("{is_static}set #{name}(v) {{ {s}.method[{index}].call(this, v); }}\n")
                }
                _ => format!("{is_static}get #{name}() {{ return {s}.method[{index}]; }}\n"),
            });
        }
    }

    /// The initial value of a field, by its decorators.
    fn value(&self, element: &Element, index: usize, names: &Names, class_decorated: bool) -> Rope {
        let mut value = Rope::default();
        match element.value {
            None => value.add("void 0"),
            Some(given) if element.is_anonymous && !element.decorators.is_empty() => {
                let name = match &element.key {
                    Key::Name(name) => quoted(name),
                    Key::Private(name) => quoted(&format!("#{name}")),
                    Key::Literal(text) => self.code.get(text.0..text.1).unwrap_or_default().to_owned(),
                    Key::Computed(_) => names.at("k", index),
                };
                value.add(format!("({{ [{name}]: "));
                value.append(self.range(given));
                value.add(format!(" }})[{name}]"));
            }
            Some(given) => value.append(self.range(given)),
        }
        if element.decorators.is_empty() {
            return value;
        }
        let target = if element.is_static && class_decorated {
            names.of("c")
        } else {
            "this".into()
        };
        let mut rope = Rope::text(format!("{}.value[{index}]({target}, ", names.of("s")));
        rope.append(value);
        rope.add(")");
        rope
    }
}

fn accessor(body: &mut Rope, element: &Element, index: usize, written: Option<Rope>, names: &Names) {
    let is_static = if element.is_static { "static " } else { "" };
    let owner = if element.is_static {
        names.of("o")
    } else {
        "this".into()
    };
    let storage = names.at("a", index);
    let s = names.of("s");
    let (get, set) = if matches!(element.key, Key::Private(_)) && !element.decorators.is_empty() {
        (
            format!("return {s}.method[{index}].get.call(this);"),
            format!("{s}.method[{index}].set.call(this, v);"),
        )
    } else {
        (
            format!("return {owner}.#{storage};"),
            format!("{owner}.#{storage} = v;"),
        )
    };
    body.add(format!("{is_static}get "));
    let again = match &element.key {
        Key::Private(name) => {
            body.add(format!("#{name}"));
            Rope::text(format!("#{name}"))
        }
        Key::Name(name) => Rope::text(format!("[{}]", quoted(name))),
        Key::Literal(text) => {
            let mut again = Rope::text("[");
            again.source(text.0, text.1);
            again.add("]");
            again
        }
        Key::Computed(_) => Rope::text(format!("[{}]", names.at("k", index))),
    };
    body.append(written.unwrap_or_default());
    body.add(format!("() {{ {get} }}\n{is_static}set "));
    body.append(again);
    body.add(format!("(v) {{ {set} }}\n"));
}

/// What decorators of a field asked for once it is there.
fn after(body: &mut Rope, element: &Element, index: usize, names: &Names) {
    if element.decorators.is_empty() {
        return;
    }
    let (s, c) = (names.of("s"), names.of("c"));
    body.add(if element.is_static {
        format!("static {{ {s}.after[{index}]({c}); }}\n")
    } else {
        format!("#{} = {s}.after[{index}](this);\n", names.at("e", index))
    });
}

/// What the helper needs for a private name.
fn private(name: &str, kind: Kind, index: usize, names: &Names) -> String {
    let mut text = format!(
        "name: {}, private: true, has: (o) => #{name} in o",
        quoted(&format!("#{name}"))
    );
    if kind != Kind::Setter {
        text.push_str(&format!(", get: (o) => o.#{name}"));
    }
    if matches!(kind, Kind::Setter | Kind::Field | Kind::Accessor) {
        text.push_str(&format!(", set: (o, v) => {{ o.#{name} = v; }}"));
    }
    match kind {
        Kind::Accessor => {
            let storage = names.at("a", index);
            text.push_str(&format!(
                ", pair: {{ get() {{ return this.#{storage}; }}, set(v) {{ this.#{storage} = v; }} }}"
            ));
        }
        Kind::Field => {}
        _ => text.push_str(&format!(", key: {}", names.at("k", index))),
    }
    text
}
