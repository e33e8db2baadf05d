//! The export names of a CommonJS module, as far as its text tells them.
//!
//! An ES module that imports names from a CommonJS one needs them before it runs. Node reads them off common forms of assignment,
//! those that people write and those that compilers emit; these are the same forms, found in the syntax tree.

use oxc_ast::ast::{
    Argument, AssignmentExpression, AssignmentTarget, CallExpression, Expression, MemberExpression,
    ObjectPropertyKind, PropertyKind,
};
use oxc_span::GetSpan;

use crate::scan::{Scanner, literal};

/// Looks at an assignment: `exports.x = …`, `module.exports = …`.
pub(crate) fn assignment(scanner: &mut Scanner<'_>, assignment: &AssignmentExpression<'_>) {
    let Some(member) = member(&assignment.left) else {
        return;
    };
    if is_module_exports(member) {
        whole(scanner, &assignment.right);
    } else if is_exports(member.object())
        && let Some(name) = member.static_property_name()
    {
        scanner.findings.exports.insert(name.to_owned());
    }
}

/// Looks at a call: `Object.defineProperty(exports, …)`, `__exportStar(require('x'), exports)` and the like.
pub(crate) fn call(scanner: &mut Scanner<'_>, call: &CallExpression<'_>) {
    let [first, rest @ ..] = call.arguments.as_slice() else {
        return;
    };
    let Some(first) = first.as_expression() else {
        return;
    };
    let function = match &call.callee {
        Expression::Identifier(name) => name.name.as_str(),
        Expression::StaticMemberExpression(member) => member.property.name.as_str(),
        // `(0, tslib_1.__exportStar)(…)`
        Expression::SequenceExpression(sequence) => match sequence.expressions.last() {
            Some(Expression::StaticMemberExpression(member)) => member.property.name.as_str(),
            _ => return,
        },
        _ => return,
    };
    match function {
        "defineProperty" if is_exports(first) => {
            let name = rest.first().and_then(Argument::as_expression).and_then(literal);
            if let Some((name, _)) = name {
                scanner.findings.exports.insert(name);
            }
        }
        "assign" if call.callee.is_specific_member_access("Object", "assign") && is_exports(first) => {
            for argument in rest.iter().filter_map(Argument::as_expression) {
                whole(scanner, argument);
            }
        }
        "__exportStar" | "__export" | "__reExport" => {
            for argument in call.arguments.iter().filter_map(Argument::as_expression) {
                if let Some(specifier) = scanner.required_by(argument) {
                    scanner.findings.reexports.insert(specifier);
                }
            }
        }
        "forEach" => copied_keys(scanner, call, first),
        _ => {}
    }
}

/// What Babel makes of `export * from`: `Object.keys(_x).forEach(function (key) { … exports[key] = _x[key] … })`.
fn copied_keys(scanner: &mut Scanner<'_>, call: &CallExpression<'_>, body: &Expression<'_>) {
    let Expression::StaticMemberExpression(each) = &call.callee else {
        return;
    };
    let Expression::CallExpression(keys) = &each.object else {
        return;
    };
    if !keys.callee.is_specific_member_access("Object", "keys") {
        return;
    }
    let Some(Argument::Identifier(from)) = keys.arguments.first() else {
        return;
    };
    let span = body.span();
    let copies = scanner
        .source
        .get(span.start as usize..span.end as usize)
        .is_some_and(|text| text.contains("exports[") || text.contains("defineProperty(exports,"));
    if copies && let Some(specifier) = scanner.required.get(from.name.as_str()) {
        scanner.findings.reexports.insert(specifier.clone());
    }
}

/// The value of `module.exports`.
fn whole(scanner: &mut Scanner<'_>, value: &Expression<'_>) {
    match value.without_parentheses() {
        // `module.exports = exports = …`
        Expression::AssignmentExpression(assignment) => whole(scanner, &assignment.right),
        Expression::ObjectExpression(object) => {
            for property in &object.properties {
                match property {
                    ObjectPropertyKind::ObjectProperty(property)
                        if !property.computed && property.kind != PropertyKind::Set =>
                    {
                        if let Some(name) = property.key.static_name() {
                            scanner.findings.exports.insert(name.into_owned());
                        }
                    }
                    ObjectPropertyKind::ObjectProperty(_) => {}
                    ObjectPropertyKind::SpreadProperty(spread) => reexport(scanner, &spread.argument),
                }
            }
        }
        other => reexport(scanner, other),
    }
}

fn reexport(scanner: &mut Scanner<'_>, value: &Expression<'_>) {
    let specifier = match value {
        Expression::Identifier(name) => scanner.required.get(name.name.as_str()).cloned(),
        other => scanner.required_by(other),
    };
    scanner.findings.reexports.extend(specifier);
}

fn member<'t, 'a>(target: &'t AssignmentTarget<'a>) -> Option<&'t MemberExpression<'a>> {
    target.as_simple_assignment_target()?.as_member_expression()
}

fn is_module_exports(member: &MemberExpression<'_>) -> bool {
    member.is_specific_member_access("module", "exports")
}

/// `exports` or `module.exports`.
fn is_exports(expression: &Expression<'_>) -> bool {
    let expression = expression.without_parentheses();
    expression.is_specific_id("exports") || expression.as_member_expression().is_some_and(is_module_exports)
}
