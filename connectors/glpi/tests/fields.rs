//! Fields that the house has added, of which rules speak.

use serde_json::json;

use super::super::extra::Block;
use super::super::row::Row;
use super::fake::Fake;
use crate::glpi::CONNECTOR;
use crate::rule::Rules;
use crate::{Class, Progress};

/// A rule that silently matches nothing changes what things are.
#[tokio::test]
async fn fields_that_rules_need_must_be_readable() {
    let rule = "[[rule]]\nwhen = { field.Grade = 'A' }\nset = { condition = 'refurbished' }";
    let tables: toml::Table = toml::from_str(rule).unwrap();
    let rules = Rules::read(tables["rule"].as_array().unwrap(), CONNECTOR.reports).unwrap();
    for (fails, list, says) in [
        ("forbid", "PluginFieldsContainer", "the Fields plugin: the account's profile has no right"),
        (
            "forbid",
            "PluginFieldsComputerachatdurable",
            "PluginFieldsComputerachatdurable: the account's profile has no right",
        ),
        ("unknown", "PluginFieldsMonitorachatdurable", "PluginFieldsMonitorachatdurable: this GLPI has no such list"),
        (
            "forbid",
            "Glpi\\Asset\\CustomFieldDefinition",
            "fields of custom assets: the account's profile has no right",
        ),
    ] {
        let fake = Fake::start(11, &[&format!("{fails}={list}")]);
        let harvest = fake.collect("").await.unwrap();
        assert!(harvest.notes.iter().any(|note| note.contains(says)), "{:?}", harvest.notes);
        let failure = fake.source_with("", rules.clone()).collect(&Progress::default()).await.expect_err(list);
        assert_eq!(failure.class, Class::Permission);
        assert!(format!("{:#}", failure.cause).contains("rules name `field.…`"), "{:#}", failure.cause);
        assert_eq!(fake.sessions().await.2, 0);
    }
}

/// The plugin gives its classes names of its own making.
#[test]
fn lists_of_a_block_are_named_as_the_plugin_does() {
    let itemtypes = json!(["Computer", "NetworkEquipment", "Glpi\\CustomAsset\\TabletteAsset", "Ticket"]).to_string();
    let container = json!({ "id": 1, "name": "achatsdurables", "itemtypes": itemtypes, "is_active": 1 });
    let row = Row { columns: container.as_object().unwrap(), encoded: false };
    let classes = ["Computer", "NetworkEquipment", "PDU", "Glpi\\CustomAsset\\TabletteAsset"];
    assert_eq!(
        Block::of(row, &classes).unwrap().lists,
        [
            "PluginFieldsComputerachatsdurable",
            "PluginFieldsNetworkequipmentachatsdurable",
            "PluginFieldsGlpicustomassettabletteassetachatsdurable",
        ]
    );
}
