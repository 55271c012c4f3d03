//! Any text as an expression: parsed or refused with places inside the text.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    for problem in plaudit::rules::expression::parser::parse(text)
        .err()
        .into_iter()
        .flatten()
    {
        assert!(problem.span.end as usize <= text.len() + 1);
    }
});
