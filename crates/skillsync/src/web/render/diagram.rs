//! Draws Mermaid diagrams as SVG files, in a light and a dark version.
//!
//! merman draws, with its pipeline for files that stand alone: no scripts, no foreign objects, no pictures from
//! elsewhere. [`svg::check`] then looks again at what came out.

use std::{panic::catch_unwind, time::Duration};

use merman::{
    Engine, MermaidConfig, OperationControl, RenderError, RenderOutput, RenderRequest, Renderer, SvgEnvironment,
    SvgRequest,
    svg::{
        PresentationError, RenderResourcePolicy, RootBackgroundPostprocessor, ScopedCssPostprocessor, SvgPipeline,
        SvgRenderOptions,
    },
};
use serde_json::json;

use super::{Theme, measure, svg};

/// The longest diagram that is drawn, in bytes. Those people can take in are far shorter.
const LONGEST: usize = 20_000;
/// The longest time that drawing may take; a usual diagram needs a few milliseconds.
const DEADLINE: Duration = Duration::from_secs(2);

/// A drawn diagram: a file of its own that holds nothing active and loads nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Svg {
    /// The file's text.
    pub text: String,
    /// The width that the labels are legible at, in CSS pixels.
    pub width: u32,
    /// The height that goes with it.
    pub height: u32,
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum DiagramError {
    /// The text is longer than anything that is drawn.
    #[error("the diagram has {0} bytes, more than {LONGEST}")]
    TooLong(usize),
    /// The text is no diagram, or no right one.
    #[error("the diagram is not understood: {0}")]
    NotUnderstood(String),
    /// Drawing took too long or too much.
    #[error("the diagram is too large to draw: {0}")]
    TooLarge(String),
    /// The picture would not have been safe to show.
    #[error("the picture is refused: {0}")]
    Refused(String),
}

/// Draws a diagram. This takes milliseconds of the processor's time, so it is for when a lesson is published or for a
/// thread that may block.
pub fn diagram(mermaid: &str, theme: Theme) -> Result<Svg, DiagramError> {
    if mermaid.len() > LONGEST {
        return Err(DiagramError::TooLong(mermaid.len()));
    }
    // A parser that gives up in a panic must not take the lesson's page with it.
    let drawn = catch_unwind(|| draw(mermaid, theme));
    let text = drawn.unwrap_or_else(|_| Err(DiagramError::NotUnderstood("the parser gave up".to_owned())))?;
    svg::check(&text).map_err(DiagramError::Refused)?;
    let (width, height) = svg::size(&text).ok_or_else(|| DiagramError::Refused("it has no size".to_owned()))?;
    Ok(Svg { text, width, height })
}

fn draw(mermaid: &str, theme: Theme) -> Result<String, DiagramError> {
    let refused = |error: PresentationError| DiagramError::Refused(error.to_string());
    let presentation = theme.presentation().map_err(refused)?.resolve();
    let settings = json!({
        "flowchart": { "wrappingWidth": 220 },
        "gitGraph": { "rotateCommitLabel": false },
        "themeVariables": { "commitLabelFontSize": "13px" },
    });
    let engine = Engine::new().with_site_config(MermaidConfig::from_value(settings));
    let renderer = Renderer::new().with_engine(presentation.materialize_engine(engine));
    let [canvas, ..] = theme.colours();
    // Shapes cast no shadows, as nothing on the page does. A message of a thing to itself is written across that thing's
    // line, so it gets a rim in the background's colour.
    let look = format!(
        "* {{ filter: none !important; }} \
         .messageText, .commit-label {{ paint-order: stroke; stroke: {canvas}; stroke-width: 8px; stroke-linejoin: round; }}"
    );
    let pipeline = SvgPipeline::resvg_safe()
        .with_postprocessor(RootBackgroundPostprocessor::new(canvas))
        .with_postprocessor(ScopedCssPostprocessor::new(look));
    let request = SvgRequest {
        environment: SvgEnvironment::deterministic()
            .with_resource_policy(RenderResourcePolicy::constrained())
            .with_text_measurement_policy(measure::policy()),
        pipeline: Some(pipeline),
        presentation: presentation.render_policy(),
        options: SvgRenderOptions { diagram_id: Some("diagram".to_owned()), ..SvgRenderOptions::default() },
        ..SvgRequest::default()
    };
    let control = OperationControl::new().with_deadline(DEADLINE);
    match renderer.render(RenderRequest::svg(mermaid, control, request)) {
        Ok(RenderOutput::Svg(Some(svg))) => Ok(svg.into_parts().0),
        Ok(_) | Err(RenderError::NoDiagram) => {
            Err(DiagramError::NotUnderstood("no kind of diagram is named".to_owned()))
        }
        Err(error @ (RenderError::Cancelled(_) | RenderError::ResourceLimitExceeded(_))) => {
            Err(DiagramError::TooLarge(error.to_string()))
        }
        Err(error) => Err(DiagramError::NotUnderstood(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagram_is_drawn_in_both_themes() {
        for theme in Theme::ALL {
            let svg = diagram("flowchart LR\n  age --> 12", theme).expect("a right diagram");
            assert!(svg.text.contains(theme.colours()[0]) && svg.text.contains(">age<"), "{}", svg.text);
            assert!((100..400).contains(&svg.width) && (40..200).contains(&svg.height), "{svg:?}");
            assert_eq!(theme.as_str().parse(), Ok(theme));
        }
    }

    #[test]
    fn what_is_no_diagram_is_refused_with_its_cause() {
        let refused = |text: &str| diagram(text, Theme::Light).expect_err("refused").to_string();
        insta::assert_snapshot!(refused("hello"), @"the diagram is not understood: No Mermaid diagram type detected");
        insta::assert_snapshot!(refused("flowchart LR\n  a[open --> b"), @"the diagram is not understood: Diagram parse error (flowchart-v2): Unterminated node label (missing `]`)");
        insta::assert_snapshot!(refused(&"x".repeat(LONGEST + 1)), @"the diagram has 20001 bytes, more than 20000");
    }

    #[test]
    fn hostile_diagrams_leave_nothing_active() {
        for hostile in [
            "flowchart LR\n a[\"<script>alert(1)</script><img src=x onerror=alert(1)>\"] --> b\n click a \"javascript:alert(1)\"",
            "flowchart LR\n a --> b\n click b call alert(1)\n click a href \"https://example.org\" \"x\\\" onclick=\\\"y\" _blank",
            "%%{init: {'securityLevel':'loose','htmlLabels':true,'themeCSS':'@import url(https://evil.example/x.css);}</style><script>alert(1)</script>'}}%%\nflowchart TD\n a --> b",
            "---\nconfig:\n  themeCSS: \"* { background: url(https://evil.example/y) }\"\n---\nflowchart TD\n a --> b",
            "flowchart TD\n a --> b\n style a fill:url(https://evil.example/z)\n classDef c fill:#fff;}*{background:url(//evil.example)\n class b c",
            "flowchart LR\n a@{ img: \"https://evil.example/image.png\", label: \"x\", w: 60, h: 60}",
            "classDiagram\n class A\n link A \"javascript:alert(1)\"\n callback A \"alert\"",
            "sequenceDiagram\n participant A\n link A: x @ javascript:alert(1)\n A->>A: <foreignObject><iframe src=x></foreignObject>",
            "gantt\n title </title><script>alert(1)</script>\n section x\n a :done, a1, 2024-01-01, 1d\n click a1 href \"javascript:alert(1)\"",
        ] {
            // Refused or drawn are both right answers; what is drawn has passed the check, which is asked here again.
            if let Ok(svg) = diagram(hostile, Theme::Light) {
                assert_eq!(svg::check(&svg.text), Ok(()));
                for active in
                    ["<script", "<iframe", "<foreignObject", "javascript:", "evil.example", " onclick", " onerror"]
                {
                    assert!(!svg.text.contains(active), "{active} in {} from {hostile}", svg.text);
                }
            }
        }
    }

    #[test]
    fn huge_and_deep_diagrams_end() {
        let many: String = (0..900).map(|n| format!("n{n} --> n{}\n", n * 7 % 900)).collect();
        let started = std::time::Instant::now();
        let deep = "subgraph x\n".repeat(1_500);
        for text in [
            format!("flowchart TD\n{many}"),
            format!("flowchart TD\n{deep}"),
            format!("flowchart TD\n a[{}]", "(".repeat(15_000)),
            format!("mindmap\n{}", (0..150).map(|n| format!("{}a\n", " ".repeat(n))).collect::<String>()),
        ] {
            let _ = diagram(&text, Theme::Light);
        }
        assert!(started.elapsed() < 6 * DEADLINE, "{:?}", started.elapsed());
    }
}
