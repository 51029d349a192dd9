//! The names that ids stand for, list by list. Pure.

use std::collections::HashMap;

use domain::record::Text;

use super::row::{Row, id_of, number};

/// How many nodes a path is put together from, at most: a tree in a circle ends there.
const DEEPEST: usize = 32;

/// Names by list and id.
#[derive(Debug, Default)]
pub struct Names {
    names: HashMap<String, HashMap<u64, Text>>,
    /// Nodes of trees whose path is not told: number and parent.
    stubs: HashMap<String, HashMap<u64, Option<u64>>>,
}

impl Names {
    /// What an id of a list is called.
    pub fn of(&self, list: &str, id: Option<u64>) -> Option<&Text> {
        self.names.get(list)?.get(&id?)
    }

    /// Learns the name in a row; that of a tree is its whole path, told or, once the list [has grown](Self::grow),
    /// put together.
    pub fn read(&mut self, list: &str, row: Row<'_>) {
        // The root entity is number 0.
        let Some(id) = id_of(row.columns) else { return };
        let path = row.kept("completename");
        if let (None, Some(parent)) = (&path, row.columns.get("parent")) {
            let parent = parent.get("id").and_then(number);
            self.stubs.entry(list.to_owned()).or_default().insert(id, parent);
        }
        // Components have a designation for a name.
        if let Some(name) = path.or_else(|| row.kept("name")).or_else(|| row.kept("designation")) {
            self.learn(list, id, name);
        }
    }

    /// Learns a name.
    pub fn learn(&mut self, list: &str, id: u64, name: Text) {
        if !self.names.contains_key(list) {
            self.names.insert(list.to_owned(), HashMap::new());
        }
        if let Some(names) = self.names.get_mut(list) {
            names.insert(id, name);
        }
    }

    /// Puts together the paths that were not told, from the names above them.
    pub fn grow(&mut self, list: &str) {
        let Some(stubs) = self.stubs.remove(list) else { return };
        let Some(names) = self.names.get_mut(list) else { return };
        let path = |id: u64| {
            let mut parts = Vec::new();
            let mut at = Some(id);
            while let Some(id) = at.filter(|_| parts.len() < DEEPEST) {
                parts.push(names.get(&id)?.to_string());
                // What is no stub tells its whole path.
                at = stubs.get(&id).copied().flatten();
            }
            parts.reverse();
            Some(Text::from(parts.join(" > ")))
        };
        let grown: Vec<_> = stubs.keys().filter_map(|id| Some((*id, path(*id)?))).collect();
        names.extend(grown);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_are_put_together() {
        let mut names = Names::default();
        let rows = [
            json!({ "id": 0, "name": "Ville", "parent": null }),
            json!({ "id": 1, "name": "Écoles", "parent": { "id": 0, "name": "Ville" } }),
            json!({ "id": 2, "name": "Jules-Ferry", "completename": "Ville > Écoles > Jules-Ferry" }),
            json!({ "id": 3, "name": "Cour", "parent": { "id": 2, "name": "Jules-Ferry" } }),
            json!({ "id": 4, "name": "A", "parent": { "id": 5, "name": "B" } }),
            json!({ "id": 5, "name": "B", "parent": { "id": 4, "name": "A" } }),
            json!({ "id": 6, "name": "Seul", "parent": { "id": 99, "name": "?" } }),
        ];
        for row in &rows {
            names.read("Entity", Row { columns: row.as_object().unwrap(), encoded: false });
        }
        names.grow("Entity");
        let check = |id: u64, path: &str| assert_eq!(names.of("Entity", Some(id)).map(|name| &**name), Some(path));
        check(0, "Ville");
        check(1, "Ville > Écoles");
        check(3, "Ville > Écoles > Jules-Ferry > Cour");
        // A node whose parent is not readable keeps its own name; a circle ends.
        check(6, "Seul");
        assert!(names.of("Entity", Some(4)).is_some());
    }
}
