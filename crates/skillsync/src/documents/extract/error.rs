//! Why a file could not be read, for the operator who added it.

/// What is wrong with a file, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    /// Neither its name nor its beginning is known.
    #[error(
        "this is no kind of file that can be read\nhint: add Markdown (.md), HTML (.html), PDF (.pdf) or plain text (.txt)"
    )]
    UnknownFormat,
    /// More bytes, or more text, than allowed.
    #[error(
        "the file holds more than {} MiB, which is the most that is read\nhint: split it, or raise documents.max_file_bytes",
        .max_bytes.div_ceil(1024 * 1024)
    )]
    TooLarge {
        /// How much is allowed.
        max_bytes: usize,
    },
    /// More pages than allowed.
    #[error(
        "the document has more than {max_pages} pages, which is the most that is read\nhint: split it, or raise documents.max_pages"
    )]
    TooManyPages {
        /// How many are allowed.
        max_pages: usize,
    },
    /// Bytes that are no text.
    #[error("the file is not UTF-8 text\nhint: save it as UTF-8, or give it the ending of what it is")]
    NotText,
    /// A PDF that asks for a password, or is protected in a way that cannot be read.
    #[error("this PDF is encrypted\nhint: save a copy without a password, if you may, and add that")]
    Encrypted,
    /// A PDF of scanned pages.
    #[error("this PDF holds pictures of pages, no text\nhint: run OCR on it first, for example with OCRmyPDF")]
    Pictures,
    /// A PDF whose letters are only shapes.
    #[error("the letters of this PDF cannot be told as text\nhint: run OCR on it first, for example with OCRmyPDF")]
    Shapes,
    /// Nothing in it.
    #[error("the file holds no text\nhint: check that it is the right one")]
    Empty,
    /// Not what it says it is.
    #[error(
        "the file is damaged, or not what its name says\nhint: open it in another program and save or export it anew"
    )]
    Broken,
    /// It took longer than it may.
    #[error("the file could not be read in time\nhint: split it, or export it anew as plain text")]
    TooSlow,
}
