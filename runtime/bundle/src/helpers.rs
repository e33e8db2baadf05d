//! What transpiled code calls for where JavaScript lacks a construct: decorators, TypeScript's own and the standard's. One small module for each, which is part of
//! the program only when something calls it.

/// What the transformer puts in front of a helper's name.
pub(crate) const PACKAGE: &str = "holm:transpiled";

const DECORATE: &str = "\
module.exports = function decorate(decorators, target, key, descriptor) {
  const onClass = arguments.length < 3;
  let result = onClass ? target : descriptor === null ? Object.getOwnPropertyDescriptor(target, key) : descriptor;
  for (let at = decorators.length - 1; at >= 0; at--) {
    const decorator = decorators[at];
    if (!decorator) continue;
    const given = onClass ? decorator(result) : arguments.length > 3 ? decorator(target, key, result) : decorator(target, key);
    result = given || result;
  }
  if (!onClass && arguments.length > 3 && result) Object.defineProperty(target, key, result);
  return result;
};
";

const DECORATE_PARAM: &str = "\
module.exports = function decorateParam(index, decorator) {
  return (target, key) => decorator(target, key, index);
};
";

const DECORATE_METADATA: &str = "\
module.exports = function decorateMetadata(key, value) {
  if (typeof Reflect === 'object' && typeof Reflect.metadata === 'function') return Reflect.metadata(key, value);
};
";

/// Decorators of the standard: see [`decorators`](crate::decorators). Called once for each class, when its methods are there and nothing
/// static has run.
const CLASSES: &str = include_str!("decorators/classes.js");

/// The source of a helper, CommonJS, by the specifier that transpiled code imports it with.
pub(crate) fn source(specifier: &str) -> Option<(&'static str, &'static str)> {
    let name = specifier.strip_prefix(PACKAGE)?.strip_prefix("/helpers/")?;
    Some(match name {
        "decorate" => ("decorate", DECORATE),
        "decorateParam" => ("decorateParam", DECORATE_PARAM),
        "classes" => ("classes", CLASSES),
        "decorateMetadata" => ("decorateMetadata", DECORATE_METADATA),
        _ => return None,
    })
}

/// Where the helper lies in the program.
pub(crate) fn program_path(name: &str) -> String {
    format!("/holm/{name}.js")
}
