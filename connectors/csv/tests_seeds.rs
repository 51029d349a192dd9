//! Documents that fuzzers begin with, and what they found: reading them ends, and what is refused is refused in one line.

use super::replay;
use super::tests::context;

#[test]
fn seeds() -> std::io::Result<()> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("csv/fixtures/seeds");
    let mut read = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let document = std::fs::read(&path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut found = 0;
        for (sort, told) in replay::document(&context(""), &document) {
            match told {
                Ok(harvest) => found += harvest.accepted(),
                Err(failure) => {
                    let said = format!("{:#}", failure.cause);
                    assert!(!said.contains('\n') && said.len() < 8000, "{name} as {sort}: {said}");
                }
            }
        }
        assert!(found > 0 || name.starts_with("refused"), "{name}: nothing is read");
        read += 1;
    }
    assert!(read >= 10);
    Ok(())
}
