//! The result file: the person's own rows, as they were written, and what became of them.

use tonalite_core::import::RowOutcome;
use tonalite_core::portal_user::Role;
use tonalite_core::text::Language;
use tonalite_testkit::{TestApp, Whose};

use crate::fixture::{ADD, carry_on, import, result_file, rows, upload};

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[tokio::test]
async fn rows_come_back_in_their_order_separator_and_encoding() {
    let t = TestApp::start().await;
    let actor = t.actor(Whose::A, Role::Manager).await;
    let text = "\u{feff}Étage\tAdresse MAC\tSite\tModèle\tNom\n2\t00:15:65:00:00:01\tLyon\tYealink T54W\t'=1+1\n\
                # \t#\tLyon\tYealink T54W\t\n\n3\tx\tLyn\tYealink T54W\t\"=a\"\"b\"\n";
    let job = upload(&t, &actor, Whose::A, ADD, &utf16(text)).await.unwrap();
    let job = carry_on(&t, &actor, job.id).await;
    assert_eq!(rows(&t, &actor, job.id, None).await, ["2 create", "5 rejected R02,R13"], "{job:?}");
    let bytes = result_file(&t, &actor, job.id, None).await;
    let units: Vec<u16> = bytes.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    let back = String::from_utf16(&units).unwrap();
    let lines: Vec<&str> = back.lines().collect();
    assert_eq!(
        lines[0],
        "\u{feff}Étage\tAdresse MAC\tSite\tModèle\tNom\tresult\terror_code\terror_message\tsuggestion"
    );
    assert_eq!(lines[1], "2\t00:15:65:00:00:01\tLyon\tYealink T54W\t'=1+1\tcreate\t\t\t");
    assert!(
        lines[2].starts_with("3\tx\tLyn\tYealink T54W\t\"'=a\"\"b\"\trejected\tR02 | R13\t"),
        "{}",
        lines[2]
    );
    assert!(lines[2].ends_with("\tLyon"), "{}", lines[2]);
    assert_eq!(lines.len(), 3, "{back}");
}

#[tokio::test]
async fn windows_1252_stays_so_and_a_second_result_takes_the_place_of_the_first() {
    let t = TestApp::start().await;
    let actor = t.actor(Whose::A, Role::Manager).await;
    let bytes =
        b"mac;type;site;nom\r\nx;Yealink T54W;Lyon;R\xe9ception\r\n001565000001;Yealink T54W;Lyon;\r\n";
    let job = upload(&t, &actor, Whose::A, ADD, bytes).await.unwrap();
    let job = carry_on(&t, &actor, job.id).await;
    assert_eq!(job.notices.iter().map(|notice| notice.code.as_str()).collect::<Vec<_>>(), ["N03"]);
    let locale = Language::French.locale();
    let mut file =
        t.app.import_result_file(&actor, job.id, Some(RowOutcome::Rejected), locale).await.unwrap();
    let mut first = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut file, &mut first).await.unwrap();
    let start = b"mac;type;site;nom;result;error_code;error_message;suggestion\r\nx;Yealink T54W;Lyon;R\xe9ception;rejected;R02;";
    assert!(first.starts_with(start), "{}", String::from_utf8_lossy(&first));
    assert!(
        first.windows(3).any(|window| window == b"\xab\xa0x"),
        "a quotation mark and a space of Windows-1252"
    );

    let job = upload(&t, &actor, Whose::A, ADD, &first).await.unwrap();
    let job = carry_on(&t, &actor, job.id).await;
    let second = result_file(&t, &actor, job.id, None).await;
    let line = second.split(|byte| *byte == b'\n').nth(1).unwrap();
    assert_eq!(line.split(|byte| *byte == b';').count(), 8, "{}", String::from_utf8_lossy(&second));
    let again = import(&t, &actor, Whose::A, ADD, "mac;type;site\n001565000001;Yealink T54W;Lyon\n").await;
    assert_eq!(again.notices, []);
}
