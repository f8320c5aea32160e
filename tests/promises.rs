//! A promise that crosses the border to JavaScript has no type of its own: its TypeScript is a text beside it. The compiler holds the
//! type in `view::<…>` against what the core gives; here the text is held against that type.

/// What stands in front of the type in the text.
const SAID: &str = "unchecked_return_type = \"Promise<";

#[test]
fn each_promise_says_what_it_gives() {
    let mut verbs = include_str!("../src/wasm.rs").split(SAID);
    let promises = |text: &str| text.matches("-> Promise {").count();
    // The one that makes them.
    assert_eq!(verbs.next().map(promises), Some(1));
    let mut held = 0;
    for verb in verbs {
        let said = verb.split('>').next();
        let given = verb.split("view::<").nth(1).and_then(|rest| rest.split('>').next());
        let nothing = verb.contains("{ done(").then_some("void");
        assert_eq!(said, given.xor(nothing), "{verb}");
        assert_eq!(promises(verb), 1, "without a type: {verb}");
        held += 1;
    }
    assert!(held > 10, "{held}");
}
