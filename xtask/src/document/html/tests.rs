use super::*;
use crate::document::{Field, tests::every_piece};

const CELL: &str = "merge/1MB/random/wasmtime:aot";

fn samples() -> (String, Table) {
    let row = vec![Field::figure("1", 1.0), Field::figure("12.3 ms", 0.0123)];
    (CELL.to_owned(), Table::new(["round", "wall"], [row]))
}

fn with(pieces: Vec<Piece>) -> Document {
    let title = "t".to_owned();
    Document { title, pieces }
}

fn rendered(piece: Piece) -> String {
    render(&with(vec![piece]), &[], "")
}

#[test]
fn every_kind_of_piece_is_there() {
    let document = every_piece();
    let mut page = render(&document, &[samples()], "");
    // What is drawn has its own tests.
    for chart in document.charts() {
        page = page.replace(
            svg::render(chart).trim_end(),
            "<svg viewBox=\"0 0 1 1\"><rect/></svg>",
        );
    }
    let (_, body) = page.split_once("<body>\n").unwrap();
    let (body, _script) = body.split_once("<script>").unwrap();
    insta::assert_snapshot!(body);
}

#[test]
fn the_page_is_whole_and_the_same_each_time() {
    let page = || render(&every_piece(), &[samples()], "");
    let text = page();
    assert_eq!(text, page());
    assert!(text.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
    assert!(text.ends_with("</script>\n</body>\n</html>\n"));
    assert!(text.contains("<title>Benchmark run &lt;1&gt;</title>"));
    // Neither part may end its element early.
    assert_eq!(text.matches("</script").count(), 1);
    assert_eq!(text.matches("</style").count(), 3, "a chart has its own");
}

#[test]
fn an_empty_document_has_no_contents_and_no_samples() {
    let text = render(&with(vec![]), &[], "");
    assert!(text.contains("<h1>t</h1>"), "{text}");
    assert!(!text.contains("<nav"), "{text}");
    assert!(!text.contains("<details"), "{text}");
}

#[test]
fn nothing_but_code_and_bold_is_markup() {
    let text = "<script>alert('1')</script> & \"x\" `<b>` **a `<i>` b** * **";
    let rendered = rendered(Piece::Paragraph(text.to_owned()));
    assert!(
        rendered.contains(
            "<p>&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot; \
             <code>&lt;b&gt;</code> <strong>a <code>&lt;i&gt;</code> b</strong> * **</p>"
        ),
        "{rendered}"
    );
}

#[test]
fn a_command_is_shown_as_it_is() {
    let rendered = rendered(Piece::Command("a `b` **c** <d>".to_owned()));
    assert!(
        rendered.contains("<code>a `b` **c** &lt;d&gt;</code></pre>"),
        "{rendered}"
    );
}

#[test]
fn headings_have_ids_of_their_own() {
    let pieces = ["Samples", "a: `b`", "a: `b`"].map(|text| Piece::Heading(text.to_owned()));
    let text = render(&with(pieces.to_vec()), &[samples()], "");
    for (number, heading) in (1..).zip(["Samples", "a: b", "a: b", "Samples"]) {
        assert!(text.contains(&format!("<a href=\"#part-{number}\">{heading}</a>")));
        assert_eq!(
            text.matches(&format!("<h2 id=\"part-{number}\">")).count(),
            1
        );
    }
}

#[test]
fn a_link_and_the_samples_it_leads_to_have_the_same_id() {
    let cell = "my work/1MB/random/a:\"jit\"@host";
    let table = Table {
        title: String::new(),
        header: vec!["a".to_owned(), "b".to_owned()],
        rows: vec![vec!["a".into(), Field::from("1 s").of_cell(cell)]],
    };
    let samples = (cell.to_owned(), samples().1);
    let text = render(&with(vec![Piece::Table(table)]), &[samples], "");
    let id = "my-work/1MB/random/a:-jit-@host";
    assert!(text.contains(&format!("<a href=#{id}>1 s</a>")), "{text}");
    assert!(text.contains(&format!("<details id=\"{id}\">")), "{text}");
}
