#!/usr/bin/env python3
"""The people and computers of an invented town as LDIF: directory.py openldap|active_directory PEOPLE COMPUTERS.

Accounts are disabled in every way that the product has; some are services; some computers have not been seen for long.
The same arguments give the same entries, but for moments, which are told from today."""
import base64
import datetime
import random
import sys

flavour, people, computers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random.seed(7)
now = datetime.datetime.now(datetime.timezone.utc)
FIRST = ("Amélie Bastien Chloé Damien Élodie Fabrice Gaëlle Hugo Inès Jérôme Karine Loïc Maëlle Nicolas Océane Pascal "
         "Quentin Rosalie Sébastien Tiphaine").split()
LAST = ("Abgrall Bonnefoy Castagnède Delacroix Escoffier Fontvieille Guillemot Hautefeuille Izambard Jolivet Kervella "
        "Lachenal Mongolfier Noirmoutier Ozanne Peyrefitte Quéméner Roquefeuil Saintignac Taillefer Urvoas Vauquelin"
        ).split()
DIRECTORATES = [("DSI", "Direction des systèmes d'information"), ("DRH", "Direction des ressources humaines"),
                ("DAF", "Direction administrative et financière"), ("CULT", "Direction de la culture"),
                ("DEE", "Direction de l'éducation et de l'enfance"), ("VOI", "Voirie, propreté & espaces verts"),
                ("DGS", "Direction générale des services")]
PLAIN = str.maketrans("éèêëàâîïôûùçÉ", "eeeeaaiiouucE")


def entry(dn, *lines):
    told = []
    for name, value in (("dn", dn),) + lines:
        plain = value.isascii() and not value.startswith((" ", ":", "<"))
        told.append(f"{name}: {value}" if plain else f"{name}:: {base64.b64encode(value.encode()).decode()}")
    print("\n".join(told) + "\n")


def person(at):
    """First name, last name, login, mail, telephone."""
    first, last = FIRST[at % len(FIRST)], LAST[at * 7 % len(LAST)]
    login = f"{first[0]}{last}{at}".translate(PLAIN).lower()
    return (first, last, login, f"{first}.{last}.{at}@ville-essai.fr".translate(PLAIN).lower(),
            f"+33 2 98 {at // 10000 % 100:02d} {at // 100 % 100:02d} {at % 100:02d}")


def filetime(days):
    since = now - datetime.timedelta(days=days) - datetime.datetime(1601, 1, 1, tzinfo=datetime.timezone.utc)
    return str(int(since.total_seconds()) * 10_000_000)


def directorate(at):
    return DIRECTORATES[(at * at % 11 + at // 97 % 2) % len(DIRECTORATES)]


def mac(at):
    return ":".join(f"{(0x021a2b000000 + at >> shift) & 255:02x}" for shift in range(40, -1, -8))


def openldap():
    base = "dc=ville,dc=test"
    entry(base, ("objectClass", "domain"), ("dc", "ville"))
    for account in ("ecoparc", "small", "nobody"):
        entry(f"cn={account},{base}", ("objectClass", "organizationalRole"), ("objectClass", "simpleSecurityObject"),
              ("cn", account), ("userPassword", f"{account}-secret"))
    for unit in ("people", "structures", "devices", "groups"):
        entry(f"ou={unit},{base}", ("objectClass", "organizationalUnit"), ("ou", unit))
    for code, label in DIRECTORATES:
        above = [("supannCodeEntiteParent", "DGS")] if code != "DGS" else []
        entry(f"supannCodeEntite={code},ou=structures,{base}", ("objectClass", "organizationalUnit"),
              ("objectClass", "supannEntite"), ("supannCodeEntite", code), ("ou", label), *above)
        entry(f"ou={code},ou=people,{base}", ("objectClass", "organizationalUnit"), ("ou", code))
    members = {code: [] for code, _ in DIRECTORATES}
    for at in range(people):
        first, last, login, mail, phone = person(at)
        code, label = directorate(at)
        more = [("objectClass", "supannPerson"), ("objectClass", "shadowAccount"), ("objectClass", "testAccount"),
                ("eduPersonAffiliation", "student" if at % 12 == 5 else "employee"),
                ("employeeType", "prestataire" if at % 15 == 4 else "titulaire")]
        if at % 60 == 17:
            login = f"svc-{login}"
        state = {3: ("pwdAccountLockedTime", "000001010000Z"),
                 5: ("pwdAccountLockedTime", (now - datetime.timedelta(minutes=5)).strftime("%Y%m%d%H%M%SZ")),
                 7: ("shadowExpire", "15000"), 8: ("shadowExpire", "99999"), 10: ("shadowExpire", "-1"),
                 9: ("nsAccountLock", "TRUE"), 11: ("sambaAcctFlags", "[UD         ]"),
                 12: ("sambaAcctFlags", "[U          ]"), 14: ("supannRessourceEtat", "{COMPTE}I")}.get(at % 40)
        # Everybody but a few has a department.
        if at % 50 != 49:
            more += [("departmentNumber", code), ("ou", label), ("supannEntiteAffectation", code),
                     ("supannEntiteAffectationPrincipale", code)]
        dn = f"uid={login},ou={code},ou=people,{base}"
        members[code].append(dn)
        entry(dn, ("objectClass", "inetOrgPerson"), *more, ("uid", login), ("cn", f"{first} {last}"), ("sn", last),
              ("givenName", first), ("mail", mail), ("telephoneNumber", phone), ("employeeNumber", f"E{at:06d}"),
              *([state] if state else []))
    for code, dns in members.items():
        entry(f"cn=GG-Direction-{code},ou=groups,{base}", ("objectClass", "groupOfNames"),
              ("cn", f"GG-Direction-{code}"), ("member", f"cn=ecoparc,{base}"), *(("member", dn) for dn in dns))
    everybody = [dn for code, _ in DIRECTORATES for dn in members[code]]
    for at in range(computers):
        owner = everybody[at * 13 % len(everybody)] if at % 10 else f"uid=gone{at},ou=people,{base}"
        entry(f"cn=pc-{at:05d},ou=devices,{base}", ("objectClass", "device"), ("objectClass", "ieee802Device"),
              ("cn", f"pc-{at:05d}"), ("serialNumber", f"SN{at:07d}"), ("macAddress", mac(at)), ("owner", owner),
              ("l", f"Site {at % 7}"))


SYSTEMS = [("Windows 10 Enterprise", "10.0 (19045)"), ("Windows 11 Enterprise", "10.0 (26100)"),
           ("Windows Server 2022 Standard", "10.0 (20348)"), ("Ubuntu", "22.04")]


def active_directory():
    base = "DC=parc,DC=test"
    for unit in ("Directions", "Postes", "Services"):
        entry(f"OU={unit},{base}", ("objectClass", "organizationalUnit"))
    for code, label in DIRECTORATES:
        entry(f"OU={code},OU=Directions,{base}", ("objectClass", "organizationalUnit"), ("description", label))
    members = {code: [] for code, _ in DIRECTORATES}
    for at in range(people):
        first, last, login, mail, phone = person(at)
        code, label = directorate(at)
        control, more = 512, []
        if at % 25 == 3:
            control |= 2
        if at % 25 == 4:
            more = [("accountExpires", filetime(30))]
        if at % 25 == 5:
            more = [("accountExpires", filetime(-30))]
        if at % 25 == 6:
            more = [("accountExpires", "9223372036854775807")]
        unit = f"OU={code},OU=Directions,{base}"
        if at % 40 == 17:
            login, unit = f"svc-{at}", f"OU=Services,{base}"
        if at % 50 != 49:
            more += [("department", label)]
        dn = f"CN={last} {first} {at},{unit}"
        members[code].append(dn)
        # 32: no password is needed, so that it may be enabled without one.
        entry(dn, ("objectClass", "user"), ("sAMAccountName", login), ("userAccountControl", str(control | 32)),
              ("givenName", first), ("sn", last), ("mail", mail), ("telephoneNumber", phone), ("company", "Ville d'Essai"),
              ("userPrincipalName", f"{login}@parc.test"), ("lastLogonTimestamp", filetime(at % 200)), *more)
    for code, dns in members.items():
        entry(f"CN=GG-Direction-{code},OU=Directions,{base}", ("objectClass", "group"),
              ("sAMAccountName", f"GG-Direction-{code}"), *(("member", dn) for dn in dns))
    everybody = [dn for code, _ in DIRECTORATES for dn in members[code]]
    for at in range(computers):
        system, version = SYSTEMS[at % 4]
        seen = [] if at % 50 == 0 else [("lastLogonTimestamp", "0" if at % 50 == 1 else filetime(at % 200))]
        entry(f"CN=PC-{at:05d},OU=Postes,{base}", ("objectClass", "computer"), ("sAMAccountName", f"PC-{at:05d}$"),
              ("userAccountControl", "4098" if at % 40 == 7 else "4096"), ("operatingSystem", system),
              ("operatingSystemVersion", version), ("dNSHostName", f"pc-{at:05d}.parc.test"),
              ("managedBy", everybody[at * 13 % len(everybody)]), ("serialNumber", f"SN{at:07d}"),
              ("location", f"Site {at % 7}"), *seen)


{"openldap": openldap, "active_directory": active_directory}[flavour]()
