//! What somebody may have meant.
//!
//! Pure text; used wherever a name is not known.

/// `did you mean …?`, or the names there are.
pub(crate) fn among<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> String {
    let mut known: Vec<&str> = known.collect();
    known.sort_unstable();
    known.dedup();
    let near = known
        .iter()
        .map(|other| {
            (
                strsim::jaro_winkler(&name.to_lowercase(), &other.to_lowercase()),
                *other,
            )
        })
        .filter(|(score, _)| *score > 0.8)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    match near {
        Some((_, other)) => format!("did you mean `{other}`?"),
        None if known.is_empty() => "there is none".to_owned(),
        None if known.len() > 24 => {
            format!("there are {} names; see `plaudit schema`", known.len())
        }
        None => format!("known: {}", known.join(", ")),
    }
}
