//! What the syntax tree says of classes that have decorators or `accessor`: plain data, by offsets in the source.

use std::collections::BTreeMap;

use oxc_ast::ast::{
    AccessorProperty, ArrowFunctionExpression, AwaitExpression, BindingPattern, Class, ClassElement,
    Declaration, Decorator, ExportDeclaration, ExportDefaultDeclaration, ExportDefaultDeclarationKind,
    Expression, Function, MethodDefinition, MethodDefinitionKind, PrivateFieldExpression, Program,
    PropertyDefinition, PropertyKey, StaticBlock, ThisExpression, VariableDeclarator, YieldExpression,
};
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};
use oxc_syntax::scope::ScopeFlags;

pub(super) type Range = (usize, usize);

/// What is written anew.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) range: Range,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    Class(Box<ClassParts>),
    /// `this` that means the class: in a static initializer of a class with decorators. By the start of the class.
    This(usize),
}

impl Site {
    pub(super) fn yields(&self) -> bool {
        matches!(&self.what, What::Class(class) if class.yields)
    }
}

/// Where a class stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Expression,
    Declaration,
    Export,
    ExportDefault,
}

#[derive(Debug)]
pub(super) struct ClassParts {
    pub(super) form: Form,
    /// Where its own text starts; names what belongs to it.
    pub(super) start: usize,
    pub(super) name: Option<String>,
    /// The name that it gets from where it stands.
    pub(super) given_name: Option<String>,
    pub(super) decorators: Vec<Range>,
    pub(super) heritage: Option<Range>,
    pub(super) elements: Vec<Element>,
    pub(super) awaits: bool,
    pub(super) yields: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Method,
    Getter,
    Setter,
    Field,
    Accessor,
    /// A constructor, a static block.
    Other,
}

#[derive(Clone, Debug)]
pub(super) enum Key {
    Name(String),
    /// A string or a number.
    Literal(Range),
    /// Without `#`.
    Private(String),
    Computed(Range),
}

#[derive(Debug)]
pub(super) struct Element {
    pub(super) kind: Kind,
    pub(super) range: Range,
    pub(super) decorators: Vec<Range>,
    pub(super) key: Key,
    pub(super) is_static: bool,
    /// `async`, `*`
    pub(super) modifiers: &'static str,
    /// Parameters and body; the initial value.
    pub(super) value: Option<Range>,
    /// The value is a function or a class that gets its name from the key.
    pub(super) is_anonymous: bool,
}

pub(super) fn collect(program: &Program<'_>) -> Vec<Site> {
    let mut collector = Collector::default();
    collector.visit_program(program);
    let mut sites = collector.sites;
    // Outer ones before what is inside of them.
    sites.sort_by_key(|site| (site.range.0, std::cmp::Reverse(site.range.1)));
    sites
}

#[derive(Default)]
struct Collector {
    sites: Vec<Site>,
    /// Functions and static blocks around.
    depth: usize,
    /// `await` and `yield` that were met: depth and offset.
    awaits: Vec<(usize, usize)>,
    yields: Vec<(usize, usize)>,
    /// What the next class is, by its start.
    forms: BTreeMap<u32, (Form, u32)>,
    names: BTreeMap<u32, String>,
    /// The class that `this` means here, when it is one with decorators and this is a static initializer of it.
    this_class: Option<usize>,
}

fn range(span: Span) -> Range {
    (span.start as usize, span.end as usize)
}

fn expressions(decorators: &[Decorator<'_>]) -> Vec<Range> {
    decorators
        .iter()
        .map(|decorator| range(decorator.expression.span()))
        .collect()
}

fn is_anonymous(value: &Expression<'_>) -> bool {
    match value.without_parentheses() {
        Expression::ArrowFunctionExpression(_) => true,
        Expression::FunctionExpression(function) => function.id.is_none(),
        Expression::ClassExpression(class) => class.id.is_none(),
        _ => false,
    }
}

fn key(key: &PropertyKey<'_>, computed: bool) -> Key {
    match key {
        PropertyKey::StaticIdentifier(name) if !computed => Key::Name(name.name.to_string()),
        PropertyKey::PrivateIdentifier(name) => Key::Private(name.name.to_string()),
        other if computed => Key::Computed(range(other.span())),
        other => Key::Literal(range(other.span())),
    }
}

fn element(element: &ClassElement<'_>) -> Element {
    let other = |span: Span| Element {
        kind: Kind::Other,
        range: range(span),
        decorators: Vec::new(),
        key: Key::Name(String::new()),
        is_static: false,
        modifiers: "",
        value: None,
        is_anonymous: false,
    };
    match element {
        ClassElement::MethodDefinition(method) if method.kind != MethodDefinitionKind::Constructor => {
            Element {
                kind: match method.kind {
                    MethodDefinitionKind::Get => Kind::Getter,
                    MethodDefinitionKind::Set => Kind::Setter,
                    _ => Kind::Method,
                },
                decorators: expressions(&method.decorators),
                key: key(&method.key, method.computed),
                is_static: method.r#static,
                modifiers: match (method.value.r#async, method.value.generator) {
                    (true, true) => "async *",
                    (true, false) => "async ",
                    (false, true) => "*",
                    (false, false) => "",
                },
                value: Some(range(method.value.span)),
                ..other(method.span)
            }
        }
        ClassElement::PropertyDefinition(field) => Element {
            kind: Kind::Field,
            decorators: expressions(&field.decorators),
            key: key(&field.key, field.computed),
            is_static: field.r#static,
            value: field.value.as_ref().map(|value| range(value.span())),
            is_anonymous: field.value.as_ref().is_some_and(is_anonymous),
            ..other(field.span)
        },
        ClassElement::AccessorProperty(field) => Element {
            kind: Kind::Accessor,
            decorators: expressions(&field.decorators),
            key: key(&field.key, field.computed),
            is_static: field.r#static,
            value: field.value.as_ref().map(|value| range(value.span())),
            is_anonymous: field.value.as_ref().is_some_and(is_anonymous),
            ..other(field.span)
        },
        whole => other(whole.span()),
    }
}

impl Collector {
    fn deeper(&mut self, this_class: Option<usize>, visit: impl FnOnce(&mut Self)) {
        let around = std::mem::replace(&mut self.this_class, this_class);
        self.depth += 1;
        visit(self);
        self.depth -= 1;
        self.this_class = around;
    }
}

impl<'a> Visit<'a> for Collector {
    fn visit_export_declaration(&mut self, export: &ExportDeclaration<'a>) {
        if let Declaration::ClassDeclaration(class) = &export.declaration {
            self.forms
                .insert(class.span.start, (Form::Export, export.span.start));
        }
        walk::walk_export_declaration(self, export);
    }

    fn visit_export_default_declaration(&mut self, export: &ExportDefaultDeclaration<'a>) {
        if let ExportDefaultDeclarationKind::ClassDeclaration(class) = &export.declaration {
            self.forms
                .insert(class.span.start, (Form::ExportDefault, export.span.start));
            self.names.insert(class.span.start, "default".into());
        }
        walk::walk_export_default_declaration(self, export);
    }

    fn visit_variable_declarator(&mut self, declarator: &VariableDeclarator<'a>) {
        if let BindingPattern::BindingIdentifier(id) = &declarator.id
            && let Some(Expression::ClassExpression(class)) =
                declarator.init.as_ref().map(|init| init.without_parentheses())
        {
            self.names.insert(class.span.start, id.name.to_string());
        }
        walk::walk_variable_declarator(self, declarator);
    }

    fn visit_class(&mut self, class: &Class<'a>) {
        let elements: Vec<Element> = class.body.body.iter().map(element).collect();
        let is_site = !class.decorators.is_empty()
            || elements
                .iter()
                .any(|element| element.kind == Kind::Accessor || !element.decorators.is_empty());
        let start = class.span.start as usize;
        let this_class = (!class.decorators.is_empty()).then_some(start);
        self.visit_decorators(&class.decorators);
        if let Some(heritage) = &class.heritage {
            self.visit_class_heritage(heritage);
        }
        for element in &class.body.body {
            match element {
                ClassElement::StaticBlock(block) => self.static_block(block, this_class),
                ClassElement::MethodDefinition(method) => self.method(method),
                ClassElement::PropertyDefinition(field) => self.field(field, this_class),
                ClassElement::AccessorProperty(field) => self.accessor(field, this_class),
                ClassElement::TSIndexSignature(_) => {}
            }
        }
        if !is_site {
            return;
        }
        let (form, from) = match self.forms.get(&class.span.start) {
            Some((form, from)) => (*form, *from),
            None if class.is_declaration() => (Form::Declaration, class.span.start),
            None => (Form::Expression, class.span.start),
        };
        let from = class
            .decorators
            .iter()
            .map(|decorator| decorator.span.start)
            .chain([from, class.span.start])
            .min()
            .unwrap_or(from) as usize;
        let to = class.span.end as usize;
        let here = |met: &[(usize, usize)], depth: usize| {
            met.iter()
                .any(|(at_depth, at)| *at_depth == depth && (from..to).contains(at))
        };
        self.sites.push(Site {
            range: (from, to),
            what: What::Class(Box::new(ClassParts {
                form,
                start,
                name: class.id.as_ref().map(|id| id.name.to_string()),
                given_name: self.names.get(&class.span.start).cloned(),
                decorators: expressions(&class.decorators),
                heritage: class
                    .heritage
                    .as_ref()
                    .map(|heritage| range(heritage.expression.span())),
                elements,
                awaits: here(&self.awaits, self.depth),
                yields: here(&self.yields, self.depth),
            })),
        });
    }

    fn visit_function(&mut self, function: &Function<'a>, flags: ScopeFlags) {
        self.deeper(None, |this| walk::walk_function(this, function, flags));
    }

    fn visit_arrow_function_expression(&mut self, function: &ArrowFunctionExpression<'a>) {
        let this_class = self.this_class;
        self.deeper(this_class, |this| {
            walk::walk_arrow_function_expression(this, function);
        });
    }

    fn visit_await_expression(&mut self, expression: &AwaitExpression<'a>) {
        self.awaits.push((self.depth, expression.span.start as usize));
        walk::walk_await_expression(self, expression);
    }

    fn visit_yield_expression(&mut self, expression: &YieldExpression<'a>) {
        self.yields.push((self.depth, expression.span.start as usize));
        walk::walk_yield_expression(self, expression);
    }

    // A private name is one of the class as it was written.
    fn visit_private_field_expression(&mut self, expression: &PrivateFieldExpression<'a>) {
        if !matches!(expression.object, Expression::ThisExpression(_)) {
            walk::walk_private_field_expression(self, expression);
        }
    }

    fn visit_this_expression(&mut self, this: &ThisExpression) {
        if let Some(class) = self.this_class {
            self.sites.push(Site {
                range: range(this.span),
                what: What::This(class),
            });
        }
    }
}

impl Collector {
    fn static_block(&mut self, block: &StaticBlock<'_>, this_class: Option<usize>) {
        self.deeper(this_class, |this| walk::walk_static_block(this, block));
    }

    fn method(&mut self, method: &MethodDefinition<'_>) {
        self.visit_decorators(&method.decorators);
        if method.computed {
            self.visit_property_key(&method.key);
        }
        self.visit_function(&method.value, ScopeFlags::Function);
    }

    fn field(&mut self, field: &PropertyDefinition<'_>, this_class: Option<usize>) {
        self.visit_decorators(&field.decorators);
        if field.computed {
            self.visit_property_key(&field.key);
        }
        if let Some(value) = &field.value {
            if let (Expression::ClassExpression(class), Some(name)) = (value, field.key.static_name()) {
                self.names.insert(class.span.start, name.into_owned());
            }
            let this_class = this_class.filter(|_| field.r#static);
            self.deeper(this_class, |this| this.visit_expression(value));
        }
    }

    fn accessor(&mut self, field: &AccessorProperty<'_>, this_class: Option<usize>) {
        self.visit_decorators(&field.decorators);
        if field.computed {
            self.visit_property_key(&field.key);
        }
        if let Some(value) = &field.value {
            let this_class = this_class.filter(|_| field.r#static);
            self.deeper(this_class, |this| this.visit_expression(value));
        }
    }
}
