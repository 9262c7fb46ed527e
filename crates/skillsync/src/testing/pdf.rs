//! Small PDF files, written by hand.

use std::fmt::Write;

/// What a page shows.
#[derive(Clone, Copy, Debug)]
pub enum Shown<'a> {
    /// Lines of ASCII text in Helvetica.
    Text(&'a str),
    /// A picture, and nothing else.
    Picture,
}

/// A PDF file with these pages and, where it is said, a title and protection by a password that nobody knows.
pub fn pdf(title: Option<&str>, pages: &[Shown<'_>], is_encrypted: bool) -> Vec<u8> {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        String::new(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>
stream\n \nendstream"
            .to_owned(),
        format!("<< /Title ({}) >>", title.unwrap_or_default()),
    ];
    let mut kids = String::new();
    for page in pages {
        let content = match page {
            Shown::Text(text) => text_of(text),
            Shown::Picture => "q 500 0 0 700 50 50 cm /Picture Do Q".to_owned(),
        };
        objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R
/Resources << /Font << /F1 3 0 R >> /XObject << /Picture 4 0 R >> >> >>",
            objects.len()
        ));
        let _ = write!(kids, "{} 0 R ", objects.len());
    }
    objects[1] = format!("<< /Type /Pages /Count {} /Kids [{kids}] >>", pages.len());
    let protection = if is_encrypted {
        let nobody_knows = "41".repeat(32);
        objects.push(format!(
            "<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <{nobody_knows}> /U <{nobody_knows}> >>"
        ));
        format!("/Encrypt {} 0 R /ID [<42> <42>]", objects.len())
    } else {
        String::new()
    };
    whole(&objects, &protection)
}

fn text_of(text: &str) -> String {
    let mut content = "BT /F1 12 Tf 72 770 Td 14 TL".to_owned();
    for line in text.lines() {
        let line = line.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
        let _ = write!(content, " ({line}) Tj T*");
    }
    content + " ET"
}

/// The objects with the table that says where each begins.
fn whole(objects: &[String], more: &str) -> Vec<u8> {
    let mut file = "%PDF-1.7\n".to_owned();
    let mut table = "0000000000 65535 f \n".to_owned();
    for (number, object) in (1..).zip(objects) {
        let _ = writeln!(table, "{:010} 00000 n ", file.len());
        let _ = write!(file, "{number} 0 obj\n{object}\nendobj\n");
    }
    let (begins, count) = (file.len(), objects.len() + 1);
    let _ = write!(
        file,
        "xref\n0 {count}\n{table}trailer\n<< /Size {count} /Root 1 0 R /Info 5 0 R {more} >>\nstartxref\n{begins}\n%%EOF\n"
    );
    file.into_bytes()
}
