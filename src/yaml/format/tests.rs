//! The canonical spelling of single constructs. Whole files are in `tests/it/fmt.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail by unwrapping"
)]

use super::format;

#[track_caller]
fn becomes(text: &str, wanted: &str) {
    let made = format(text).unwrap_or_else(|trouble| panic!("{trouble:?}\n{text}"));
    assert_eq!(made, wanted, "from:\n{text}");
    assert_eq!(format(&made).unwrap(), made, "formatted twice");
}

#[track_caller]
fn stays(text: &str) {
    becomes(text, text);
}

#[test]
fn indentation_is_two_spaces() {
    becomes(
        "a:\n    b:\n          c: 1\n    d: 2\n",
        "a:\n  b:\n    c: 1\n  d: 2\n",
    );
    becomes("  a: 1\n  b: 2\n", "a: 1\nb: 2\n");
}

#[test]
fn lists_stand_inside_of_their_key() {
    becomes("a:\n- x\n- y\nb: 1\n", "a:\n  - x\n  - y\nb: 1\n");
    becomes(
        "a:\n-   name: x\n    b: 1\n-   name: y\n",
        "a:\n  - name: x\n    b: 1\n  - name: y\n",
    );
    becomes(
        "a:\n- b:\n  - c\n  - d: 1\n    e: 2\n- f\n",
        "a:\n  - b:\n      - c\n      - d: 1\n        e: 2\n  - f\n",
    );
    becomes("-   - a\n    - b\n-   c\n", "- - a\n  - b\n- c\n");
    becomes(
        "a:\n  -\n      b: 1\n      c: 2\n",
        "a:\n  -\n    b: 1\n    c: 2\n",
    );
}

#[test]
fn spaces_around_indicators_are_single() {
    becomes("a :   1\nb: \tx\n", "a: 1\nb: x\n");
    becomes(
        "a: { b:1, 'c' :[ 1,2 ,3 ] , \"d\":4 }\n",
        "a: {b:1, \"c\": [1, 2, 3], \"d\": 4}\n",
    );
    becomes("a: {b: , c: {}, d: [ ]}\n", "a: {b:, c: {}, d: []}\n");
    becomes("a: [{b: 1},{c: 2}]   \n", "a: [{b: 1}, {c: 2}]\n");
}

#[test]
fn comments_stay_with_what_they_annotate() {
    stays("# top\n\na: 1 # one\n# about b\nb: # b\n  # about c\n  c: 1\n  # end of b\n# end\n");
    becomes(
        "a:\n# about b\n    b: 1\n    # still in a\nc: 2\n",
        "a:\n  # about b\n  b: 1\n  # still in a\nc: 2\n",
    );
    becomes(
        "a:\n- x\n# about y\n- y\n# about b\nb: 1\n",
        "a:\n  - x\n  # about y\n  - y\n# about b\nb: 1\n",
    );
    becomes(
        "a: 1    # far\nb: 2\t# tab\n",
        "a: 1    # far\nb: 2 # tab\n",
    );
    becomes("a: 1\n      # adrift\nb: 2\n", "a: 1\n# adrift\nb: 2\n");
    becomes("a: {b: 1} #c   \n", "a: {b: 1} #c\n");
    stays("a: x#y\nb: \"#\"\nc: 'it''s # no'\n");
}

#[test]
fn one_empty_line_at_most() {
    becomes("\n\na: 1\n\n\n\nb: 2\n\n\n", "a: 1\n\nb: 2\n");
    becomes("a: 1", "a: 1\n");
    becomes("a: 1\n   \nb: 2\n", "a: 1\n\nb: 2\n");
}

#[test]
fn quotes_change_only_where_the_value_does_not() {
    becomes("a: 'x y'\n", "a: \"x y\"\n");
    stays("a: 'a\"b'\nb: 'a\\b'\nc: 'it''s'\nd: \"1\"\ne: \"true\"\nf: \"\\u00e4\"\n");
    becomes("'a': 1\n", "\"a\": 1\n");
}

#[test]
fn block_scalars_keep_their_bytes() {
    stays("a: |\n  one\n\n\n    two  \n  three # no comment\nb: >-\n    x\n    y\n# end\n");
    stays("a: |+\n  one\n\n\nb: 1\n");
    stays("a:\n  - |\n    x\n  - >2\n     y\n");
    becomes(
        "a:\n    b: |  # why\n        one\n          two\n    c: 1\n",
        "a:\n  b: |  # why\n      one\n        two\n  c: 1\n",
    );
    becomes("a:\n- |\n one\n- b\n", "a:\n  - |\n   one\n  - b\n");
    stays("a: |\nb: 1\n");
}

#[test]
fn scalars_of_several_lines_go_along() {
    stays("a: one\n  two\nb: \"x\n  y\"\n");
    becomes(
        "a:\n    b: one\n       two\n    c: 'x\n\n      y'\n",
        "a:\n  b: one\n     two\n  c: 'x\n\n    y'\n",
    );
    becomes("a:\n- one\n two\n", "a:\n  - one\n   two\n");
}

#[test]
fn flow_of_several_lines_keeps_its_lines() {
    stays("a: [\n  x, # first\n  y,\n]\nb: {c: 1,\n  d: 2}\n");
    becomes(
        "a:\n    b: [\n      x,\n      y ]\n",
        "a:\n  b: [\n    x,\n    y]\n",
    );
}

#[test]
fn anchors_and_aliases_stay() {
    stays("a: &x {b: 1}\nc: *x\nd:\n  - &y e: 1\n    f: 2\n  - *y\ng: &z\n  h: 1\ni: &t text\n");
    becomes("a: &x   1\nb:   *x\n", "a: &x 1\nb: *x\n");
}

#[test]
fn line_ends_are_the_files_own_and_a_mark_goes() {
    becomes("a:   1\r\nb: |\r\n  x\r\n", "a: 1\r\nb: |\r\n  x\r\n");
    becomes("a: 1\r\nb: 2\n", "a: 1\nb: 2\n");
    becomes("\u{feff}a:  1\n", "a: 1\n");
}

#[test]
fn documents_may_be_marked() {
    stays("---\na: 1\n");
    stays("# first\n---\n# second\na: 1\n");
}

#[test]
fn letters_of_every_alphabet_keep_their_places() {
    becomes(
        "größe: {a:  \"ä\"} # ü\nb:\n    - 日本:   x\n      c: 1\n",
        "größe: {a: \"ä\"} # ü\nb:\n  - 日本: x\n    c: 1\n",
    );
}

#[test]
fn what_is_not_understood_is_refused_with_its_place() {
    for (text, at) in [
        ("? a\n: b\n", 0),
        ("a: 1\nb: !x y\n", 8),
        ("%YAML 1.2\n---\na: 1\n", 0),
        ("a: 1\n...\n", 5),
        ("--- a\n", 0),
        ("a: 1\rb: 2\n", 4),
        ("\u{feff}a: 1\r\nb: !x 1\r\n", 12),
        ("a: [1\n", 6),
        ("a:\n\tb: 1\n", 4),
    ] {
        let trouble = format(text).unwrap_err();
        let near = trouble.at.abs_diff(at) <= 4;
        assert!(near, "{text:?}: {trouble:?}");
    }
}
