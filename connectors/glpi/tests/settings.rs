//! A source's own keys.

use super::CONNECTOR;
use super::fake::context;
use crate::rule::Rules;

#[test]
fn keys() {
    let check = |keys: &str, says: &str| {
        let error = match (CONNECTOR.open)(toml::from_str(keys).unwrap(), context()) {
            Ok(_) => panic!("{keys} is accepted"),
            Err(error) => format!("{error:#}"),
        };
        assert!(error.contains(says), "{keys:?}: {error:?} does not say {says:?}");
        assert!(!error.contains("12345"), "{error}");
    };
    check("url = 'https://glpi.example.fr'\napp_tokn = '12345'", "unknown key `app_tokn`: did you mean `app_token`?");
    check("url = 'https://glpi.example.fr'\nusertoken = '12345'", "did you mean `user_token`?");
    check("app_token = '12345'", "url");
    check("url = 'https://glpi.example.fr'\nuser_token = 12345", "is a text between quotes");
    check("url = 'https://glpi.example.fr'\nuser_token = \"12345\\u007f\"", "`user_token` holds a character");
    check("url = 'https://glpi.example.fr'\nuser_token = '12345'\napi = 'v2'", "`client_id`, `client_secret`");
    check(
        "url = 'https://glpi.example.fr'\nclient_id = 'a'\nlogin = 'a'\npassword = '12345'",
        "without `client_secret`",
    );
    check("url = 'https://glpi.example.fr'\nclient_id = 'a'\nclient_secret = '12345'", "without `login`");
    check("url = 'https://glpi.example.fr'\nuser_token = '12345'\nrequests_per_second = 0", "`requests_per_second`");
    check("url = 'https://glpi.example.fr'\nuser_token = '12345'\npage_size = 5000", "`page_size`");
    check("url = 'https://glpi.example.fr'\nuser_token = '12345'\nlogin = 'a'\npassword = 'b'", "keep one");
    check("url = 'https://glpi.example.fr'\nlogin = 'a'", "without `password`");
    check("url = 'https://glpi.example.fr'", "neither `user_token` nor `login`");
    check("url = 'https://a:12345@glpi.example.fr'\nuser_token = '12345'", "`url`: holds a login");
    check("url = 'https://glpi.example.fr'\nuser_token_file = 'nowhere'", "`user_token_file`: cannot read");
    check("url = 'https://glpi.example.fr'\nuser_token = '12345'\nca_file = 'errors.json'", "`ca_file`");
    check("url = 'https://glpi.example.fr'\nuser_token = '12345'\nvalue_includes_vat = true", "`value_includes_vat`");
}

#[test]
fn the_sample_is_understood() {
    let sample: toml::Table = toml::from_str(CONNECTOR.sample).unwrap();
    let mut source = sample["source"].as_array().unwrap()[0].as_table().unwrap().clone();
    Rules::read(source["rule"].as_array().unwrap(), CONNECTOR.reports).unwrap();
    for key in ["name", "type", "every", "rule", "app_token_file", "user_token_file"] {
        assert!(source.remove(key).is_some(), "{key}");
    }
    source.insert("user_token".to_owned(), "told".into());
    (CONNECTOR.open)(source, context()).unwrap();
}
