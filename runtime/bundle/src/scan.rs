//! What a parsed module asks for, and what a CommonJS module exports: one visit of the syntax tree.
//!
//! The visit goes down chains that lean to the left (`a + b + c`, `a.b().c()`) in a loop: they may be as long as the source, and
//! only what leans to the right is bounded by [`crate::nesting`].

use std::collections::{BTreeMap, BTreeSet};

use oxc_ast::ast::{
    AccessorProperty, Argument, ArrowFunctionExpression, AssignmentExpression, BindingPattern,
    CallExpression, Decorator, ExportAllDeclaration, ExportFromDeclaration, Expression, FormalParameters,
    Function, ImportDeclaration, ImportExpression, NewExpression, Program, StringLiteral, TryStatement,
    VariableDeclarator,
};
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};
use oxc_syntax::{operator::BinaryOperator, scope::ScopeFlags};

use crate::{exports, pattern::Pattern};

/// What asks for another module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RequestKind {
    /// `import … from`, `export … from`
    Import,
    /// `import()`
    DynamicImport,
    /// `require()`
    Require,
    /// `require.resolve()`
    RequireResolve,
    /// `new URL('./x', import.meta.url)`
    Asset,
}

impl RequestKind {
    pub(crate) fn is_require(self) -> bool {
        matches!(self, Self::Require | Self::RequireResolve)
    }
}

/// A module that is asked for by a literal specifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) specifier: String,
    pub(crate) kind: RequestKind,
    /// Byte offsets of the specifier in the source.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The program deals with its absence: it stands in a `try`, or a `catch()` follows.
    pub(crate) guarded: bool,
    /// It runs when a function is called, perhaps never.
    pub(crate) deferred: bool,
}

/// A module that is asked for by a specifier of which only parts are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Computed {
    pub(crate) pattern: Pattern,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// What was found in a module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// In source order.
    pub(crate) requests: Vec<Request>,
    /// Export names, if it is CommonJS.
    pub(crate) exports: BTreeSet<String>,
    /// Specifiers of modules all of whose exports it exports as well, if it is CommonJS.
    pub(crate) reexports: BTreeSet<String>,
    /// Offsets of calls to `require` and `import` whose specifier is computed.
    pub(crate) computed: Vec<usize>,
    /// Those whose computed specifier begins with a path: what they may mean can be looked for.
    pub(crate) patterns: Vec<Computed>,
    /// Offset of a decorator or an `accessor`, if there is one.
    pub(crate) decorator: Option<usize>,
}

/// Visits a program.
pub(crate) fn scan(program: &Program<'_>, source: &str, is_esm: bool) -> Findings {
    let mut scanner = Scanner {
        source,
        is_esm,
        requires: !is_esm || source.contains("createRequire"),
        findings: Findings::default(),
        shadowed: 0,
        guards: 0,
        functions: 0,
        requires_made: BTreeSet::new(),
        required: BTreeMap::new(),
    };
    scanner.visit_program(program);
    let mut findings = scanner.findings;
    findings
        .requests
        .sort_by_key(|request| (request.start, request.kind));
    findings.computed.sort_unstable();
    findings
}

pub(crate) struct Scanner<'s> {
    pub(crate) source: &'s str,
    is_esm: bool,
    /// `require` has its meaning here.
    requires: bool,
    pub(crate) findings: Findings,
    /// Functions around that have a parameter `require`: inside of them it is something else.
    shadowed: u32,
    /// Blocks of `try` around, and calls that handle the failure of a promise.
    guards: u32,
    /// Functions around.
    functions: u32,
    /// Variables that hold what `createRequire` gave.
    requires_made: BTreeSet<String>,
    /// Variables that hold what a `require` gave.
    pub(crate) required: BTreeMap<String, String>,
}

impl Scanner<'_> {
    fn request(&mut self, kind: RequestKind, specifier: &str, span: Span) {
        let (start, end) = (span.start as usize, span.end as usize);
        self.findings.requests.push(Request {
            specifier: specifier.into(),
            kind,
            start,
            end,
            guarded: self.guards > 0,
            deferred: self.functions > 0,
        });
    }

    /// `require`, a variable that holds one that was made, or the making of one.
    fn is_require(&self, expression: &Expression<'_>) -> bool {
        match expression {
            Expression::Identifier(id) => {
                id.name == "require" || self.requires_made.contains(id.name.as_str())
            }
            other => makes_require(other),
        }
    }

    fn computed(&mut self, specifier: Option<&Expression<'_>>, call: Span) {
        let mut parts = vec![String::new()];
        if let Some(specifier) = specifier {
            known_parts(specifier, &mut parts);
        }
        match Pattern::new(parts) {
            Some(pattern) => self.findings.patterns.push(Computed {
                pattern,
                start: call.start as usize,
                end: call.end as usize,
            }),
            None => self.findings.computed.push(call.start as usize),
        }
    }

    /// The specifier when this is a call of `require` with a literal.
    pub(crate) fn required_by(&self, expression: &Expression<'_>) -> Option<String> {
        let Expression::CallExpression(call) = expression.without_parentheses() else {
            return None;
        };
        if call.callee.is_specific_id("require") {
            return literal(call.arguments.first()?.as_expression()?).map(|(text, _)| text);
        }
        // `_interopRequireWildcard(require('x'))` and the like hand their argument through.
        let name = call.callee.get_identifier_reference()?.name.as_str();
        let hands_through =
            name.contains("interopRequire") || matches!(name, "__importStar" | "__importDefault" | "__toESM");
        if hands_through {
            self.required_by(call.arguments.first()?.as_expression()?)
        } else {
            None
        }
    }

    fn call(&mut self, call: &CallExpression<'_>) {
        if self.requires && self.shadowed == 0 {
            let kind = match &call.callee {
                Expression::StaticMemberExpression(member)
                    if member.property.name == "resolve" && self.is_require(&member.object) =>
                {
                    Some(RequestKind::RequireResolve)
                }
                callee if self.is_require(callee) => Some(RequestKind::Require),
                _ => None,
            };
            if let (Some(kind), Some(argument)) = (kind, call.arguments.first()) {
                match argument.as_expression().and_then(literal) {
                    Some((specifier, span)) => self.request(kind, &specifier, span),
                    None => self.computed(argument.as_expression(), call.span),
                }
            }
        }
        if !self.is_esm {
            exports::call(self, call);
        }
    }
}

impl<'a> Visit<'a> for Scanner<'_> {
    fn visit_expression(&mut self, expression: &Expression<'a>) {
        let mut next = expression;
        let mut guards = 0;
        loop {
            next = match next {
                Expression::BinaryExpression(binary) => {
                    self.visit_expression(&binary.right);
                    &binary.left
                }
                Expression::LogicalExpression(logical) => {
                    self.visit_expression(&logical.right);
                    &logical.left
                }
                Expression::StaticMemberExpression(member) => &member.object,
                Expression::PrivateFieldExpression(member) => &member.object,
                Expression::ComputedMemberExpression(member) => {
                    self.visit_expression(&member.expression);
                    &member.object
                }
                Expression::CallExpression(call) => {
                    self.call(call);
                    self.visit_arguments(&call.arguments);
                    // `import('x').catch(…)` deals with the absence of x.
                    if handles_failure(call) {
                        guards += 1;
                        self.guards += 1;
                    }
                    &call.callee
                }
                Expression::TaggedTemplateExpression(template) => {
                    self.visit_template_literal(&template.quasi);
                    &template.tag
                }
                other => {
                    walk::walk_expression(self, other);
                    self.guards -= guards;
                    return;
                }
            };
        }
    }

    // Reached through an optional chain only; its callee is an expression again.
    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        self.call(call);
        walk::walk_call_expression(self, call);
    }

    fn visit_import_declaration(&mut self, import: &ImportDeclaration<'a>) {
        self.request(RequestKind::Import, &import.source.value, import.source.span);
    }

    fn visit_export_all_declaration(&mut self, export: &ExportAllDeclaration<'a>) {
        self.request(RequestKind::Import, &export.source.value, export.source.span);
    }

    fn visit_export_from_declaration(&mut self, export: &ExportFromDeclaration<'a>) {
        self.request(RequestKind::Import, &export.source.value, export.source.span);
    }

    fn visit_import_expression(&mut self, import: &ImportExpression<'a>) {
        match literal(&import.source) {
            Some((specifier, span)) => self.request(RequestKind::DynamicImport, &specifier, span),
            None => self.computed(Some(&import.source), import.span),
        }
        walk::walk_import_expression(self, import);
    }

    fn visit_new_expression(&mut self, new: &NewExpression<'a>) {
        if new.callee.is_specific_id("URL")
            && let [Argument::StringLiteral(path), base] = new.arguments.as_slice()
            && is_relative_path(path)
            && base.as_expression().is_some_and(is_import_meta_url)
        {
            self.request(RequestKind::Asset, &path.value, path.span);
        }
        walk::walk_new_expression(self, new);
    }

    fn visit_decorator(&mut self, decorator: &Decorator<'a>) {
        self.findings
            .decorator
            .get_or_insert(decorator.span.start as usize);
        walk::walk_decorator(self, decorator);
    }

    fn visit_accessor_property(&mut self, property: &AccessorProperty<'a>) {
        self.findings
            .decorator
            .get_or_insert(property.span.start as usize);
        walk::walk_accessor_property(self, property);
    }

    fn visit_assignment_expression(&mut self, assignment: &AssignmentExpression<'a>) {
        if !self.is_esm {
            exports::assignment(self, assignment);
        }
        walk::walk_assignment_expression(self, assignment);
    }

    fn visit_variable_declarator(&mut self, declarator: &VariableDeclarator<'a>) {
        if let BindingPattern::BindingIdentifier(id) = &declarator.id
            && let Some(specifier) = declarator.init.as_ref().and_then(|init| self.required_by(init))
        {
            self.required.insert(id.name.to_string(), specifier);
        }
        if let BindingPattern::BindingIdentifier(id) = &declarator.id
            && declarator.init.as_ref().is_some_and(makes_require)
        {
            self.requires_made.insert(id.name.to_string());
        }
        walk::walk_variable_declarator(self, declarator);
    }

    fn visit_try_statement(&mut self, statement: &TryStatement<'a>) {
        let guards = u32::from(statement.handler.is_some());
        self.guards += guards;
        self.visit_block_statement(&statement.block);
        self.guards -= guards;
        if let Some(handler) = &statement.handler {
            self.visit_catch_clause(handler);
        }
        if let Some(finalizer) = &statement.finalizer {
            self.visit_block_statement(finalizer);
        }
    }

    fn visit_function(&mut self, function: &Function<'a>, flags: ScopeFlags) {
        let shadows = u32::from(shadows_require(&function.params));
        self.shadowed += shadows;
        self.functions += 1;
        walk::walk_function(self, function, flags);
        self.functions -= 1;
        self.shadowed -= shadows;
    }

    fn visit_arrow_function_expression(&mut self, function: &ArrowFunctionExpression<'a>) {
        let shadows = u32::from(shadows_require(&function.params));
        self.shadowed += shadows;
        self.functions += 1;
        walk::walk_arrow_function_expression(self, function);
        self.functions -= 1;
        self.shadowed -= shadows;
    }
}

/// `createRequire(import.meta.url)`, `module.createRequire(__filename)`: with any other argument, what it gives looks elsewhere.
fn makes_require(expression: &Expression<'_>) -> bool {
    let Expression::CallExpression(call) = expression.without_parentheses() else {
        return false;
    };
    let here = match call.arguments.first().and_then(Argument::as_expression) {
        Some(Expression::Identifier(id)) => id.name == "__filename",
        Some(Expression::StaticMemberExpression(member)) => {
            matches!(member.object, Expression::ImportMeta(_))
                && matches!(member.property.name.as_str(), "url" | "filename")
        }
        _ => false,
    };
    if !here {
        return false;
    }
    match &call.callee {
        Expression::Identifier(id) => id.name == "createRequire",
        Expression::StaticMemberExpression(member) => member.property.name == "createRequire",
        _ => false,
    }
}

/// Whether a promise is asked for its failure: `….catch(f)`, `….then(f, g)`.
fn handles_failure(call: &CallExpression<'_>) -> bool {
    let Expression::StaticMemberExpression(member) = &call.callee else {
        return false;
    };
    match member.property.name.as_str() {
        "catch" => !call.arguments.is_empty(),
        "then" => call.arguments.len() > 1,
        _ => false,
    }
}

/// A bundle inside of the source (browserify) hands its own `require` to each module.
fn shadows_require(parameters: &FormalParameters<'_>) -> bool {
    parameters
        .items
        .iter()
        .any(|item| matches!(&item.pattern, BindingPattern::BindingIdentifier(id) if id.name == "require"))
}

/// The text of a string, or of a template without substitutions.
pub(crate) fn literal(expression: &Expression<'_>) -> Option<(String, Span)> {
    match expression.without_parentheses() {
        Expression::StringLiteral(text) => Some((text.value.to_string(), text.span)),
        Expression::TemplateLiteral(template) => {
            Some((template.single_quasi()?.to_string(), template.span()))
        }
        _ => None,
    }
}

/// Adds the text of an expression to that before it: what is known of it, and a new part after each gap.
fn known_parts(expression: &Expression<'_>, parts: &mut Vec<String>) {
    fn known(text: &str, parts: &mut [String]) {
        if let Some(last) = parts.last_mut() {
            last.push_str(text);
        }
    }
    // A sum leans to the left, and may be as long as the source.
    let mut terms = Vec::new();
    let mut rest = expression.without_parentheses();
    while let Expression::BinaryExpression(sum) = rest
        && sum.operator == BinaryOperator::Addition
    {
        terms.push(sum.right.without_parentheses());
        rest = sum.left.without_parentheses();
    }
    terms.push(rest);
    for term in terms.into_iter().rev() {
        match term {
            Expression::StringLiteral(text) => known(&text.value, parts),
            Expression::TemplateLiteral(template) => {
                for (at, quasi) in template.quasis.iter().enumerate() {
                    if at > 0 {
                        parts.push(String::new());
                    }
                    known(
                        quasi.value.cooked.as_ref().map_or("", |text| text.as_str()),
                        parts,
                    );
                }
            }
            _ => parts.push(String::new()),
        }
    }
}

fn is_relative_path(path: &StringLiteral<'_>) -> bool {
    path.value.starts_with("./") || path.value.starts_with("../")
}

fn is_import_meta_url(expression: &Expression<'_>) -> bool {
    matches!(expression, Expression::StaticMemberExpression(member)
        if member.property.name == "url" && matches!(member.object, Expression::ImportMeta(_)))
}
