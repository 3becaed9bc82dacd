//! Output as a reader without colour sees it.

use takk::ui::Output;

/// `text` without its colour codes.
pub(crate) fn plain(text: &str) -> String {
    takk::ui::plain(text)
}

/// Asserts that every line fits a terminal of 80 columns.
pub(crate) fn assert_fits(text: &str) {
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{} columns: {line}", line.chars().count());
        assert_eq!(line.trim_end(), line, "blanks at the end of a line");
    }
}

#[test]
fn an_answer_can_be_saved_and_an_unwritable_file_is_named() {
    let directory = tempfile::tempdir().expect("a directory");
    let output = Output::new(takk::ui::ColorChoice::Never, true);
    let file = directory.path().join("out.txt");
    let target = takk_files::Target::new(&file, directory.path()).expect("a place");
    output.written(&file, target.write("text\n")).expect("saved");
    assert_eq!(std::fs::read_to_string(&file).expect("written"), "text\n");
    let error = takk_files::Target::new(&directory.path().join("no/such/out.txt"), directory.path()).expect_err("no directory");
    assert!(error.message.starts_with("cannot write `"), "{error}");
}
