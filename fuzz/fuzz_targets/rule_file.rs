//! Any text as a rule file: loaded or refused with problems that can be drawn.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let problems = plaudit::rules::load_text("rules/endpoint-odd.yaml", text).err();
    for problem in problems.into_iter().flatten() {
        assert!(!problem.render(false).is_empty());
    }
});
