//! What later fields of the format may not change: documents without them, and who may be published with them.

use super::*;

/// A document as it was written before its parts could say more; its very bytes are in databases.
const OLD: &str = r#"{"format":1,"title":"T","description":"D.","minutes":5,"blocks":[{"id":"film","type":"video","url":"https://example.org/v","title":"V","channel":"C","seconds":60,"summary":"S.","guide":[{"at_seconds":0,"what":"W"}]},{"id":"quiz","type":"quiz","questions":[{"id":"q","question":"Q?","options":["a","b"],"answer":1,"why":"W."}]},{"id":"sources","type":"sources","sources":[{"title":"A page","url":"https://example.org/"}]}]}"#;

fn old() -> Document {
    serde_json::from_str(OLD).expect("an old document")
}

fn with(change: impl FnOnce(&mut Video, &mut Question, &mut Source)) -> Document {
    let mut document = old();
    let [film, quiz, sources] = document.blocks.as_mut_slice() else { panic!("three blocks") };
    match (&mut film.body, &mut quiz.body, &mut sources.body) {
        (Body::Video(video), Body::Quiz { questions }, Body::Sources { sources }) => {
            change(video, &mut questions[0], &mut sources[0]);
        }
        other => panic!("other blocks: {other:?}"),
    }
    document
}

#[test]
fn an_old_document_is_written_byte_for_byte_as_before() {
    assert_eq!(serde_json::to_string(&old()).expect("JSON"), OLD);
    assert_eq!(old().problems(), [""; 0]);
}

#[test]
fn all_that_can_be_said_is_fit_to_publish() {
    let document = with(|video, question, source| {
        video.embed = Some("https://www.youtube-nocookie.com/embed/abc".into());
        video.why = Some("Short, captioned, and close to the topic.".into());
        video.language = Some("pt-BR".into());
        video.transcript = Some("The video's own captions.".into());
        question.at_seconds = Some(60);
        source.url = "document:handbook-2".into();
        source.site = Some("Handbooks".into());
        source.licence = Some("CC BY-SA 4.0".into());
        source.read_on = Some("2024-02-29".into());
        source.page = Some(12);
    });
    assert_eq!(document.problems(), [""; 0]);
    let json = serde_json::to_string(&document).expect("JSON");
    assert_eq!(serde_json::from_str::<Document>(&json).expect("its own JSON"), document);
}

type Change = fn(&mut Video, &mut Question, &mut Source);

#[test]
fn what_is_wrong_with_the_new_parts_is_named() {
    let told = |change: Change| with(change).problems().join("; ");
    for (change, problem) in [
        ((|video, _, _| video.embed = Some("https://youtube.com/embed/a".into())) as Change, "no track"),
        (|video, _, _| video.why = Some(String::new()), "the reason for the video is empty"),
        (|video, _, _| video.language = Some("not a tag".into()), "the video's language"),
        (|video, _, _| video.transcript = Some("a\nb".into()), "a single line"),
        (|_, question, _| question.at_seconds = Some(61), "past the end of the lesson's first video"),
        (|_, _, source| source.url = "document:".into(), "behind `document:`"),
        (|_, _, source| source.url = "document:../x".into(), "behind `document:`"),
        (|_, _, source| source.site = Some(" x".into()), "a source's site"),
        (|_, _, source| source.licence = Some(String::new()), "a source's licence"),
        (|_, _, source| source.read_on = Some("2025-02-29".into()), "`2025-02-29` is not a date"),
        (|_, _, source| source.read_on = Some("2025-2-01".into()), "is not a date"),
        (|_, _, source| source.page = Some(0), "a source's page"),
    ] {
        assert!(told(change).contains(problem), "{problem:?} is not in {:?}", told(change));
    }
    let mut document = with(|_, question: &mut Question, _| question.at_seconds = Some(1));
    document.blocks.remove(0);
    assert_eq!(
        document.problems(),
        ["block `quiz`: question `q`: it is about a moment of a video, but the lesson has none"]
    );
}
