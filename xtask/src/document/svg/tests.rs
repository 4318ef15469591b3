use super::look::{SERIES, SOLID, VARIANTS};
use super::*;
use crate::model::Metric;

const SHIPPED: Style = Style {
    colour: SERIES[0],
    dash: SOLID,
    marker: CIRCLE,
};

fn svg(plot: Plot) -> String {
    render(&Chart {
        file: "a.svg".to_owned(),
        title: "a < b & c".to_owned(),
        note: "what it is".to_owned(),
        plot,
    })
}

/// Texts with the point they are at.
fn texts(svg: &str) -> Vec<(&str, (f64, f64))> {
    let number = |tag: &str, name: &str| -> f64 {
        let (_, value) = tag.split_once(&format!(" {name}=\"")).unwrap();
        value.split('"').next().unwrap().parse().unwrap()
    };
    let elements = svg.split("<text").skip(1);
    elements
        .map(|element| {
            let (tag, content) = element.split_once('>').unwrap();
            let text = content.split('<').next().unwrap().trim();
            (text, (number(tag, "x"), number(tag, "y")))
        })
        .collect()
}

fn lines() -> Lines {
    let (dash, marker) = VARIANTS[0];
    let dashed = Style {
        dash,
        marker,
        ..SHIPPED
    };
    Lines {
        against: Against::Size,
        metric: Metric::Memory,
        floor: Some(3e6),
        lines: vec![
            Line {
                name: "first <engine>".to_owned(),
                style: SHIPPED,
                points: vec![(1e3, 3e6), (1e6, 50e6)],
            },
            Line {
                name: "second".to_owned(),
                style: dashed,
                points: vec![(1e3, 10e6), (1e6, 50e6)],
            },
        ],
    }
}

fn bars() -> Vec<Bar> {
    let bar = |name: &str, parts: [f64; 4], text: &str| Bar {
        name: name.to_owned(),
        parts,
        text: text.to_owned(),
    };
    vec![
        bar("fast", [0.001, 0.003, 0.0, 0.0], "4.00 ms"),
        bar("middling", [0.02, 0.0, 0.0, 0.0], "20.0 ms"),
        bar("slow", [0.0, 0.0, 60.0, 20.0], "79.9 s"),
    ]
}

#[test]
fn lines_with_a_floor() {
    insta::assert_snapshot!(svg(Plot::Lines(lines())));
}

#[test]
fn bars_of_shares() {
    insta::assert_snapshot!(svg(Plot::Bars(bars())));
}

#[test]
fn nothing_is_drawn_of_nothing() {
    let lines = Lines {
        lines: vec![],
        ..lines()
    };
    for plot in [Plot::Lines(lines), Plot::Bars(vec![])] {
        let svg = svg(plot);
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }
}

#[test]
fn names_and_ticks_do_not_cover_each_other() {
    let mut lines = lines();
    lines.lines = (0..30)
        .map(|index| Line {
            name: format!("engine {index}"),
            style: SHIPPED,
            points: vec![(1e6, 3e6), (1.1e6, 3e6), (500e6, 60e6 + f64::from(index))],
        })
        .collect();
    let svg = svg(Plot::Lines(lines));
    let texts = texts(&svg);
    let named = texts.iter().filter(|(text, _)| text.starts_with("engine "));
    let mut heights: Vec<f64> = named.map(|(_, (_, y))| *y).collect();
    heights.sort_by(f64::total_cmp);
    assert_eq!(heights.len(), 30);
    let steps = heights.windows(2).map(|two| two[1] - two[0]);
    assert!(steps.clone().all(|step| step >= 15.9), "{heights:?}");
    // Written at the first of two sizes that are nearly the same.
    assert!(texts.iter().any(|(text, _)| *text == "1MB"));
    assert!(!texts.iter().any(|(text, _)| *text == "1100KB"));
    // The floor has the place of what would be written beside it.
    let left = texts.iter().filter(|(_, (x, y))| *x == 58.0 && *y > 60.0);
    let left: Vec<&str> = left.map(|(text, _)| *text).collect();
    assert_eq!(left, ["5 MB", "10 MB", "20 MB", "50 MB", "≤ floor"]);
}

/// The rectangles of the bars, below the legend: from where to where they reach.
fn shares(svg: &str) -> Vec<[f64; 2]> {
    let number = |tag: &str, name: &str| -> f64 {
        let (_, value) = tag.split_once(&format!(" {name}=\"")).unwrap();
        value.split('"').next().unwrap().parse().unwrap()
    };
    let rects = svg.split("<rect").skip(1);
    rects
        .filter(|rect| number(rect, "height") == 14.0)
        .map(|rect| [number(rect, "x"), number(rect, "x") + number(rect, "width")])
        .collect()
}

#[test]
fn bars_have_one_length_and_their_parts_are_shares() {
    let svg = svg(Plot::Bars(bars()));
    let shares = shares(&svg);
    let whole = [shares[0][0], shares[3][1]];
    assert!(
        shares.chunks(4).all(|bar| [bar[0][0], bar[3][1]] == whole),
        "{shares:?}"
    );
    let [fast, _, _, _, _, _, _, _, _, _, slow, _] = shares[..] else {
        panic!("{shares:?}")
    };
    let whole = whole[1] - whole[0];
    assert!(((fast[1] - fast[0]) / whole - 0.25).abs() < 0.01);
    assert!(((slow[1] - slow[0]) / whole - 0.75).abs() < 0.01);
    let texts = texts(&svg);
    let (_, (x, _)) = texts.iter().find(|(text, _)| *text == "4.00 ms").unwrap();
    assert!(*x > shares[3][1] && x + canvas::width(["4.00 ms"]) < canvas::WIDTH);
}

#[test]
fn those_who_cannot_see_it_are_told_its_figures() {
    let alt = |plot| Chart {
        file: String::new(),
        title: "latency".to_owned(),
        note: "medians".to_owned(),
        plot,
    };
    assert_eq!(
        alt(Plot::Lines(lines())).alt(),
        "latency; medians. first <engine> 50.0 MB at 1MB, second 50.0 MB at 1MB."
    );
    assert_eq!(
        alt(Plot::Bars(bars())).alt(),
        "latency; medians. fast 4.00 ms, middling 20.0 ms, slow 79.9 s."
    );
}

#[test]
fn ratios_are_rows_with_their_ends_on_both_sides_of_one() {
    let ratio = |name: &str, low, ratio, high| Ratio {
        name: name.to_owned(),
        colour: SERIES[0],
        ratio,
        ends: crate::stats::Interval { low, high },
        text: format!("about {ratio}"),
    };
    let svg = svg(Plot::Ratios(vec![
        ratio("faster", 0.7, 0.8, 0.9),
        ratio("slower", 1.1, 1.2, 1.3),
    ]));
    let texts = texts(&svg);
    let at = |text: &str| texts.iter().find(|(it, _)| *it == text).unwrap().1;
    assert!(at("faster").1 < at("slower").1 && at("faster").1 == at("about 0.8").1);
    let places = svg.split("<path").skip(1).map(|path| {
        let (_, place) = path.split_once("translate(").unwrap();
        place.split(',').next().unwrap().parse::<f64>().unwrap()
    });
    let places: Vec<f64> = places.collect();
    assert!(places[0] < at("1×").0 && at("1×").0 < places[1], "{svg}");
}
