//! The tables of the sample fleet as its house would have shown them on an earlier day.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use jiff::civil::{Date, date};
use jiff::{Span, ToSpan};

/// A file of rows.
struct Table {
    separator: u8,
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn read(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap();
        // What is not UTF-8 is Windows-1252, of which these files use nothing that Latin-1 has not.
        let text =
            String::from_utf8(bytes).unwrap_or_else(|wrong| wrong.into_bytes().into_iter().map(char::from).collect());
        let text = text.trim_start_matches('\u{feff}');
        let separator = if text.lines().next().unwrap().contains(';') { b';' } else { b',' };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .flexible(true)
            .has_headers(false)
            .from_reader(text.as_bytes());
        let mut rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>());
        let headings = rows.next().unwrap();
        Self { separator, headings, rows: rows.collect() }
    }

    fn column(&self, heading: &str) -> usize {
        self.headings.iter().position(|own| own == heading).unwrap_or_else(|| panic!("no column {heading}"))
    }

    fn write(&self, path: &Path, rows: impl Iterator<Item = Vec<String>>) {
        let mut writer = csv::WriterBuilder::new().delimiter(self.separator).flexible(true).from_path(path).unwrap();
        writer.write_record(&self.headings).unwrap();
        for row in rows {
            writer.write_record(&row).unwrap();
        }
        writer.flush().unwrap();
    }
}

/// The day that a cell tells; none where it is empty or wrong on purpose. The account of a year comes the spring after.
fn told(cell: &str) -> Option<Date> {
    let parts: Vec<&str> = cell.split('/').collect();
    match parts[..] {
        [day, month, year] => format!("{year}-{month}-{day}").parse().ok(),
        [year] if year.len() == 4 => Date::new(year.parse::<i16>().ok()? + 1, 3, 31).ok(),
        _ => cell.parse().ok(),
    }
}

/// An inventory: columns, and the house's words of states.
struct Inventory {
    name: &'static str,
    table: Table,
    /// Bought, in service, reformed, gone.
    dates: [usize; 4],
    status: usize,
    way: Option<usize>,
    seen: usize,
    /// Ordered, in use, reformed.
    words: [&'static str; 3],
    /// The day on which a row took its last state, where no date of it tells that.
    turned: Vec<Option<Date>>,
}

impl Inventory {
    fn of(folder: &Path, name: &'static str, headings: [&str; 9], words: [&'static str; 3], left: &Left) -> Self {
        let mut table = Table::read(&folder.join(name));
        let [id, serial, tag, bought, service, reformed, gone, status, seen] = headings.map(|h| table.column(h));
        let way = table.headings.iter().position(|heading| heading == "disposal");
        let listed =
            |row: &[String]| [&row[serial], &row[tag]].into_iter().find_map(|key| left.get(&key.to_uppercase()));
        for row in &mut table.rows {
            // What the list alone tells of a reform, the house knew when it was: what is learnt late is another story.
            if let (true, true, Some((_, Some(day)))) = (row[reformed].is_empty(), row[gone].is_empty(), listed(row))
            {
                row[reformed] = day.to_string();
            }
        }
        let turned = table.rows.iter().map(|row| {
            let dated = |column: usize| told(&row[column]);
            let waits = row[status] == words[2];
            if [words[0], words[1]].contains(&row[status].as_str())
                || dated(gone).is_some()
                || (waits && dated(reformed).is_some())
            {
                return None;
            }
            let known = [bought, service, reformed].into_iter().filter_map(dated).max();
            let some_day = scattered(&row[id]);
            Some(listed(row).map_or_else(
                || known.map_or(some_day, |known| some_day.max(known.saturating_add(30.days()))),
                |(day, _)| *day,
            ))
        });
        let turned = turned.collect();
        Self { name, dates: [bought, service, reformed, gone], status, way, seen, words, turned, table }
    }

    /// A row at the end of a day; none where the thing was not bought yet.
    fn on(&self, at: usize, day: Date) -> Option<Vec<String>> {
        let mut row = self.table.rows[at].clone();
        let [bought, service, reformed, gone] = self.dates.map(|column| told(&row[column]));
        if bought.into_iter().chain(service).min().is_some_and(|first| first > day) {
            return None;
        }
        let passed = |date: Option<Date>| date.is_some_and(|date| date <= day);
        let [ordered, in_use, waiting] = self.words;
        let turned = self.turned[at];
        let last = match turned {
            Some(_) => passed(turned),
            None => passed(gone) || (gone.is_none() && (reformed.is_none() || passed(reformed))),
        };
        if !last {
            row[self.status] = if passed(reformed) { waiting } else { in_use }.to_owned();
            if let Some(way) = self.way {
                row[way].clear();
            }
        }
        if service.is_some() && !passed(service) {
            row[self.status] = ordered.to_owned();
        }
        for column in self.dates {
            if told(&row[column]).is_some_and(|date| date > day) {
                row[column].clear();
            }
        }
        if told(&row[self.seen]).is_some_and(|seen| seen > day) {
            // Seen every day, but for some that lie in a cupboard from summer to spring.
            let lies = at.is_multiple_of(9) && (CUPBOARD.0..CUPBOARD.1).contains(&day);
            row[self.seen] = if lies { CUPBOARD.0 } else { day }.to_string();
        }
        Some(row)
    }
}

/// When things left and when they were reformed, by serial and by tag, as the list of exits tells.
type Left = HashMap<String, (Date, Option<Date>)>;

/// Some day of the two years, another for each thing.
fn scattered(id: &str) -> Date {
    let number = id.bytes().fold(7_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
    super::FIRST.saturating_add(Span::new().days((number % 800) as i64 - 40))
}

/// When some things have no contact.
const CUPBOARD: (Date, Date) = (date(2025, 7, 14), date(2026, 4, 1));

/// A table whose rows come when their date comes.
struct Growing {
    name: &'static str,
    table: Table,
    /// Its columns of dates, the one that counts first.
    dates: Vec<usize>,
}

/// All tables of the house.
pub struct House {
    folder: PathBuf,
    inventories: Vec<Inventory>,
    growing: Vec<Growing>,
}

impl House {
    /// Reads the tables of a folder, and writes them into another one from then on.
    pub fn of(from: &Path, folder: PathBuf) -> Self {
        let growing = |name, headings: &[&str]| {
            let table = Table::read(&from.join(name));
            let dates = headings.iter().map(|heading| table.column(heading)).collect();
            Growing { name, table, dates }
        };
        let growing = vec![
            // On the day of the invoice. What is written down later is known later: that is another story.
            growing("achats.csv", &["Date de facture", "Date d'écriture"]),
            growing("sorties.csv", &["Date de sortie"]),
            growing("stock-reforme.csv", &["date"]),
            growing("effectifs.csv", &["Date"]),
            growing("declared.csv", &["Date de valeur"]),
            growing("services.csv", &["Année"]),
        ];
        let exits = &growing[1];
        let [serial, tag, reformed] =
            ["N° de série", "Étiquette", "Date de réforme"].map(|heading| exits.table.column(heading));
        let mut left = Left::new();
        for row in &exits.table.rows {
            for key in [serial, tag].into_iter().filter(|key| !row[*key].is_empty()) {
                left.extend(
                    told(&row[exits.dates[0]]).map(|day| (row[key].to_uppercase(), (day, told(&row[reformed])))),
                );
            }
        }
        let town = [
            "N° inventaire",
            "N° de série",
            "Étiquette",
            "Date d'achat",
            "Mise en service",
            "Date de réforme",
            "Date de sortie",
            "Statut",
            "Vu le",
        ];
        let ccas = [
            "id",
            "serial",
            "asset_tag",
            "purchase_date",
            "in_service_date",
            "retired_date",
            "disposal_date",
            "status",
            "last_seen",
        ];
        let inventories = vec![
            Inventory::of(
                from,
                "inventaire-mairie.csv",
                town,
                ["Commandé", "En service", "Réformé - en attente"],
                &left,
            ),
            Inventory::of(from, "inventaire-ccas.csv", ccas, ["ordered", "in_use", "retired"], &left),
        ];
        Self { folder, inventories, growing }
    }

    /// Writes every table as it is at the end of a day.
    pub fn write(&self, day: Date) {
        for inventory in &self.inventories {
            let rows = (0..inventory.table.rows.len()).filter_map(|at| inventory.on(at, day));
            inventory.table.write(&self.folder.join(inventory.name), rows);
        }
        for Growing { name, table, dates } in &self.growing {
            // What has no date was there all along.
            let date = |row: &&Vec<String>| dates.iter().find_map(|column| told(&row[*column]));
            let come = table.rows.iter().filter(|row| date(row).is_none_or(|date| date <= day));
            table.write(&self.folder.join(name), come.cloned());
        }
    }
}
