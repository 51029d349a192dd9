//! What directories of one sort have in common: filters and attributes, each of which the configuration can replace.
//! Pure.

/// The usual shape of a directory. `""` and empty lists: none. `a|b`: the first that an entry has.
pub struct Profile {
    /// Its name in `profile = "…"`.
    pub name: &'static str,
    pub people: People,
    pub computers: Computers,
    pub structures: Structures,
    pub groups: Groups,
}

pub struct People {
    pub filter: &'static str,
    pub login: &'static str,
    pub entity: &'static str,
    pub department: &'static str,
    pub employee_type: &'static str,
    /// Who is not counted: attribute (or `login`, `dn`) and pattern, all of a line.
    pub exclude: &'static [&'static [(&'static str, &'static str)]],
    /// Who alone is counted.
    pub only: &'static [&'static [(&'static str, &'static str)]],
}

pub struct Computers {
    pub filter: &'static str,
    pub name: &'static str,
    pub serial: &'static str,
    pub mac: &'static str,
    pub operating_system: &'static str,
    pub operating_system_version: &'static str,
    pub last_seen: &'static str,
    pub location: &'static str,
    pub entity: &'static str,
    pub department: &'static str,
    pub owner: &'static str,
}

pub struct Structures {
    /// None: they are not read.
    pub filter: &'static str,
    pub code: &'static str,
    pub parent: &'static str,
    pub label: &'static str,
}

pub struct Groups {
    pub filter: &'static str,
    pub name: &'static str,
    pub member: &'static str,
}

/// Logins that houses usually give to what is no person: `svc-…`, `adm_…`, `test.…`.
const GENERIC: (&str, &str) = ("login", r"(?i)^(svc|srv|adm|test|generic|generique)[-_.]");
/// Those that systems bring themselves.
const BUILT_IN: (&str, &str) =
    ("login", r"(?i)^(krbtgt(_.*)?|guest|invité|administrator|administrateur|defaultaccount|root|nobody)$");

/// Trusts of other domains (INTERDOMAIN_TRUST_ACCOUNT of MS-ADTS 2.2.16; their names end in `$`), and what Exchange
/// watches and Entra Connect copies with.
const OF_MICROSOFT: (&str, &str) = ("login", r"(?i)^(HealthMailbox|MSOL_|AAD_)|\$$");
/// An account opened before its owner's first day (supann: operational and in use ahead of the beginning of activity).
const AHEAD: (&str, &str) = ("supannRessourceEtat", r"(?i)^\{COMPTE\}A[: ]*SupannAnticipe");

/// Computers as schemas without a word for them have them; openldap and supann alike.
const DEVICES: Computers = Computers {
    // RFC 4519 and 2307; `account` alone is also what older directories write people with.
    filter: "(|(objectClass=device)(objectClass=ieee802Device)(objectClass=ipHost))",
    name: "cn",
    serial: "serialNumber",
    mac: "macAddress",
    operating_system: "",
    operating_system_version: "",
    // Of slapd's overlay lastbind, where it is loaded.
    last_seen: "authTimestamp",
    location: "l",
    entity: "",
    department: "",
    owner: "owner",
};
const NO_STRUCTURES: Structures = Structures { filter: "", code: "", parent: "", label: "" };

/// Every profile.
pub static ALL: &[Profile] = &[
    Profile {
        name: "openldap",
        people: People {
            filter: "(objectClass=inetOrgPerson)",
            login: "uid",
            entity: "",
            department: "departmentNumber|ou",
            employee_type: "employeeType",
            exclude: &[&[GENERIC], &[BUILT_IN]],
            only: &[],
        },
        computers: DEVICES,
        structures: NO_STRUCTURES,
        groups: Groups { filter: "(objectClass=groupOfNames)", name: "cn", member: "member" },
    },
    Profile {
        name: "active_directory",
        people: People {
            // `objectClass=user` alone gives every computer too, `objectCategory=person` alone every contact.
            filter: "(&(objectCategory=person)(objectClass=user))",
            login: "sAMAccountName",
            entity: "",
            department: "department",
            employee_type: "employeeType",
            exclude: &[&[GENERIC], &[BUILT_IN], &[OF_MICROSOFT], &[("isCriticalSystemObject", "(?i)^true$")]],
            only: &[],
        },
        computers: Computers {
            filter: "(objectCategory=computer)",
            name: "dNSHostName|cn",
            serial: "serialNumber",
            mac: "",
            operating_system: "operatingSystem",
            operating_system_version: "operatingSystemVersion",
            // Told to all servers every 9 to 14 days (MS-ADA1 2.351), unlike lastLogon, which each keeps for itself.
            last_seen: "lastLogonTimestamp",
            location: "location",
            entity: "",
            department: "",
            owner: "managedBy",
        },
        structures: NO_STRUCTURES,
        groups: Groups { filter: "(objectCategory=group)", name: "cn", member: "member" },
    },
    Profile {
        name: "supann",
        people: People {
            filter: "(objectClass=supannPerson)",
            login: "uid",
            entity: "",
            department: "supannEntiteAffectationPrincipale|supannEntiteAffectation",
            employee_type: "eduPersonAffiliation",
            exclude: &[&[GENERIC], &[BUILT_IN], &[AHEAD]],
            // Students, alumni and visitors are in the same branch.
            only: &[&[("eduPersonAffiliation", "(?i)^(employee|staff|faculty|teacher|researcher)$")]],
        },
        computers: DEVICES,
        structures: Structures {
            filter: "(objectClass=supannEntite)",
            code: "supannCodeEntite",
            parent: "supannCodeEntiteParent",
            label: "description|ou",
        },
        groups: Groups { filter: "(objectClass=groupOfNames)", name: "cn", member: "member" },
    },
];

/// The profile of this name.
pub fn named(name: &str) -> Option<&'static Profile> {
    ALL.iter().find(|profile| profile.name == name)
}
