//! Reading without a server: tables of what is told and what is made of it.

use super::super::replay;
use super::*;

const NOW: &str = "2026-11-24T12:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

#[test]
fn moments() {
    let check = |told: &str, expected: Result<Option<&str>, ()>| {
        let read = time::moment(told).map(|at| at.map(|at| at.to_string())).map_err(|reason| {
            assert!(!reason.contains(told) || told.is_empty(), "{reason}");
        });
        assert_eq!(read, expected.map(|at| at.map(str::to_owned)), "{told}");
    };
    // FILETIME.
    check("133773120000000000", Ok(Some("2024-11-29T00:00:00Z")));
    check("0", Ok(None));
    check("9223372036854775807", Ok(None));
    check("-1", Ok(None));
    check("9223372036854775806", Err(()));
    check("99999999999999999999", Err(()));
    // Generalised time.
    check("20261124140530Z", Ok(Some("2026-11-24T14:05:30Z")));
    check("20261124140530.0Z", Ok(Some("2026-11-24T14:05:30Z")));
    check("202611241405Z", Ok(Some("2026-11-24T14:05:00Z")));
    check("2026112414Z", Ok(Some("2026-11-24T14:00:00Z")));
    check("20261124140530+0100", Ok(Some("2026-11-24T13:05:30Z")));
    check("20261124140530,5-02", Ok(Some("2026-11-24T16:05:30Z")));
    check("20161231235960Z", Ok(Some("2016-12-31T23:59:59Z")));
    for wrong in [
        "",
        "Z",
        "20261124140530",
        "20261324140530Z",
        "20261124240530Z",
        "2026112414053Z",
        "hier",
        "20261124140530+1",
        "20261124140530+0100Z",
        "２０２６１１２４１４Z",
        "20261124140530+99",
    ] {
        check(wrong, Err(()));
    }
}

#[test]
fn enabled_or_not() {
    let check = |lines: &[(&str, &str)], expected: Option<bool>, garbage: usize| {
        let mut entry = Entry::default();
        for (name, value) in lines {
            entry.add(name, vec![value.as_bytes().to_vec()]);
        }
        let mut wrong = 0;
        assert_eq!(active::enabled(&entry, now(), |_, _| wrong += 1), expected, "{lines:?}");
        assert_eq!(wrong, garbage, "{lines:?}");
    };
    check(&[], None, 0);
    check(&[("userAccountControl", "512")], Some(true), 0);
    check(&[("userAccountControl", "514")], Some(false), 0);
    check(&[("userAccountControl", "4096"), ("accountExpires", "0")], Some(true), 0);
    check(&[("userAccountControl", "512"), ("accountExpires", "133773120000000000")], Some(false), 0);
    check(&[("userAccountControl", "512"), ("accountExpires", "9223372036854775807")], Some(true), 0);
    check(&[("userAccountControl", "normal")], None, 1);
    check(&[("pwdAccountLockedTime", "000001010000Z")], Some(false), 0);
    check(&[("pwdAccountLockedTime", "20261124115500Z")], Some(true), 0);
    check(&[("shadowExpire", "20781")], Some(false), 0);
    check(&[("shadowExpire", "20782")], Some(true), 0);
    check(&[("shadowExpire", "-1")], Some(true), 0);
    check(&[("shadowExpire", "0")], Some(true), 0);
    check(&[("shadowExpire", "demain")], None, 1);
    check(&[("nsAccountLock", "true")], Some(false), 0);
    check(&[("nsAccountLock", "false"), ("loginDisabled", "TRUE")], Some(false), 0);
    check(&[("krbPrincipalExpiration", "20260101000000Z")], Some(false), 0);
    check(&[("krbPrincipalExpiration", "20270101000000Z")], Some(true), 0);
    check(&[("sambaAcctFlags", "[UD         ]")], Some(false), 0);
    check(&[("sambaAcctFlags", "[U          ]")], Some(true), 0);
    check(&[("supannRessourceEtat", "{MAIL}I"), ("supannRessourceEtat", "{COMPTE}A")], Some(true), 0);
    check(&[("supannRessourceEtat", "{COMPTE}S")], Some(false), 0);
    check(&[("supannRessourceEtat", "{COMPTE}A:SupannActif")], Some(true), 0);
    check(&[("supannRessourceEtat", "{COMPTE}A:SupannAnticipe")], Some(true), 0);
    check(&[("supannRessourceEtat", "{COMPTE}A:SupannSursis")], Some(false), 0);
    check(&[("supannRessourceEtat", "{COMPTE} I SupannExpire")], Some(false), 0);
}

#[test]
fn names() {
    let check = |told: &str, units: Option<&str>, leaf: &str| {
        assert_eq!(dn::units(told).as_deref(), units, "{told}");
        assert_eq!(dn::leaf(told).as_deref().unwrap_or_default(), leaf, "{told}");
    };
    check("CN=Agent,OU=DSI,OU=Directions,DC=parc,DC=test", Some("Directions > DSI"), "Agent");
    check(r"CN=Durand\, Jean,ou=D\C3\A9veloppement \2B IA,dc=test", Some("Développement + IA"), "Durand, Jean");
    check("uid=a+cn=b, ou = Achats , dc=test", Some("Achats"), "a");
    check("ou=people,dc=test", None, "people");
    check(r#"cn="Un, deux",OU="Trois; quatre""#, Some("Trois; quatre"), "Un, deux");
    check("", None, "");
    check("n'importe quoi", None, "");
    check(r"cn=fin\", None, "fin");
    assert_eq!(dn::normal("CN=Jean  DURAND, OU=Dsi,dc=Test"), dn::normal(r"cn=jean durand,ou=\44si,DC=test"));
    assert_ne!(dn::normal("cn=a,ou=b"), dn::normal(r"cn=a\,ou=b"));
}

/// Documents that fuzzers begin with, and what they found.
#[test]
fn seeds() {
    let (mut people, mut computers) = (0, 0);
    for entry in std::fs::read_dir(context().base.join("seeds")).unwrap() {
        let document = std::fs::read(entry.unwrap().path()).unwrap();
        let harvest = replay::document(&context(), &document, now()).unwrap();
        people += total(&agents(&harvest));
        computers += harvest.observations.len();
    }
    assert_eq!((people, computers), (4, 3));
}

/// The same with a byte of them spoilt, which is to end in a harvest all the same.
#[test]
fn spoilt_seeds() {
    let mut count = 0;
    for entry in std::fs::read_dir(context().base.join("seeds")).unwrap() {
        let document = std::fs::read(entry.unwrap().path()).unwrap();
        for at in (0..document.len()).step_by(5) {
            for byte in *b":\\=,\n9+\xff" {
                let mut spoilt = document.clone();
                spoilt[at] = byte;
                assert!(replay::document(&context(), &spoilt, now()).is_some());
                count += 1;
            }
        }
    }
    println!("{count} documents");
}

#[test]
fn garbage_is_told_by_id() {
    let document = std::fs::read(context().base.join("seeds/active-directory.ldif")).unwrap();
    let harvest = replay::document(&context(), &document, now()).unwrap();
    let rejects: Vec<(&str, &str)> = harvest
        .rejects
        .iter()
        .map(|reject| (reject.place.as_str(), reject.column.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(
        rejects,
        [
            ("person/03020100-0504-0706-0809-0a0b0c0d0e0f", "accountExpires"),
            ("computer/13121110-1514-1716-1819-1a1b1c1d1e1f", "lastLogonTimestamp"),
        ]
    );
    let told = format!("{harvest:?}").to_lowercase();
    for word in ["kervella", "maëlle", "mkervella", "guillemot", "hguillemot"] {
        assert!(!told.contains(word), "{word} is told");
    }
    let pc = &harvest.observations[0].facts();
    assert_eq!(pc.hostname.as_deref(), Some("pc-1"));
    assert_eq!(pc.last_seen.map(|day| day.to_string()).as_deref(), Some("2024-11-29"));
    assert_eq!((pc.account_enabled, pc.user.clone()), (Some(false), key().of("MKervella")));
    assert_eq!(pc.operating_system_version.as_deref(), Some("10.0 (22631)"));
}

#[test]
fn keys_that_are_refused() {
    let check = |keys: &str, says: &str| {
        let table = toml::from_str(keys).unwrap();
        let error = match (CONNECTOR.open)(table, context()) {
            Ok(_) => panic!("{keys} is accepted"),
            Err(error) => format!("{error:#}"),
        };
        assert!(error.contains(says), "{keys:?}: {error:?} does not say {says:?}");
        assert!(!error.contains("12345"), "{error}");
    };
    let all = "url = 'ldaps://dc1'\nprofile = 'openldap'\nbase = 'dc=test'\n";
    check("urls = []\nprofile = 'openldap'\nbase = 'dc=test'", "`urls` is empty");
    check(&format!("{all}urls = ['ldap://dc2']"), "both `url` and `urls`");
    check(&format!("{all}bind_nd = 'x'"), "did you mean `bind_dn`?");
    check(&format!("{all}bind_dn = 'x'"), "go together");
    check(&format!("{all}bind_dn = 'x'\npassword = ''"), "`password` is empty");
    check(&format!("{all}bind_dn = 'x'\npassword = 12345"), "text between quotes");
    check("url = 'ldaps://dc1'\nprofile = 'openladp'\nbase = 'x'", "did you mean `openldap`?");
    check("url = 'ldaps://dc1'\nprofile = 'openldap'", "`base` is missing");
    check("url = 'https://dc1'\nprofile = 'openldap'\nbase = 'x'", "none of ldap://");
    check("url = 'ldap://a:12345@dc1'\nprofile = 'openldap'\nbase = 'x'", "holds a login");
    check("url = 'ldapi://%2Frun%2'\nprofile = 'openldap'\nbase = 'x'", "begins no byte");
    check("url = 'ldap://dc1/dc=test??sub'\nprofile = 'openldap'\nbase = 'x'", "ends after host and port");
    let clear =
        "url = 'ldap://dc1.example.fr'\nprofile = 'openldap'\nbase = 'x'\nbind_dn = 'x'\npassword = '12345'\n";
    check(clear, "would go to dc1.example.fr in clear");
    check(&format!("{clear}ca_file = 'x'"), "in clear");
    let lead = |to: &str| format!("{all}follow_referrals = ['{to}']\n");
    check(&lead("ldapi://%2Frun%2Fldapi"), "`follow_referrals`: `/run/ldapi` is no address of ldap:// or ldaps://");
    check(&lead("https://dc2"), "`follow_referrals`: starts with none of");
    check(&lead("ldaps://dc2/dc=test"), "`follow_referrals`: ends after host and port");
    let secret = "bind_dn = 'x'\npassword = '12345'\n";
    check(&(lead("ldap://dc2.example.fr") + secret), "would go to dc2.example.fr in clear");
    check(&format!("{clear}start_tls = true\nfollow_referrals = ['ldaps://dc2']"), "begins with TLS");
    let local = "url = 'ldapi://%2Frun%2Fldapi'\nprofile = 'openldap'\nbase = 'x'\nsasl = 'external'\n";
    check(&format!("{local}follow_referrals = ['ldap://dc2']"), "needs `client_cert_file`");
    check(&format!("{all}start_tls = true"), "begins with TLS");
    check(&format!("{all}ca_file = 'nowhere.pem'"), "`ca_file`");
    check(&format!("{all}ca_file = 'seeds/supann.ldif'"), "holds no certificate");
    check(&format!("{all}client_cert_file = 'x'"), "go together");
    check(&format!("{all}sasl = 'external'"), "needs `client_cert_file`");
    check(&format!("{all}sasl = 'external'\nbind_dn = 'x'"), "takes neither");
    if !super::super::kerberos::GSSAPI {
        check(&format!("{all}sasl = 'gssapi'"), "built without Kerberos");
    } else {
        for bare in ["ldap://dc1", "ldapi://%2Frun%2Fldapi", "ldap://127.0.0.1"] {
            let keys = format!("url = '{bare}'\nprofile = 'openldap'\nbase = 'x'\nsasl = 'gssapi'\n");
            check(&keys, "needs TLS on every server");
        }
        check(&(lead("ldap://dc2") + "sasl = 'gssapi'\n"), "needs TLS on every server");
    }
    check(&format!("{all}request_timeout = 'soon'"), "`request_timeout`");
    check(&format!("{all}people = false\ncomputers = false"), "neither");
    check(&format!("{all}people = 3"), "`people`: is false, or a table");
    check(&format!("{all}[people]\nfilter = '(cn=*'"), "is not a filter");
    check(&format!("{all}[people]\nscope = 'all'"), "`scope`");
    check(&format!("{all}[people]\ndepartement = 'x'"), "did you mean `department`?");
    check(&format!("{all}[people]\ndepartment = 'ou path'"), "is no attribute");
    check(&format!("{all}[people]\nexclude = [{{ login = '(' }}]"), "is not a pattern");
    check(&format!("{all}[people]\nexclude = ['x']"), "a list of tables");
    check(&format!("{all}[computers]\nname = ''"), "`name` is missing");
    check(&format!("{all}[structures]\nfilter = '(a=b)'"), "`code` is missing");
    check(&format!("{all}[people]\ndepartment = 'member_of'"), "`member_of` needs `match`");
    check(&format!("{all}[people]\ndepartment = 'ou|member_of'\n[groups]\n"), "`member_of` needs `match`");
    check(&format!("{all}[computers]\nentity = ['l', 'member_of']\n"), "`member_of` needs `match`");
    check(&format!("{all}[groups]\nmember = 'memberUid'\n"), "`memberUid` holds logins");
    check(&format!("{all}[[entities]]\nmatch = '('\nentity = 'x'"), "entities 1");
    check(&format!("{all}[[entities]]\nmatch = 'x'\nentity = ''"), "`entity` is empty");
    for fine in ["plaintext = true", "start_tls = true"] {
        assert!((CONNECTOR.open)(toml::from_str(&format!("{clear}{fine}")).unwrap(), context()).is_ok(), "{fine}");
    }
}

/// A server may say anything: it is repeated as one short line.
#[test]
fn a_servers_words_are_one_line() {
    let told = format!("first\r\nsecond\0 {}", "x".repeat(100_000));
    for code in [11, 53, 2] {
        let failure = refusal::of_search("ldap.ville.test", "people", "dc=ville", code, &told);
        let said = format!("{:#}", failure.cause);
        assert!(said.contains("first  second  xxx") && said.len() < 500, "{code}: {said}");
        assert!(!said.contains(char::is_control), "{code}: {said}");
    }
}

#[test]
fn the_sample_is_understood() {
    let sample: toml::Table = toml::from_str(CONNECTOR.sample).unwrap();
    let mut keys = sample["source"].as_array().unwrap()[0].as_table().unwrap().clone();
    Rules::read(keys["rule"].as_array().unwrap(), CONNECTOR.reports).unwrap();
    for key in ["name", "type", "every", "rule", "password_file"] {
        assert!(keys.remove(key).is_some(), "{key}");
    }
    keys.insert("password".to_owned(), "told".into());
    assert!((CONNECTOR.open)(keys, context()).is_ok());
}
