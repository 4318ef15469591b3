//! Tables of `report.html`. What sorts and filters them is added by `report.js`, where it runs.

use std::collections::BTreeSet;

use super::{cell_id, inline};
use crate::document::inline::{escape, unmarked};
use crate::document::{Field, Table};

/// Texts longer than this many characters (a cell's name is shorter) take several lines.
const LINE: usize = 48;

/// A table that scrolls sideways where it is too wide. Fields lead to the samples of those
/// cells that are `linked`; `place` is what the table is called if it has no title.
///
/// A run has tens of thousands of fields, so optional end tags and quotes are left out.
pub fn table(table: &Table, place: &str, linked: &BTreeSet<&str>) -> String {
    let numeric = table.numeric_columns();
    let (name, caption) = match table.title.as_str() {
        "" => (place, String::new()),
        title => (title, format!("<caption>{}</caption>", inline(title))),
    };
    let name_of = |(text, numeric): (&String, &bool)| {
        let class = if *numeric { " class=n" } else { "" };
        format!("<th scope=col{class}>{}", inline(text))
    };
    let header: String = table.header.iter().zip(&numeric).map(name_of).collect();
    let row = |row: &Vec<Field>| format!("<tr>{}\n", fields(row, &numeric, linked));
    let rows: String = table.rows.iter().map(row).collect();
    format!(
        "<div class=scroll tabindex=0 role=group aria-label=\"{}\">\
         <table>{caption}\n<thead><tr>{header}\n<tbody>\n{rows}</table></div>\n",
        escape(&unmarked(name))
    )
}

fn fields(row: &[Field], numeric: &[bool], linked: &BTreeSet<&str>) -> String {
    let fields = row.iter().enumerate();
    fields
        .map(|(column, field)| {
            let tag = if column == 0 { "th scope=row" } else { "td" };
            let attribute = attribute(field, numeric.get(column) == Some(&true));
            let text = inline(&field.text);
            match field.cell.as_deref().filter(|cell| linked.contains(cell)) {
                Some(cell) => format!("<{tag}{attribute}><a href=#{}>{text}</a>", cell_id(cell)),
                None => format!("<{tag}{attribute}>{text}"),
            }
        })
        .collect()
}

/// What sorts and aligns a field: the value of a figure, `n` for what stands in place of one,
/// `w` for a text of several lines.
fn attribute(field: &Field, numeric: bool) -> String {
    match field.value {
        Some(value) if value.is_finite() => format!(" data-value={}", five_digits(value)),
        _ if field.text.contains('\n') || field.text.chars().count() > LINE => " class=w".into(),
        _ if numeric && !field.text.is_empty() => " class=n".into(),
        _ => String::new(),
    }
}

/// A value to sort or draw by. More digits would only be noise, and they would be half of the page.
pub fn five_digits(value: f64) -> f64 {
    format!("{value:.4e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(rows: Vec<Vec<Field>>, linked: &[&str]) -> String {
        let table = Table {
            title: "T & \"t\"".to_owned(),
            header: vec!["name".to_owned(), "<n>".to_owned()],
            rows,
        };
        super::table(&table, "place", &linked.iter().copied().collect())
    }

    #[test]
    fn titles_and_headers_are_escaped() {
        let text = rendered(vec![], &[]);
        assert!(
            text.contains("aria-label=\"T &amp; &quot;t&quot;\""),
            "{text}"
        );
        assert!(
            text.contains("<caption>T &amp; &quot;t&quot;</caption>"),
            "{text}"
        );
        assert!(text.contains("<th scope=col>&lt;n&gt;"), "{text}");
    }

    #[test]
    fn a_table_without_a_title_is_called_after_its_place() {
        let text = table(&Table::default(), "`a` < b", &BTreeSet::new());
        assert!(text.contains("aria-label=\"a &lt; b\""), "{text}");
        assert!(!text.contains("<caption>"), "{text}");
    }

    #[test]
    fn figures_carry_their_value_and_outcomes_stand_below_them() {
        let figure = Field::figure("1.23 ms".to_owned(), 0.001_234_567_89);
        let text = rendered(
            vec![
                vec!["a".into(), figure],
                vec!["b".into(), "timeout".into()],
                vec!["c".into(), "".into()],
                vec!["d".into(), Field::figure("?".to_owned(), f64::NAN)],
            ],
            &[],
        );
        assert!(text.contains("<th scope=col class=n>"), "{text}");
        let rows = "<tr><th scope=row>a<td data-value=0.0012346>1.23 ms\n\
                    <tr><th scope=row>b<td class=n>timeout\n\
                    <tr><th scope=row>c<td>\n\
                    <tr><th scope=row>d<td class=n>?\n";
        assert!(text.contains(rows), "{text}");
    }

    #[test]
    fn a_column_of_texts_is_not_numeric_and_long_texts_wrap() {
        let long = "why ".repeat(20);
        let text = rendered(vec![vec!["a".into(), long.as_str().into()]], &[]);
        assert!(text.contains("<td class=w>why "), "{text}");
        assert!(!text.contains("class=n"), "{text}");
    }

    #[test]
    fn only_a_cell_with_samples_is_a_link() {
        let cell = "merge/1MB/random/a:jit";
        let field = || Field::from("1 s").of_cell(cell);
        let linked = rendered(vec![vec!["a".into(), field()]], &[cell]);
        let link = "<td><a href=#merge/1MB/random/a:jit>1 s</a>";
        assert!(linked.contains(link), "{linked}");
        let dead = rendered(vec![vec!["a".into(), field()]], &["merge/1MB/random/b:jit"]);
        assert!(dead.contains("<td>1 s\n"), "{dead}");
    }

    #[test]
    fn values_keep_what_sorting_needs() {
        for (value, kept) in [
            (0.0, "0"),
            (-1.5, "-1.5"),
            (52_428_800.0, "52429000"),
            (0.000_000_123_456_78, "0.00000012346"),
            (500_000_000.0, "500000000"),
        ] {
            assert_eq!(five_digits(value).to_string(), kept);
        }
    }
}
