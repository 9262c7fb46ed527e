//! PDF: one page of the file is one page of the document.

use std::time::Instant;

use hayro_interpret::font::GlyphRun;
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::hayro_syntax::{LoadPdfError, Pdf};
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect, Vec2};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, RenderContent, SoftMask, font::Glyph, interpret_page,
};

use super::layout::{Layout, Letter};
use super::pages::Pages;
use super::{Content, ExtractError, Limits};

/// The size of a font in the units of its glyphs.
const UNITS_PER_EM: f64 = 1_000.0;

pub(super) fn read(bytes: Vec<u8>, limits: Limits, deadline: Instant) -> Result<Content, ExtractError> {
    let pdf = Pdf::new(bytes).map_err(|error| match error {
        LoadPdfError::Decryption(_) => ExtractError::Encrypted,
        LoadPdfError::Invalid => ExtractError::Broken,
    })?;
    if pdf.pages().len() > limits.max_pages {
        return Err(ExtractError::TooManyPages { max_pages: limits.max_pages });
    }
    let settings = InterpreterSettings { render_content: RenderContent::PAGE, ..InterpreterSettings::default() };
    let cache = InterpreterCache::new();
    let mut pages = Pages::default();
    let (mut left_bytes, mut pictures, mut shapes) = (limits.max_file_bytes, 0, 0);
    for (number, page) in (1..).zip(pdf.pages().iter()) {
        // Nothing is drawn, so it matters neither where the page lies nor how large it is.
        let nowhere = Rect::new(0.0, 0.0, 1.0, 1.0);
        let mut context = Context::new(Affine::IDENTITY, nowhere, &cache, pdf.xref(), settings.clone());
        let mut reader = Reader { left_bytes, ..Reader::default() };
        interpret_page(page, &mut context, &mut reader);
        if Instant::now() >= deadline {
            return Err(ExtractError::TooSlow);
        }
        left_bytes = left_bytes
            .checked_sub(reader.layout.text.len())
            .ok_or(ExtractError::TooLarge { max_bytes: limits.max_file_bytes })?;
        pictures += reader.pictures;
        shapes += reader.shapes;
        pages.add_page(number, &reader.layout.text);
    }
    let pages = pages.finish();
    match pages[..] {
        [] if shapes > 0 => Err(ExtractError::Shapes),
        [] if pictures > 0 => Err(ExtractError::Pictures),
        _ => Ok(Content {
            title: pdf.metadata().title.as_deref().map(text_string).filter(|title| says_something(title)),
            pages,
        }),
    }
}

/// Some programs write a question mark for each letter that they do not know.
fn says_something(title: &str) -> bool {
    let signs = title.chars().filter(|c| !c.is_whitespace()).count();
    title.chars().filter(|c| c.is_alphanumeric()).count() * 2 > signs
}

/// PDF's two ways to write a text: UTF-16 or UTF-8 after a byte-order mark, else an encoding of its own that is nearly
/// Latin-1. Source: ISO 32000-2, 7.9.2.2.
fn text_string(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => {
            let (units, _) = rest.as_chunks::<2>();
            char::decode_utf16(units.iter().map(|unit| u16::from_be_bytes(*unit))).flatten().collect()
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().copied().map(char::from).collect(),
    }
}

/// Hears what is drawn on a page and keeps the letters, those that are drawn invisibly over a scanned page too.
#[derive(Default)]
struct Reader {
    layout: Layout,
    /// How much text there is still room for. When it is full, it is not added to.
    left_bytes: usize,
    pictures: usize,
    /// Glyphs that say nothing about their letter.
    shapes: usize,
}

impl Device<'_> for Reader {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, _: &DrawMode) {
        if self.layout.text.len() > self.left_bytes {
            return;
        }
        let mut texts = Vec::with_capacity(run.glyphs().len());
        for glyph in run.glyphs() {
            match glyph.as_unicode() {
                Some(BfString::Char(char::REPLACEMENT_CHARACTER)) | None => self.shapes += 1,
                Some(BfString::Char(c)) => texts.push((String::from(c), glyph)),
                Some(BfString::String(text)) => texts.push((text, glyph)),
            }
        }
        let letters = texts.iter().map(|(text, glyph)| {
            let place = props.transform * glyph.transform();
            let width = match &***glyph {
                Glyph::Outline(outline) => outline.advance_width(),
                Glyph::Type3(drawn) => drawn.advance_width(),
            };
            let advance = match run.writing_mode() {
                WritingMode::Horizontal => Vec2::new(width.map_or(UNITS_PER_EM / 2.0, f64::from), 0.0),
                WritingMode::Vertical => Vec2::new(0.0, -UNITS_PER_EM),
            };
            let from = place * Point::ZERO;
            let size = (place * Point::new(0.0, UNITS_PER_EM) - from).hypot();
            Letter { text, from, to: place * advance.to_point(), size }
        });
        self.layout.add_run(&letters.collect::<Vec<_>>());
    }

    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {
        self.pictures += 1;
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
