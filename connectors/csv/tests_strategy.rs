//! Reading the tables of a strategy.

use domain::strategy::{Action, Declared, ServiceLine};

use super::tests::check;

#[test]
fn figures_declared_by_hand() {
    check::<Declared>(
        "date,entity,theme,name,value,unit,source,note\n2025-12-31,ccas,4,agents trained,128,agents,HR,one day each\n",
        "f.csv:2 date=2025-12-31 entity=ccas theme=4 name=agents trained value=128 unit=agents source=HR note=one day each",
    );
    check::<Declared>(
        "Date de valeur;Entité;Axe;Indicateur;Valeur;Unité;Provenance\n31/12/2025;;Écoconception;Services audités;1 234,5;services;DSI\n",
        "f.csv:2 date=2025-12-31 theme=3 name=Services audités value=1234.5 unit=services source=DSI",
    );
    check::<Declared>(
        "date,theme,name,value\n,1,a,1\n2025-01-01,1,,1\n2025-01-01,1,a,\n2025-01-01,7,a,1\n2025-13-01,1,a,1\n\
         2025-01-01,1,a,beaucoup\n",
        "! f.csv:2 [date] it is missing\n\
         ! f.csv:3 [name] it is missing\n\
         ! f.csv:4 [value] it is missing\n\
         ! f.csv:5 [theme] `7` is not a theme it knows (1, 2, 3, 4, 5, 6): write a rule for it\n\
         ! f.csv:6 [date] `2025-13-01` is not a date (2026-11-24 or 24/11/2026)\n\
         ! f.csv:7 [value] `beaucoup` is not a number",
    );
    check::<Declared>(
        "date,value\n",
        "protocol: declared need a column `name`: there are 2 headings, which `ecoparc check --connect` names",
    );
}

#[test]
fn actions() {
    check::<Action>(
        "id,theme,title,status,department,start,due,indicator,blocked_by\n\
         A1,2,keep laptops six years,running,DSI,2025-01-01,2028-12-31,lifetime_median_seconds,budget\n",
        "f.csv:2 id=A1 theme=2 title=keep laptops six years status=running department=DSI start=2025-01-01 \
         due=2028-12-31 indicator=lifetime_median_seconds blocked_by=budget",
    );
    check::<Action>(
        "N°;Thématique;Action;Avancement;Direction;Échéance;Points de blocage\n\
         1;Axe 4;Former les agents;En cours;DRH;30/06/2026;\n2;1;Clause de réemploi;À démarrer;Achats;;Avis juridique\n\
         3;5;Ateliers;Réalisée;CCAS;;\n",
        "f.csv:2 id=1 theme=4 title=Former les agents status=running department=DRH due=2026-06-30\n\
         f.csv:3 id=2 theme=1 title=Clause de réemploi status=to_start department=Achats blocked_by=Avis juridique\n\
         f.csv:4 id=3 theme=5 title=Ateliers status=done department=CCAS",
    );
    check::<Action>(
        "id,title,status,start,due\nA1,t,done,,\nA1,again,running,,\n,t,done,,\nA2,,done,,\nA3,t,,,\nA4,t,presque,,\n\
         A5,t,running,2026-02-01,2026-01-01\n",
        "f.csv:2 id=A1 title=t status=done\n\
         ! f.csv:3 [id] `A1` is the id of an action above\n\
         ! f.csv:4 [id] it is missing\n\
         ! f.csv:5 [title] it is missing\n\
         ! f.csv:6 [status] it is missing\n\
         ! f.csv:7 [status] `presque` is not a status it knows (to_start, running, done): write a rule for it\n\
         ! f.csv:8 [due] 2026-01-01 is before it starts, on 2026-02-01",
    );
    // Nobody's name has a place there: the column is read by nothing.
    check::<Action>("id,title,status,Responsable\nA1,t,done,J. Martin\n", "f.csv:2 id=A1 title=t status=done");
}

#[test]
fn services() {
    check::<ServiceLine>(
        "year,entity,scope,name,supplier,kwh,co2e_kg,amount_ht,origin\n\
         2025,mairie,hosting,web sites,Host SA,1200,84.5,3000,statement\n",
        "f.csv:2 year=2025 entity=mairie scope=hosting name=web sites supplier=Host SA kwh=1200 co2e_kg=84.5 \
         amount_ht=3000.00 origin=statement",
    );
    check::<ServiceLine>(
        "Année;Périmètre;Nom du service;Prestataire;kgCO2e;Montant HT\n\
         2025;Territoire connecté;Éclairage;Lumen;1 250,5;12 000,00 €\n2025;Nuage;;Bureau SA;;\n",
        "f.csv:2 year=2025 scope=connected_territory name=Éclairage supplier=Lumen co2e_kg=1250.5 amount_ht=12000.00\n\
         f.csv:3 year=2025 scope=cloud supplier=Bureau SA",
    );
    check::<ServiceLine>(
        "year,scope,name,co2e_kg\n,cloud,a,1\n2025,,a,1\n2025,cloud,,1\n2025.5,cloud,a,1\n20255,cloud,a,1\n\
         2025,satellite,a,1\n2025,cloud,a,-1\n",
        "! f.csv:2 [year] it is missing\n\
         ! f.csv:3 [scope] it is missing\n\
         ! f.csv:4 [name] neither it nor `supplier` is told\n\
         ! f.csv:5 [year] `2025.5` is not a civil year\n\
         ! f.csv:6 [year] `20255` is not a civil year\n\
         ! f.csv:7 [scope] `satellite` is not a scope it knows (hosting, cloud, \
         connected_territory, contract): write a rule for it\n\
         ! f.csv:8 [co2e_kg] `-1` is less than 0",
    );
}
