//! The policy rule: `if` with its conditions, `then` with its effect.
//!
//! Source: APD, definition-structure-policy-rule and effect-basics. The service parses strictly:
//! a member that it does not know is an error that names the type it was looking for.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::super::refusal::ArmRefusal;
use super::super::{Outcome, refuse};
use super::{alias, details, expression};

/// What a condition's operator takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// Text, number or truth value.
    Scalar,
    /// Text with at most one star.
    Pattern,
    /// Text only.
    Text,
    /// A list.
    List,
    /// A number or text to be compared by order.
    Ordered,
    /// true, false, or their texts.
    Truth,
}

/// The operators. Source: APD, definition-structure-policy-rule, "Conditions".
const OPERATORS: &[(&str, Takes)] = &[
    ("equals", Takes::Scalar),
    ("notequals", Takes::Scalar),
    ("like", Takes::Pattern),
    ("notlike", Takes::Pattern),
    ("match", Takes::Text),
    ("notmatch", Takes::Text),
    ("matchinsensitively", Takes::Text),
    ("notmatchinsensitively", Takes::Text),
    ("contains", Takes::Scalar),
    ("notcontains", Takes::Scalar),
    ("in", Takes::List),
    ("notin", Takes::List),
    ("containskey", Takes::Text),
    ("notcontainskey", Takes::Text),
    ("less", Takes::Ordered),
    ("lessorequals", Takes::Ordered),
    ("greater", Takes::Ordered),
    ("greaterorequals", Takes::Ordered),
    ("exists", Takes::Truth),
];

/// Fields that are no aliases. Source: APD, definition-structure-policy-rule, "Fields".
const FIELDS: &[&str] = &[
    "name",
    "fullname",
    "kind",
    "type",
    "location",
    "id",
    "identity.type",
    "tags",
    // Older or rarer ones that built-in definitions of Azure/azure-policy use.
    "identity.userassignedidentities",
    "managedby",
    "sku.name",
    "zones",
    "apiversion",
    "resourcegroup",
];

/// The effects. Source: APD, effect-basics.
pub(crate) const EFFECTS: &[&str] = &[
    "addtonetworkgroup",
    "append",
    "audit",
    "auditifnotexists",
    "deny",
    "denyaction",
    "deployifnotexists",
    "disabled",
    "manual",
    "modify",
    "mutate",
];

/// Walks a rule and remembers what it uses.
pub(crate) struct Walk<'a> {
    /// The declared parameters.
    pub(crate) parameters: &'a Map<String, Value>,
    /// Parameters met so far, in lower case.
    pub(crate) used: BTreeSet<String>,
    conditionals: usize,
}

impl<'a> Walk<'a> {
    pub(crate) const fn new(parameters: &'a Map<String, Value>) -> Self {
        Self {
            parameters,
            used: BTreeSet::new(),
            conditionals: 0,
        }
    }

    /// Checks a whole rule and returns the effects it can have, in lower case.
    pub(crate) fn rule(&mut self, rule: &Value) -> Outcome<Vec<String>> {
        let Some(members) = rule.as_object() else {
            return Err(refuse(
                ArmRefusal::RuleMember,
                "Failed to parse policy rule: 'not an object'.",
            ));
        };
        for member in members.keys() {
            if !matches!(member.as_str(), "if" | "then") {
                return Err(unknown_member(
                    ArmRefusal::RuleMember,
                    member,
                    "PolicyRuleDefinition",
                    member,
                ));
            }
        }
        let (Some(condition), Some(then)) = (members.get("if"), members.get("then")) else {
            return Err(refuse(
                ArmRefusal::RuleMember,
                "Failed to parse policy rule: 'Required property 'if' or 'then' not found in JSON. Path ''.'.",
            ));
        };
        self.condition(condition, "if")?;
        self.then(then)
    }

    fn then(&mut self, then: &Value) -> Outcome<Vec<String>> {
        let Some(members) = then.as_object() else {
            return Err(refuse(
                ArmRefusal::EffectMissing,
                "Failed to parse policy rule: 'then is not an object'.",
            ));
        };
        for member in members.keys() {
            if !matches!(member.as_str(), "effect" | "details") {
                return Err(unknown_member(
                    ArmRefusal::RuleMember,
                    member,
                    "PolicyEffectDefinition",
                    &format!("then.{member}"),
                ));
            }
        }
        let Some(effect) = members.get("effect").and_then(Value::as_str) else {
            return Err(refuse(
                ArmRefusal::EffectMissing,
                "Failed to parse policy rule: 'Required property 'effect' not found in JSON. Path 'then'.'.",
            ));
        };
        let effects = self.effects(effect)?;
        details::check(self, &effects, members.get("details"))?;
        Ok(effects)
    }

    /// The effects that a text can stand for: itself, or the values of the parameter it names.
    fn effects(&mut self, effect: &str) -> Outcome<Vec<String>> {
        if !expression::is_expression(effect) {
            return known_effect(effect).map(|effect| vec![effect]);
        }
        self.text(effect, "then.effect")?;
        let Some(name) = expression::sole_parameter(effect) else {
            return Ok(Vec::new());
        };
        let Some((_, parameter)) = super::parameter::find(self.parameters, &name) else {
            return Ok(Vec::new());
        };
        let mut values: Vec<&str> = parameter["allowedValues"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        values.extend(parameter["defaultValue"].as_str());
        let mut out = Vec::new();
        for value in values {
            let effect = known_effect(value)?;
            if !out.contains(&effect) {
                out.push(effect);
            }
        }
        Ok(out)
    }

    /// One condition, logical or not.
    pub(crate) fn condition(&mut self, condition: &Value, place: &str) -> Outcome<()> {
        self.conditionals += 1;
        if self.conditionals > 512 {
            return Err(refuse(
                ArmRefusal::RuleNesting,
                "The policy rule has more than 512 nested conditionals.",
            ));
        }
        let Some(members) = condition.as_object() else {
            return Err(malformed(place, "a condition is an object"));
        };
        for logical in ["not", "allOf", "anyOf"] {
            if let Some(inner) = member(members, logical) {
                return self.logical(logical, inner, members, place);
            }
        }
        self.subject(members, place)
    }

    fn logical(
        &mut self,
        logical: &str,
        inner: &Value,
        members: &Map<String, Value>,
        place: &str,
    ) -> Outcome<()> {
        if members.len() > 1 {
            return Err(malformed(place, "a logical operator stands alone"));
        }
        if logical == "not" {
            return self.condition(inner, &format!("{place}.not"));
        }
        let Some(items) = inner.as_array().filter(|items| !items.is_empty()) else {
            return Err(malformed(
                place,
                "allOf and anyOf hold a list of conditions",
            ));
        };
        for (at, item) in items.iter().enumerate() {
            self.condition(item, &format!("{place}.{logical}[{at}]"))?;
        }
        Ok(())
    }

    /// `field`, `value`, `source` or `count`, with exactly one operator.
    fn subject(&mut self, members: &Map<String, Value>, place: &str) -> Outcome<()> {
        let mut subjects = 0;
        let mut operators = 0;
        for (name, value) in members {
            match name.to_lowercase().as_str() {
                "field" => {
                    subjects += 1;
                    self.field(value, place)?;
                }
                "value" => {
                    subjects += 1;
                    self.any(value, place)?;
                }
                "source" => {
                    subjects += 1;
                    if value.as_str() != Some("action") {
                        return Err(malformed(place, "the only source is action"));
                    }
                }
                "count" => {
                    subjects += 1;
                    self.count(value, place)?;
                }
                operator => {
                    let Some((_, takes)) = OPERATORS.iter().find(|(known, _)| *known == operator)
                    else {
                        return Err(unknown_member(
                            ArmRefusal::RuleOperator,
                            name,
                            "LeafExpressionDefinition",
                            &format!("{place}.{name}"),
                        ));
                    };
                    operators += 1;
                    self.operand(name, *takes, value, place)?;
                }
            }
        }
        if subjects != 1 || operators != 1 {
            return Err(malformed(
                place,
                "a condition has one subject and one operator",
            ));
        }
        Ok(())
    }

    fn count(&mut self, count: &Value, place: &str) -> Outcome<()> {
        let place = format!("{place}.count");
        let bad = |what: &str| refuse(ArmRefusal::RuleCount, parse_failure(&place, what));
        let Some(members) = count.as_object() else {
            return Err(bad("count is an object"));
        };
        for name in members.keys() {
            if !matches!(name.as_str(), "field" | "value" | "name" | "where") {
                return Err(unknown_member(
                    ArmRefusal::RuleCount,
                    name,
                    "CountExpressionDefinition",
                    &format!("{place}.{name}"),
                ));
            }
        }
        match (members.get("field"), members.get("value")) {
            (Some(field), None) => {
                if !field.as_str().is_some_and(|field| field.contains("[*]")) {
                    return Err(bad("count.field names an array alias with [*]"));
                }
                if members.contains_key("name") {
                    return Err(bad("count.name goes with count.value only"));
                }
                self.field(field, &place)?;
            }
            (None, Some(value)) => self.any(value, &place)?,
            _ => return Err(bad("count has either field or value")),
        }
        match members.get("where") {
            None => Ok(()),
            Some(condition) => self.condition(condition, &format!("{place}.where")),
        }
    }

    fn operand(&mut self, name: &str, takes: Takes, value: &Value, place: &str) -> Outcome<()> {
        self.any(value, place)?;
        if value.as_str().is_some_and(expression::is_expression) {
            return Ok(());
        }
        let fits = match takes {
            Takes::Scalar => value.is_string() || value.is_number() || value.is_boolean(),
            Takes::Pattern | Takes::Text => value.is_string(),
            Takes::List => value.is_array(),
            Takes::Ordered => value.is_string() || value.is_number(),
            Takes::Truth => {
                value.is_boolean()
                    || value.as_str().is_some_and(|text| {
                        text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
                    })
            }
        };
        if !fits {
            return Err(refuse(
                ArmRefusal::RuleOperand,
                parse_failure(
                    &format!("{place}.{name}"),
                    "the value is not what the operator takes",
                ),
            ));
        }
        if takes == Takes::Pattern
            && value
                .as_str()
                .is_some_and(|text| text.matches('*').count() > 1)
        {
            return Err(refuse(
                ArmRefusal::RuleWildcards,
                format!(
                    "The policy rule is invalid: '{place}.{name}' contains more than one wildcard '*'."
                ),
            ));
        }
        Ok(())
    }

    /// A field's name, wherever one stands.
    pub(crate) fn field(&mut self, field: &Value, place: &str) -> Outcome<()> {
        let Some(name) = field.as_str() else {
            return Err(refuse(
                ArmRefusal::RuleField,
                parse_failure(place, "a field is a text"),
            ));
        };
        if expression::is_expression(name) {
            return self.text(name, place);
        }
        let lower = name.to_lowercase();
        if FIELDS.contains(&lower.as_str()) || is_tag(name) {
            return Ok(());
        }
        match alias::judge(name) {
            alias::Verdict::Fine => Ok(()),
            alias::Verdict::Unknown => Err(refuse(
                ArmRefusal::RuleAlias,
                format!(
                    "The 'field' property '{name}' of the policy rule doesn't exist as an alias under its \
                     provider and resource type."
                ),
            )),
            alias::Verdict::Malformed => Err(refuse(
                ArmRefusal::RuleField,
                format!("The 'field' property '{name}' of the policy rule is not supported."),
            )),
        }
    }

    /// Any value: every expression inside it is checked.
    pub(crate) fn any(&mut self, value: &Value, place: &str) -> Outcome<()> {
        match value {
            Value::String(text) => self.text(text, place),
            Value::Array(items) => items.iter().try_for_each(|item| self.any(item, place)),
            Value::Object(members) => members.values().try_for_each(|item| self.any(item, place)),
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
        }
    }

    /// A text, which may be an expression that names parameters.
    fn text(&mut self, text: &str, place: &str) -> Outcome<()> {
        if !expression::is_expression(text) {
            return Ok(());
        }
        let mentions = expression::check(text, place)?;
        for name in mentions.parameters {
            if super::parameter::find(self.parameters, &name).is_none() {
                return Err(refuse(
                    ArmRefusal::ParameterUndeclared,
                    format!(
                        "A function or parameter in policy could not be validated. The inner exception 'The \
                         policy has undefined parameter '{name}' which is used in the policy rule. Please \
                         either define it in policy definition or remove the reference in policy rule.'."
                    ),
                ));
            }
            self.used.insert(name.to_lowercase());
        }
        Ok(())
    }
}

/// `tags.name`, `tags['name']`, `tags[name]`: the forms of APD, "Fields", tags.
fn is_tag(name: &str) -> bool {
    let lower = name.to_lowercase();
    let Some(rest) = lower.strip_prefix("tags") else {
        return false;
    };
    if let Some(tag) = rest.strip_prefix('.') {
        return !tag.is_empty();
    }
    rest.strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .is_some_and(|tag| !tag.trim_matches('\'').is_empty())
}

fn member<'v>(members: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    members
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

fn known_effect(effect: &str) -> Outcome<String> {
    let lower = effect.to_lowercase();
    if EFFECTS.contains(&lower.as_str()) {
        return Ok(lower);
    }
    Err(refuse(
        ArmRefusal::EffectUnknown,
        format!(
            "Failed to parse policy rule: 'The policy effect '{effect}' is not valid. Path 'then.effect'.'."
        ),
    ))
}

pub(crate) fn parse_failure(place: &str, what: &str) -> String {
    format!("Failed to parse policy rule: '{what}. Path '{place}'.'.")
}

fn malformed(place: &str, what: &str) -> super::super::Refused {
    refuse(ArmRefusal::RuleCondition, parse_failure(place, what))
}

/// The message of the service's strict reader. Source: GH MicrosoftDocs/azure-docs#13435.
pub(crate) fn unknown_member(
    kind: ArmRefusal,
    member: &str,
    object: &str,
    path: &str,
) -> super::super::Refused {
    refuse(
        kind,
        format!(
            "Failed to parse policy rule: 'Could not find member '{member}' on object of type '{object}'. \
             Path '{path}'.'."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::is_tag;

    #[test]
    fn tags_have_three_forms() {
        for good in [
            "tags.owner",
            "tags['mesh.owner']",
            "tags[owner]",
            "Tags['a:b']",
        ] {
            assert!(is_tag(good), "{good}");
        }
        for bad in [
            "tags.",
            "tags[]",
            "tags['']",
            "tagsowner",
            "tag.owner",
            "tags[owner",
        ] {
            assert!(!is_tag(bad), "{bad}");
        }
    }
}
