#![expect(clippy::unwrap_used, reason = "tests")]
use jiff::civil::date;

use super::*;

fn report(blocks: Vec<Block>) -> Report {
    Report {
        title: "Bilan <2026>".to_owned(),
        about: "Ville & Cie.".to_owned(),
        lang: Lang::Fr,
        year: 2026,
        at: date(2026, 12, 31),
        entity: ("ville".to_owned(), "Ville & Cie".to_owned()),
        sections: vec![Section { id: "law", title: "Loi".to_owned(), blocks }],
        data: data::Data::default(),
    }
}

fn written(markdown: &str) -> String {
    html(&report(vec![Block::Written(markdown.to_owned())]))
}

#[test]
fn what_people_wrote_is_shown_and_runs_nothing() {
    let told = written("# Titre\n\n**gras** et [site](https://example.org)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n");
    assert!(told.contains("<h4>Titre</h4>") && told.contains("<strong>gras</strong>"), "{told}");
    assert!(told.contains("href=\"https://example.org\"") && told.contains("<td>1</td>"), "{told}");
    let told = written(
        "<script>alert(1)</script>\n\na <b onclick=x>b</b> [clic](javascript:alert(1)) ![image](https://example.org/a.png)",
    );
    assert!(!told.contains("<script") && !told.contains("<b ") && !told.contains("href=\"javascript:"), "{told}");
    assert!(!told.contains("<img") && !told.contains("a.png") && told.contains("image"), "{told}");
}

#[test]
fn tables_are_tables_in_both() {
    let table = Table {
        caption: "Parc".to_owned(),
        heads: vec![("Matériel".to_owned(), false), ("Nombre".to_owned(), true)],
        rows: vec![vec!["a|b *c*".to_owned(), "1".to_owned()]],
        foot: vec!["Ensemble".to_owned(), "1".to_owned()],
    };
    let report = report(vec![Block::Table(table), Block::Text("1 < 2".to_owned())]);
    let text = markdown(&report);
    let lines =
        "Parc\n\n| Matériel | Nombre |\n| --- | --: |\n| a\\|b \\*c\\* | 1 |\n| **Ensemble** | **1** |\n\n1 \\< 2\n";
    assert!(text.ends_with(lines), "{text}");
    assert!(text.starts_with("# Bilan \\<2026\\>\n\nVille & Cie.\n\n## Loi\n"), "{text}");
    let page = html(&report);
    assert!(page.contains("<th scope=\"row\" class=\"one\">a|b *c*</th><td class=\"n one\">1</td>"), "{page}");
    assert!(page.contains("Bilan &lt;2026&gt;, Ville &amp; Cie"), "{page}");
    assert!(!page.contains("<script") && !page.contains("src="), "nothing runs, nothing is fetched");
}

#[test]
fn json_names_whom_it_is_of() {
    let told: serde_json::Value = serde_json::from_str(&json(&report(Vec::new()))).unwrap();
    assert_eq!((&told["year"], &told["at"], &told["entity"]), (&2026.into(), &"2026-12-31".into(), &"ville".into()));
    assert_eq!(csv(&report(Vec::new())).lines().count(), 1, "its heads alone");
}
