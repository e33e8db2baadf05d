//! A chart of times as SVG: bars over a logarithmic axis, one for each approach, with what its security column says.

use std::fmt::Write;

/// A bar.
pub struct Bar {
    pub title: String,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// The product: another colour.
    pub holm: bool,
    /// At the right end: what of the programs was contained.
    pub note: String,
}

const WIDTH: f64 = 1_080.0;
const LEFT: f64 = 370.0;
const RIGHT: f64 = 190.0;
const TOP: f64 = 84.0;
const LINE: f64 = 30.0;

/// The chart.
pub fn svg(title: &str, subtitle: &str, bars: &[Bar]) -> String {
    let least = bars.iter().map(|bar| bar.p50_ms).fold(f64::INFINITY, f64::min);
    let most = bars.iter().map(|bar| bar.p99_ms).fold(0.0, f64::max);
    let (low, high) = (least.log10().floor(), most.log10().ceil());
    let plot = WIDTH - LEFT - RIGHT;
    let x = |ms: f64| LEFT + (ms.log10() - low) / (high - low).max(1.0) * plot;
    let bottom = TOP + bars.len() as f64 * LINE;
    let height = bottom + 60.0;

    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"14\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"20\" y=\"32\" font-size=\"19\" font-weight=\"600\" fill=\"#1b1f24\">{}</text>\n\
         <text x=\"20\" y=\"54\" fill=\"#57606a\">{}</text>\n\
         <text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\" fill=\"#57606a\">programs contained</text>\n",
        escaped(title),
        escaped(subtitle),
        WIDTH - 20.0,
        TOP - 10.0,
    );
    let mut power = low as i32;
    while f64::from(power) <= high {
        let at = x(10f64.powi(power));
        let _ = writeln!(
            out,
            "<line x1=\"{at:.1}\" y1=\"{:.1}\" x2=\"{at:.1}\" y2=\"{bottom:.1}\" stroke=\"#d0d7de\"/>\n\
             <text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#57606a\">{} ms</text>",
            TOP - 4.0,
            bottom + 20.0,
            10f64.powi(power),
        );
        power += 1;
    }
    for (index, bar) in bars.iter().enumerate() {
        let y = TOP + index as f64 * LINE;
        let middle = y + LINE / 2.0;
        let (start, end, tail) = (x(10f64.powf(low)), x(bar.p50_ms), x(bar.p99_ms));
        let (fill, weight) = if bar.holm {
            ("#0b7285", "600")
        } else {
            ("#adb5bd", "400")
        };
        let _ = writeln!(
            out,
            "<text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#1b1f24\" font-weight=\"{weight}\">{}</text>\n\
             <rect x=\"{start:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.0}\" rx=\"2\" fill=\"{fill}\"/>\n\
             <line x1=\"{end:.1}\" y1=\"{middle:.1}\" x2=\"{tail:.1}\" y2=\"{middle:.1}\" stroke=\"#495057\"/>\n\
             <line x1=\"{tail:.1}\" y1=\"{:.1}\" x2=\"{tail:.1}\" y2=\"{:.1}\" stroke=\"#495057\"/>\n\
             <text x=\"{:.1}\" y=\"{:.1}\" fill=\"#1b1f24\" font-size=\"13\">{}</text>\n\
             <text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#1b1f24\">{}</text>",
            LEFT - 10.0,
            middle + 5.0,
            escaped(&bar.title),
            y + 5.0,
            (end - start).max(2.0),
            LINE - 10.0,
            middle - 5.0,
            middle + 5.0,
            tail + 6.0,
            middle + 5.0,
            milliseconds(bar.p50_ms),
            WIDTH - 20.0,
            middle + 5.0,
            escaped(&bar.note),
        );
    }
    let _ = writeln!(
        out,
        "<text x=\"{LEFT:.0}\" y=\"{:.1}\" fill=\"#57606a\">bar and number: p50 of an execution; line: to p99; the axis is logarithmic</text>\n</svg>",
        bottom + 44.0
    );
    out
}

/// Three digits that say something.
pub fn milliseconds(ms: f64) -> String {
    match ms {
        ms if ms < 10.0 => format!("{ms:.2}"),
        ms if ms < 100.0 => format!("{ms:.1}"),
        ms => format!("{ms:.0}"),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::{Bar, milliseconds, svg};

    #[test]
    fn a_bar_is_as_long_as_its_time_on_a_logarithmic_axis() {
        let bar = |p50_ms, p99_ms| Bar {
            title: "a <b>".into(),
            p50_ms,
            p99_ms,
            holm: false,
            note: "9 of 9".into(),
        };
        let text = svg("T", "S", &[bar(1.0, 10.0), bar(10.0, 100.0)]);
        let widths: Vec<&str> = text
            .match_indices("<rect x=")
            .filter_map(|(at, _)| text[at..].split("width=\"").nth(1)?.split('"').next())
            .collect();
        // From 1 to 100 ms in 520 units: the first bar ends where the axis begins, the second in its middle.
        assert_eq!(widths, ["2.0", "260.0"]);
        assert!(text.contains("a &lt;b&gt;"));
    }

    #[test]
    fn times_have_three_digits() {
        let texts = [0.2345, 12.34, 345.6].map(milliseconds);
        assert_eq!(texts, ["0.23", "12.3", "346"]);
    }
}
