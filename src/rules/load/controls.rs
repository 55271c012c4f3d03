//! Frameworks and their controls, and the controls that rules name.
//!
//! It may use the shapes of the files. What a control asks for is for people:
//! here a rule may name only what the framework's file has, so that no mapping
//! goes without relation, source and date.

use std::collections::BTreeMap;

use super::facts::is_date;
use super::sources::Source;
use super::yaml::{point, yaml};
use crate::diagnostic::Diagnostic;
use crate::findings::{Control, Framework};
use crate::rules::expression::suggest;
use crate::rules::file::{ControlFile, FrameworkFile};

/// Frameworks by name.
pub(super) type Frameworks = BTreeMap<String, Framework>;

pub(super) fn framework(
    source: &Source,
    frameworks: &mut Frameworks,
) -> Result<(), Vec<Diagnostic>> {
    let file: FrameworkFile = yaml(source).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    if !is_date(&file.as_of.value) {
        problems.push(point(source, &file.as_of, "`as_of` is a day: YYYY-MM-DD"));
    }
    if file.references.is_empty() {
        problems.push(point(
            source,
            &file.framework,
            "a framework needs at least one reference: where its ids were read",
        ));
    }
    let mut seen = std::collections::BTreeSet::new();
    for control in &file.controls {
        if !seen.insert(control.id.as_str()) {
            let message = format!("the control {} is there twice", control.id);
            problems.push(point(source, &file.framework, message));
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    frameworks.insert(
        file.framework.value.clone(),
        Framework {
            framework: file.framework.value,
            title: file.title,
            version: file.version,
            url: file.url,
            as_of: file.as_of.value,
            reviewed_by: file.reviewed_by,
            note: file.note.trim().to_owned(),
            references: file.references,
            controls: file.controls,
        },
    );
    Ok(())
}

/// The controls of a rule, each of which its framework has.
pub(super) fn named(
    source: &Source,
    controls: Vec<ControlFile>,
    frameworks: &Frameworks,
    problems: &mut Vec<Diagnostic>,
) -> Vec<Control> {
    let mut controls_of_rule = Vec::new();
    for ControlFile { framework, ids } in controls {
        let Some(known) = frameworks.get(&framework.value) else {
            let message = format!("there is no framework `{}`", framework.value);
            let names = frameworks.keys().map(String::as_str);
            let help = suggest::among(&framework.value, names);
            problems.push(point(source, &framework, message).help(help));
            continue;
        };
        for id in &ids {
            if !known.controls.iter().any(|control| control.id == id.value) {
                let message = format!(
                    "{} has no control `{}` in its file",
                    framework.value, id.value
                );
                let all = known.controls.iter().map(|control| control.id.as_str());
                let help = suggest::among(&id.value, all);
                problems.push(point(source, id, message).help(help));
            }
        }
        controls_of_rule.push(Control {
            framework: framework.value,
            ids: ids.into_iter().map(|id| id.value).collect(),
        });
    }
    controls_of_rule
}
