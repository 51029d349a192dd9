//! Fields that the house has added: those of the *Fields* plugin, and those of custom assets. They mean nothing by
//! themselves; rules name them (`field.Reconditionné`). Pure.

use std::collections::HashMap;

use domain::record::Text;
use serde_json::{Map, Value};

use super::row::{Row, id_of};
use crate::kind::fold;

/// A field that the house has added.
#[derive(Debug)]
struct Field {
    /// As people see it.
    label: Text,
    /// Its two names, folded: label and system name.
    names: [String; 2],
    sort: Sort,
}

/// What a field holds, as far as that matters here.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sort {
    /// Yes or no: told as `true` and `false`, whatever GLPI writes.
    Flag,
    /// One of a list: told by its name.
    Choice,
    /// Anything else; it may speak of a person, and its values are never listed.
    Free,
}

/// The fields added, and what they hold of each item.
#[derive(Debug, Default)]
pub struct Extra {
    fields: Vec<Field>,
    /// Field and value, by class and id of the item.
    said: HashMap<(String, u64), Vec<(usize, Text)>>,
}

/// One block of fields of the plugin (`PluginFieldsContainer`).
#[derive(Debug)]
pub struct Block {
    id: u64,
    /// The lists that hold its values, one an item type that has it.
    pub lists: Vec<String>,
    /// Column and number of each of its fields.
    columns: Vec<(String, usize)>,
    /// Columns that hold one of a list.
    pub choices: Vec<String>,
}

impl Block {
    /// A block on items of some of these classes; `None` where it is switched off or on none of them.
    pub fn of(row: Row<'_>, classes: &[&str]) -> Option<Self> {
        let name = row.text("name")?;
        let told = row.text("itemtypes")?;
        let told: Vec<String> = serde_json::from_str(&told).ok()?;
        let lists: Vec<String> = told
            .iter()
            .filter(|class| classes.contains(&class.as_str()))
            .map(|class| list_of(class, &name))
            .collect();
        let active = row.columns.get("is_active").and_then(super::row::number) != Some(0);
        let id = id_of(row.columns)?;
        (active && !lists.is_empty()).then_some(Self { id, lists, columns: Vec::new(), choices: Vec::new() })
    }

    /// What a row tells of its choices, and nothing else of it: a whole list of these is held.
    pub fn chosen(&self, row: &Map<String, Value>) -> Map<String, Value> {
        self.choices.iter().filter_map(|column| Some((column.clone(), row.get(column)?.clone()))).collect()
    }
}

impl Extra {
    /// Learns a field of the plugin (`PluginFieldsField`); fields that hold accounts of people are left out.
    pub fn plugin_field(&mut self, row: Row<'_>, blocks: &mut [Block]) {
        let block = row.id("plugin_fields_containers_id");
        let Some(block) = blocks.iter_mut().find(|known| Some(known.id) == block) else { return };
        let (Some(name), Some(sort)) = (row.text("name"), row.text("type")) else { return };
        let (column, sort) = match &*sort {
            "yesno" => (name.to_string(), Sort::Flag),
            "dropdown" => (format!("plugin_fields_{name}dropdowns_id"), Sort::Choice),
            "text" | "textarea" | "richtext" | "number" | "url" | "date" | "datetime" => {
                (name.to_string(), Sort::Free)
            }
            _ => return,
        };
        if sort == Sort::Choice {
            block.choices.push(column.clone());
        }
        let label = row.text("label").unwrap_or_else(|| name.clone());
        let field = self.field(&label, &name, sort);
        block.columns.push((column, field));
    }

    /// Learns what an item's fields hold. `named` is the same row with names instead of ids, for what is one of a list.
    pub fn plugin_values(&mut self, block: &Block, row: Row<'_>, named: Option<&Map<String, Value>>) {
        let (Some(class), Some(item)) = (row.text("itemtype"), row.id("items_id")) else { return };
        let said = block.columns.iter().filter_map(|(column, field)| {
            let value = match self.fields[*field].sort {
                Sort::Flag => Text::from(flag(row.columns.get(column)?)?),
                // Nothing chosen stays the number 0.
                Sort::Choice => match named?.get(column)? {
                    Value::String(_) => Row { columns: named?, ..row }.kept(column)?,
                    _ => return None,
                },
                Sort::Free => row.kept(column)?,
            };
            Some((*field, value))
        });
        let said: Vec<_> = said.collect();
        self.said.entry((class.into_owned(), item)).or_default().extend(said);
    }

    /// Learns a field of custom assets, from its names and its class in GLPI; `None` for one that holds an account.
    pub fn custom_field(&mut self, label: &str, system_name: &str, class: &str) -> Option<usize> {
        let sort = match class.rsplit('\\').next().unwrap_or_default() {
            "BooleanType" => Sort::Flag,
            // A dropdown tells ids, of whatever list: an operator can still name them, and none is listed.
            "StringType" | "TextType" | "NumberType" | "DateType" | "DateTimeType" | "URLType" | "DropdownType" => {
                Sort::Free
            }
            _ => return None,
        };
        Some(self.field(label, system_name, sort))
    }

    /// Learns what a field of a custom asset holds.
    pub fn custom_value(&mut self, class: &str, item: u64, field: usize, value: &Value) {
        let text = match (self.fields[field].sort, value) {
            (Sort::Flag, value) => flag(value).map(Text::from),
            (_, Value::String(text)) => Text::of(text),
            (_, Value::Bool(_)) => flag(value).map(Text::from),
            (_, Value::Number(number)) => Some(Text::from(number.to_string())),
            _ => None,
        };
        if let Some(text) = text {
            self.said.entry((class.to_owned(), item)).or_default().push((field, text));
        }
    }

    /// The field of either name, a new one where it is not known yet.
    fn field(&mut self, label: &str, system_name: &str, sort: Sort) -> usize {
        let names = [fold(label), fold(system_name)];
        let known = self.fields.iter().position(|known| known.names == names && known.sort == sort);
        known.unwrap_or_else(|| {
            let label = Text::of(label).unwrap_or_else(|| Text::from(system_name));
            self.fields.push(Field { label, names, sort });
            self.fields.len() - 1
        })
    }

    /// Is there a field of this name?
    pub fn is_known(&self, name: &str) -> bool {
        let folded = fold(name);
        (0..self.fields.len()).any(|field| self.is_named(field, &folded))
    }

    /// The fields there are, as people see them.
    pub fn labels(&self) -> Vec<&str> {
        self.fields.iter().map(|field| &*field.label).collect()
    }

    /// Does a name, folded, mean this field? Several may be called alike, one in each block.
    pub fn is_named(&self, field: usize, folded: &str) -> bool {
        self.fields[field].names.iter().any(|name| name == folded)
    }

    /// The number of the field with this system name.
    pub fn with_system_name(&self, system_name: &str) -> Option<usize> {
        let folded = fold(system_name);
        self.fields.iter().position(|field| field.names[1] == folded)
    }

    /// What a field holds of an item.
    pub fn said(&self, class: &str, item: u64) -> &[(usize, Text)] {
        // The key is owned: looking up costs one short copy, and only where there is anything to find.
        if self.said.is_empty() {
            return &[];
        }
        self.said.get(&(class.to_owned(), item)).map_or(&[], Vec::as_slice)
    }

    /// How `check --connect` lists what an item's field holds: `field.LABEL`, and the value where it is one of few.
    pub fn listed<'a>(&self, (field, value): &'a (usize, Text)) -> (String, &'a str) {
        let field = &self.fields[*field];
        // The high-level API does not say what a field holds; yes and no are nobody's name.
        let free = field.sort == Sort::Free && !matches!(&**value, "true" | "false");
        (format!("field.{}", field.label), if free { "…" } else { value })
    }
}

/// The list that holds what a block says of the items of a class, as the plugin names it
/// (`PluginFieldsContainer::getClassname`): lower-case, without backslashes, the block without its plural mark.
fn list_of(class: &str, block: &str) -> String {
    let name =
        format!("{}{}", class.replace('\\', ""), block.strip_suffix('s').unwrap_or(block)).to_ascii_lowercase();
    let mut rest = name.chars();
    let first = rest.next().map(|first| first.to_ascii_uppercase());
    format!("PluginFields{}{}", first.unwrap_or_default(), rest.as_str())
}

/// GLPI writes yes and no as 1 and 0, as `true` and `false`, and as those words between quotes.
fn flag(value: &Value) -> Option<&'static str> {
    match value {
        Value::Bool(true) => Some("true"),
        Value::Bool(false) => Some("false"),
        Value::Number(number) => Some(if number.as_f64() == Some(0.0) { "false" } else { "true" }),
        Value::String(text) => match text.trim() {
            "1" | "true" => Some("true"),
            "0" | "false" => Some("false"),
            _ => None,
        },
        _ => None,
    }
}
