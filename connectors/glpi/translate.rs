//! Rows of the high-level API in the columns of REST v1, so that both are read in one place. Pure.

use domain::record::Text;
use serde_json::{Map, Value};

use super::itemtype::ItemType;
use super::row::number;

/// A name that came along with a row: the list it belongs to, its id, and itself.
pub type Named = (String, u64, Text);

/// An item. What it refers to is told with its name.
pub fn item(itemtype: &ItemType, row: Map<String, Value>, mut learn: impl FnMut(Named)) -> Map<String, Value> {
    let mut columns = Map::new();
    for (key, value) in row {
        let (list, column) = match key.as_str() {
            // Custom assets, PDUs and enclosures have a state where the others have a status.
            "status" | "state" => ("State", "states_id"),
            "entity" => ("Entity", "entities_id"),
            "location" => ("Location", "locations_id"),
            "manufacturer" => ("Manufacturer", "manufacturers_id"),
            "type" => match &itemtype.types {
                Some(types) => (&*types.class, &*types.column),
                None => continue,
            },
            "model" => (&*itemtype.models.class, &*itemtype.models.column),
            "group" => {
                let groups = value.as_array().into_iter().flatten().filter_map(|group| refers("Group", group));
                let groups = groups.map(|named| Value::from(tell(named, &mut learn)));
                columns.insert("groups_id".to_owned(), groups.collect());
                continue;
            }
            // An account's name is not looked at here.
            "user" => {
                columns.insert("users_id".to_owned(), value.get("id").cloned().unwrap_or_default());
                continue;
            }
            "name"
            | "serial"
            | "otherserial"
            | "uuid"
            | "comment"
            | "id"
            | "size"
            | "is_deleted"
            | "is_template"
            | "last_inventory_update" => {
                columns.insert(key, value);
                continue;
            }
            _ => continue,
        };
        if let Some(named) = refers(list, &value) {
            columns.insert(column.to_owned(), tell(named, &mut learn).into());
        }
    }
    columns
}

/// What the accounts know of an item.
pub fn account(row: Map<String, Value>, mut learn: impl FnMut(Named)) -> Map<String, Value> {
    let mut columns = Map::new();
    for (key, value) in row {
        let column = match key.as_str() {
            "date_buy" => "buy_date",
            "date_use" => "use_date",
            "date_order" => "order_date",
            "date_delivery" => "delivery_date",
            "date_warranty" => "warranty_date",
            "date_decommission" => "decommission_date",
            "invoice_number" => "bill",
            "supplier" | "budget" => {
                let (list, column) =
                    if key == "supplier" { ("Supplier", "suppliers_id") } else { ("Budget", "budgets_id") };
                if let Some(named) = refers(list, &value) {
                    columns.insert(column.to_owned(), tell(named, &mut learn).into());
                }
                continue;
            }
            _ => {
                columns.insert(key, value);
                continue;
            }
        };
        columns.insert(column.to_owned(), value);
    }
    columns
}

/// A row of a list of names; a supplier's type comes along.
pub fn entry(mut row: Map<String, Value>, mut learn: impl FnMut(Named)) -> Map<String, Value> {
    if let Some(named) = row.remove("type").and_then(|kind| refers("SupplierType", &kind)) {
        row.insert("suppliertypes_id".to_owned(), tell(named, &mut learn).into());
    }
    row
}

/// What `{"id": …, "name": …}` refers to; the root entity is number 0. Of a tree the path, where it is told.
fn refers(list: &str, value: &Value) -> Option<(String, u64, Option<Text>)> {
    let id = value.get("id").and_then(number)?;
    let text = |key: &str| value.get(key).and_then(Value::as_str).and_then(Text::of);
    Some((list.to_owned(), id, text("completename").or_else(|| text("name"))))
}

fn tell((list, id, name): (String, u64, Option<Text>), learn: &mut impl FnMut(Named)) -> u64 {
    if let Some(name) = name {
        learn((list, id, name));
    }
    id
}
