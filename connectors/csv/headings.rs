//! Headings that French houses give to the contract's columns, written out for each sort of contents: folded as
//! [`crate::kind::fold`] folds them, the most telling first. A heading means one column or none.

/// A column of the contract, and the headings that also mean it.
pub type Headings = &'static [(&'static str, &'static str)];

/// How the heading of a first name begins. Beside one, a bare name is a person's and no machine's.
pub static FIRST_NAMES: &[&str] = &["prenom", "first name", "firstname", "given name"];
/// What may be either.
pub static BARE_NAMES: &[&str] = &["nom", "name"];

const SERIAL: &str = "no de serie, numero de serie, no serie, numero serie, num serie, num de serie, n serie, \
                      n de serie, no serie constructeur, serial number, serialnumber, sn, s n";
const ASSET_TAG: &str = "no d inventaire, numero d inventaire, no inventaire, numero inventaire, num inventaire, \
                         n inventaire, n d inventaire, code inventaire, inventaire, etiquette, code barre, \
                         code barres, inventory number, asset number";
const KIND: &str = "type, type de materiel, type materiel, type d equipement, type equipement, type de bien, \
                    type d actif, nature, nature du materiel, famille, famille de materiel";
const MANUFACTURER: &str = "marque, fabricant, constructeur, brand, maker";
const MODEL: &str = "modele, nom du modele, modele du materiel";
const ENTITY: &str = "entite, collectivite, etablissement, organisme, structure, commune";
const DEPARTMENT: &str = "service, direction, departement, pole, service affectataire, service utilisateur";
const CONDITION: &str = "etat d acquisition, etat a l acquisition, etat a l achat, condition d acquisition, \
                         condition a l achat, neuf reconditionne, neuf ou reconditionne";
const MODE: &str = "mode d acquisition, mode acquisition, type d acquisition";
const ORDER_DATE: &str = "date de commande, date commande, date de la commande, commande le";
const ORDER_NUMBER: &str = "no de commande, numero de commande, no commande, numero commande, num commande, \
                            n commande, n de commande, bon de commande, no bon de commande, no de bon de commande, \
                            numero de bon de commande";
const SUPPLIER: &str = "fournisseur, vendeur, revendeur, titulaire";
const RETIRED_DATE: &str = "date de reforme, date reforme, date de mise a la reforme, reforme le";
const EXIT_DATE: &str = "date de sortie, date sortie, date de cession, date de sortie du parc, sorti le";
const DISPOSAL: &str = "mode de sortie, filiere de sortie, mode de cession, devenir";
const SCREEN: &str = "taille ecran, taille de l ecran, taille d ecran, taille ecran pouces, diagonale, \
                      diagonale pouces, pouces";
const SIRET: &str = "no siret, numero siret, no de siret, numero de siret, siret acheteur, siret de l acheteur, \
                     siret proprietaire";
const QUANTITY: &str = "quantite, qte, nombre, nb";
const ECOLABEL: &str = "label, eco label, label environnemental";
const THEME: &str = "axe, thematique, no de theme, numero de theme, theme reen, axe de la strategie";
const NOTE: &str = "notes, commentaire, remarque, observation, observations";
const PROOF: &str = "preuve, justificatif";

/// `assets`.
pub static ASSETS: Headings = &[
    ("id", "identifiant, id actif, id equipement, id materiel"),
    ("kind", KIND),
    ("manufacturer", MANUFACTURER),
    ("model", MODEL),
    ("serial", SERIAL),
    ("asset_tag", ASSET_TAG),
    ("uuid", "uuid systeme, system uuid"),
    (
        "hostname",
        "nom d hote, nom de machine, nom machine, nom du poste, nom de l ordinateur, nom reseau, nom netbios, nom, \
         host name, computer name, name",
    ),
    ("mac", "adresse mac, adresses mac, mac address, mac addresses, adresse physique"),
    ("entity", ENTITY),
    ("location", "localisation, emplacement, lieu, site, batiment, salle, local, bureau"),
    ("department", DEPARTMENT),
    (
        "user",
        "login, identifiant utilisateur, compte utilisateur, nom d utilisateur, utilisateur, agent, usager, \
         nom de l utilisateur, nom utilisateur, nom de l agent, affecte a, attribue a, detenteur, beneficiaire, \
         username, user name, owner",
    ),
    ("status", "statut, etat, state, etat du materiel, statut du materiel"),
    ("condition", CONDITION),
    ("mode", MODE),
    ("order_date", ORDER_DATE),
    ("purchase_date", "date d achat, date achat, date d acquisition, date acquisition, achete le"),
    ("delivery_date", "date de livraison, date livraison, date de reception, livre le"),
    (
        "purchase_price_ht",
        "prix ht, prix d achat ht, prix achat ht, prix unitaire ht, montant ht, cout ht, valeur d achat ht",
    ),
    ("supplier", SUPPLIER),
    ("order_number", ORDER_NUMBER),
    ("manufacture_date", "date de fabrication, date fabrication, fabrique le, manufactured on"),
    ("in_service_date", "date de mise en service, date mise en service, mise en service, mis en service le"),
    ("retired_date", RETIRED_DATE),
    ("disposal_date", EXIT_DATE),
    ("disposal", DISPOSAL),
    (
        "last_seen",
        "derniere connexion, date de derniere connexion, dernier contact, date du dernier contact, dernier inventaire, \
         date du dernier inventaire, date de dernier inventaire, vu le",
    ),
    (
        "warranty_end",
        "fin de garantie, date de fin de garantie, date fin garantie, date fin de garantie, garantie jusqu au, \
         expiration de la garantie, date d expiration de la garantie",
    ),
    ("upstream_years", "annees d usage anterieur, annees d usage anterieures, annees d utilisation anterieures"),
    ("cpu", "processeur, type de processeur, processor"),
    ("cpu_count", "nombre de processeurs, nb processeurs, nb de processeurs, nb cpu"),
    ("ram_gb", "ram go, memoire go, memoire vive go, memoire ram go"),
    ("ram_modules", "nombre de barrettes, nb barrettes"),
    ("ssd_gb", "ssd go, disque ssd go"),
    ("ssd_count", "nombre de ssd, nb ssd"),
    ("hdd_gb", "hdd go, disque dur go"),
    ("hdd_count", "nombre de disques, nb disques, nombre de hdd, nb hdd"),
    ("screen_inches", SCREEN),
    ("annual_kwh", "kwh par an, kwh an, consommation annuelle kwh, consommation annuelle en kwh, tec kwh, tec"),
    ("power_watts", "puissance w, puissance watts, puissance en watts, watts"),
    ("repairability_index", "indice de reparabilite, indice reparabilite"),
    ("repairability_class", "classe de reparabilite, classe reparabilite"),
    ("ecolabel", ECOLABEL),
    ("weight_kg", "poids kg, poids en kg, masse kg, poids"),
    ("operating_system", "systeme d exploitation, os, systeme"),
    (
        "operating_system_version",
        "version du systeme d exploitation, version du systeme, version de l os, version os",
    ),
    ("account_enabled", "compte actif, compte active"),
    ("firmware", "micrologiciel, version du micrologiciel, firmware version"),
    ("ports", "nombre de ports, nb ports, nb de ports"),
    ("printed_pages", "pages imprimees, compteur de pages, compteur pages, nombre de pages"),
    ("running_since", "en marche depuis, demarre le, dernier demarrage"),
    ("witness", "temoin"),
    ("virtual_machine", "machine virtuelle, virtuel, vm"),
];

/// `purchases`.
pub static PURCHASES: Headings = &[
    (
        "date",
        "date d achat, date achat, date d acquisition, date de la ligne, date du mouvement, date de l operation",
    ),
    ("order_date", ORDER_DATE),
    ("service_date", "date de service fait, date du service fait, date service fait, service fait le"),
    ("invoice_date", "date de facture, date facture, date de la facture, date de facturation, facture le"),
    (
        "payment_date",
        "date de paiement, date paiement, date de mandatement, date du mandat, date de mandat, date de reglement, paye le",
    ),
    ("order_number", ORDER_NUMBER),
    ("entity", ENTITY),
    ("siret", SIRET),
    ("category", "categorie, categorie agec, type de produit acquis"),
    ("kind", KIND),
    ("description", "designation, libelle, libelle de la ligne, libelle article, description du produit, intitule"),
    ("manufacturer", MANUFACTURER),
    ("model", MODEL),
    ("quantity", QUANTITY),
    (
        "amount_ht",
        "montant ht, total ht, montant total ht, montant hors taxes, montant hors taxe, montant ligne ht, prix total ht, \
         prix ht",
    ),
    (
        "amount_ttc",
        "montant ttc, total ttc, montant total ttc, montant toutes taxes comprises, prix total ttc, prix ttc",
    ),
    ("vat_rate", "taux de tva, taux tva, taux de la tva"),
    ("condition", CONDITION),
    ("mode", MODE),
    ("derogation", "derogation agec, sous derogation"),
    ("derogation_reason", "motif de derogation, motif derogation, motif de la derogation"),
    ("recycled_content", "matieres recyclees, contient des matieres recyclees, matiere recyclee, contenu recycle"),
    ("proof", PROOF),
    ("proof_url", "lien de la preuve, lien preuve, url de la preuve, url preuve, lien du justificatif"),
    ("supplier", SUPPLIER),
    (
        "nomenclature",
        "code nomenclature, nomenclature achat, nomenclature d achat, famille d achat, code nacre, nacre",
    ),
    ("account", "compte, no de compte, numero de compte, compte comptable, imputation, imputation comptable"),
    (
        "repairability_considered",
        "indice de reparabilite pris en compte, reparabilite prise en compte, indice pris en compte",
    ),
    ("ecolabel", ECOLABEL),
    ("environmental_clause", "clause environnementale, considerations environnementales"),
];

/// `disposals`.
pub static DISPOSALS: Headings = &[
    ("date", EXIT_DATE),
    ("retired_date", RETIRED_DATE),
    ("serial", SERIAL),
    ("asset_tag", ASSET_TAG),
    ("kind", KIND),
    ("screen_inches", SCREEN),
    ("quantity", QUANTITY),
    ("entity", ENTITY),
    ("siret", SIRET),
    ("disposal", DISPOSAL),
    ("purchase_date", "date d achat, date achat, date d acquisition, date acquisition"),
    ("weight_kg", "poids kg, poids en kg, poids total kg, masse kg, poids"),
    ("handler", "repreneur, prestataire, collecteur, organisme repreneur, association beneficiaire"),
    ("approved_scheme", "eco organisme, eco organisme agree, filiere agreee"),
    ("proof", PROOF),
    ("classified", "classifie, donnees classifiees"),
];

/// `reformed_stock`.
pub static REFORMED_STOCK: Headings = &[
    ("date", "date du comptage, date de comptage, date de l inventaire"),
    ("siret", SIRET),
    ("count", "nombre, nb, quantite, stock, nombre de biens, nombre de biens reformes"),
    ("note", NOTE),
];

/// `headcount`.
pub static HEADCOUNT: Headings = &[
    ("date", "date d effet, date du comptage, date de l effectif"),
    ("entity", ENTITY),
    ("department", DEPARTMENT),
    ("agents", "effectif, effectifs, nombre d agents, nb d agents, nombre agents, nb agents"),
];

/// `power`.
pub static POWER: Headings = &[
    (
        "time",
        // A date alone, or an hour beside it, is no moment.
        "horodatage, date et heure, date heure, releve le, timestamp",
    ),
    ("room", "salle, nom de la salle, salle informatique, local, localisation, emplacement"),
    ("device", "point de mesure, appareil, equipement, compteur, nom du compteur, pdu, onduleur, tableau"),
    (
        "watts",
        "puissance, puissance w, puissance en w, puissance watts, puissance en watts, puissance active, \
         puissance active w, w",
    ),
    (
        "kwh",
        // Energy of an hour or a day is no index.
        "index, index kwh, index en kwh, index du compteur, index compteur, releve kwh",
    ),
    ("role", "perimetre, usage, fonction, type de mesure"),
];

/// `declared`.
pub static DECLARED: Headings = &[
    ("date", "date de la mesure, date du releve, date de valeur, arrete au"),
    ("entity", ENTITY),
    ("theme", THEME),
    ("name", "indicateur, nom, nom de l indicateur, libelle, intitule"),
    ("value", "valeur, resultat, realise"),
    ("unit", "unite, unite de mesure"),
    ("source", "origine, provenance, source de la donnee"),
    ("note", NOTE),
];

/// `actions`.
pub static ACTIONS: Headings = &[
    ("id", "identifiant, no d action, numero d action, no action, numero action, code action, ref, reference, no"),
    ("theme", THEME),
    ("title", "action, titre, intitule, libelle, description de l action"),
    ("status", "statut, etat, avancement, etat d avancement"),
    ("department", "service, direction, service pilote, direction pilote, service porteur, departement, pole"),
    ("start", "debut, date de debut, date de lancement, commence le"),
    ("due", "echeance, date d echeance, date de fin, fin prevue, fin, a faire pour le"),
    ("indicator", "indicateur, indicateur de suivi"),
    ("blocked_by", "bloquee par, bloque par, point de blocage, points de blocage, blocage, frein, freins"),
];

/// `services`.
pub static SERVICES: Headings = &[
    ("year", "annee, annee civile, exercice"),
    ("entity", ENTITY),
    ("scope", "perimetre, type de service, nature, nature du service, type"),
    ("name", "service, nom du service, nom, intitule, libelle, designation"),
    ("supplier", "fournisseur, prestataire, hebergeur, titulaire, editeur"),
    ("kwh", "consommation kwh, consommation en kwh, electricite kwh, kwh par an"),
    (
        "co2e_kg",
        "kgco2e, kg co2e, kg eqco2, kg co2, emissions kgco2e, emissions kg co2e, empreinte kgco2e, empreinte kg co2e",
    ),
    ("amount_ht", "montant ht, total ht, montant total ht, montant annuel ht, montant hors taxes, cout ht"),
    ("origin", "origine, source, document, justificatif"),
];

/// `decisions`.
pub static DECISIONS: Headings = &[
    ("decision", "verdict, decision prise"),
    ("asset_a", "actif a, bien a, equipement a"),
    ("asset_b", "actif b, bien b, equipement b"),
    ("reason", "motif, raison, justification"),
    ("date", "date de decision, date de la decision"),
];
