//! `plaudit schema`: what rules can speak about, and the shape of the report.
//!
//! Everything is printed from the tables that the program itself uses, so that
//! it cannot be out of date.

use std::io::{self, Write};

use clap::{Args, Subcommand};

use super::{Screen, Status, Stop};
use crate::diagnostic::Diagnostic;
use crate::graph::links;
use crate::rules::expression::{functions, suggest};
use crate::snapshot::record::Kind;
use crate::snapshot::schema::{Absent, Field, Shape};

/// Flags of `plaudit schema`.
#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    #[command(subcommand)]
    command: SchemaCommand,
}

#[derive(Debug, Subcommand)]
enum SchemaCommand {
    /// All kinds of resources, with the calls that list them.
    Kinds,
    /// One kind: fields, links, calls and permissions.
    Kind {
        /// Name: `vpc-endpoint`.
        name: String,
    },
    /// All functions of the expression language.
    Functions,
    /// The JSON schema of files with intents, for editors.
    Intents,
    /// The JSON schema of `plaudit audit -f json`.
    Report,
    /// The JSON schema of `plaudit reach -f json`.
    Reach,
    /// The JSON schema of `plaudit matrix -f json`.
    Matrix,
}

/// Runs `plaudit schema`.
pub(super) fn run(args: &SchemaArgs, _: &Screen) -> Result<Status, Stop> {
    let mut out = io::stdout().lock();
    match &args.command {
        SchemaCommand::Kinds => kinds(&mut out)?,
        SchemaCommand::Kind { name } => {
            if let Some(kind) = Kind::from_name(name) {
                describe(kind, &mut out)?;
            } else {
                let names = Kind::ALL.iter().map(|kind| kind.spec().name);
                let problem =
                    Diagnostic::error("kind", format!("there is no resource kind `{name}`"));
                return Err(problem.help(suggest::among(name, names)).into());
            }
        }
        SchemaCommand::Functions => {
            for function in functions::all() {
                writeln!(
                    out,
                    "{}\n    {}\n    {}\n",
                    function.signature(),
                    function.doc,
                    function.example
                )?;
            }
        }
        SchemaCommand::Intents => writeln!(
            out,
            "{}",
            include_str!("../../docs/schema/intents.schema.json").trim_end()
        )?,
        SchemaCommand::Report => writeln!(
            out,
            "{}",
            include_str!("../../docs/schema/report.schema.json").trim_end()
        )?,
        SchemaCommand::Reach => writeln!(
            out,
            "{}",
            include_str!("../../docs/schema/reach.schema.json").trim_end()
        )?,
        SchemaCommand::Matrix => writeln!(
            out,
            "{}",
            include_str!("../../docs/schema/matrix.schema.json").trim_end()
        )?,
    }
    Ok(Status::Clean)
}

fn kinds(out: &mut dyn Write) -> io::Result<()> {
    for kind in Kind::ALL {
        let spec = kind.spec();
        let calls: Vec<String> = spec
            .calls()
            .map(|source| format!("{}:{}", source.service, source.operation))
            .collect();
        let mut calls: Vec<&str> = calls.iter().map(String::as_str).collect();
        calls.dedup();
        writeln!(out, "{:44} {}", spec.name, calls.join(", "))?;
    }
    Ok(())
}

fn describe(kind: Kind, out: &mut dyn Write) -> io::Result<()> {
    let spec = kind.spec();
    writeln!(
        out,
        "{} ({}), in rules `{}`\n{}\n{}\n",
        spec.name, spec.cloudformation, spec.variable, spec.doc, spec.url
    )?;
    if spec.is_given() {
        writeln!(out, "No call: `connections` of plaudit.yaml, or a list")?;
        for source in spec.sources {
            writeln!(out, "  {}", source.key)?;
        }
    } else {
        writeln!(out, "Calls")?;
    }
    for source in spec.calls() {
        let key = if source.key.is_empty() {
            source.marks.join(" + ")
        } else {
            source.key.to_owned()
        };
        writeln!(
            out,
            "  {}:{}  {key}  ({})",
            source.service,
            source.operation,
            source.iam_action()
        )?;
    }
    writeln!(out, "\nFields")?;
    fields(spec.fields, 1, out)?;
    writeln!(out, "\nLinks")?;
    for link in links::all() {
        if link.from == kind {
            writeln!(
                out,
                "  {}.{}() → {}{}",
                spec.variable,
                link.forward,
                if link.many { "list of " } else { "" },
                link.to.spec().name
            )?;
        }
        if link.to == kind && !link.reverse.is_empty() {
            writeln!(
                out,
                "  {}.{}() → list of {}",
                spec.variable,
                link.reverse,
                link.from.spec().name
            )?;
        }
    }
    Ok(())
}

fn fields(all: &[Field], depth: usize, out: &mut dyn Write) -> io::Result<()> {
    for field in all {
        let (shape, inner): (String, &[Field]) = match field.shape {
            Shape::Text => ("text".to_owned(), &[]),
            Shape::Int => ("int".to_owned(), &[]),
            Shape::Bool => ("bool".to_owned(), &[]),
            Shape::Address => ("text (address)".to_owned(), &[]),
            Shape::Cidr => ("text (CIDR)".to_owned(), &[]),
            Shape::Texts => ("list of text".to_owned(), &[]),
            Shape::Reference(kind) => {
                let kinds = std::iter::once(kind).chain(field.others.iter().map(|other| other.0));
                let names: Vec<&str> = kinds.map(|kind| kind.spec().name).collect();
                (format!("text (id of {})", names.join(" or ")), &[])
            }
            Shape::References(kind) => (format!("list of text (ids of {})", kind.spec().name), &[]),
            Shape::Object(inner) => ("object".to_owned(), inner),
            Shape::List(inner) => ("list of objects".to_owned(), inner),
            Shape::Tags => ("tags".to_owned(), &[]),
            Shape::Embedded(kind) => (format!("objects that become {}", kind.spec().name), &[]),
        };
        let absent = if field.absent == Absent::Unknown {
            "unknown if absent"
        } else {
            "empty if absent"
        };
        let from = field
            .operation
            .map_or_else(String::new, |operation| format!(", from {operation}"));
        writeln!(
            out,
            "{}{}  {shape}; {absent}{from}",
            "  ".repeat(depth),
            field.name
        )?;
        writeln!(out, "{}    {}", "  ".repeat(depth), field.doc)?;
        if !field.values.is_empty() {
            writeln!(
                out,
                "{}    {}",
                "  ".repeat(depth),
                field.values.join(" | ")
            )?;
        }
        fields(inner, depth + 1, out)?;
    }
    Ok(())
}
