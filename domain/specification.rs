//! Servers bottom-up: what their parts cost to make, from what inventories tell of them.
//!
//! Method: the parts' figures of the *Green Cloud Computing* study (German Environment Agency, texts 94/2021), in the
//! form that Boavizta gave them: `units × base + amount × size × per`. Sizes that nobody tells have a usual value between
//! bounds; the bounds make the spread that is added to the factors' own error.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::factor::{Factor, R_DEFAULT};
use crate::identity;
use crate::observation::Facts;
use crate::quantity::{Impact, SPAN_DEVIATIONS};
use crate::record::Text;
use crate::word::{Criterion, Kind, Word};

/// A part of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// A processor; its size is its die's, in square millimetres.
    Cpu,
    /// A memory module; its size is the area of dies a gigabyte, in square centimetres.
    Ram,
    /// A solid-state drive; the same.
    Ssd,
    /// A hard disk.
    Hdd,
    /// The main board.
    Motherboard,
    /// A power supply; its size is its weight in kilograms.
    PowerSupply,
    /// The case of a server in a rack.
    Case,
    /// Putting it all together.
    Assembly,
}

impl Word for Part {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Cpu, "cpu"),
        (Self::Ram, "ram"),
        (Self::Ssd, "ssd"),
        (Self::Hdd, "hdd"),
        (Self::Motherboard, "motherboard"),
        (Self::PowerSupply, "power_supply"),
        (Self::Case, "case"),
        (Self::Assembly, "assembly"),
    ];
}

/// What one part costs to make.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// Its set (index into `Factors::sets`).
    pub set: usize,
    /// Which part.
    pub part: Part,
    /// Which impact.
    pub criterion: Criterion,
    /// A unit, whatever its size.
    pub base: Impact,
    /// A unit of size.
    pub per: Impact,
    /// Size of a unit, or of a gigabyte, where it is not told: usual, least, most.
    pub size: (f64, f64, f64),
    /// The table, page or file where the row is found again.
    pub found: Text,
}

/// Area of all dies of a processor, in square millimetres, by its name as [`processor`] spells it.
pub type Processors = HashMap<String, f64>;

/// Gigabytes of a memory module, where modules are not counted.
const MODULE_GB: f64 = 32.0;
/// Gigabytes of a drive, where drives are not counted.
const SSD_GB: f64 = 960.0;
const HDD_GB: f64 = 2400.0;
/// Power supplies of a server: two, so that one may fail.
const POWER_SUPPLIES: f64 = 2.0;

/// What a server is made of, as far as its inventory tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Specification {
    /// The processor's name.
    pub cpu: Option<Text>,
    /// How many processors.
    pub cpus: f64,
    /// Memory, in gigabytes.
    pub ram_gb: f64,
    /// Memory modules.
    pub modules: f64,
    /// Solid-state storage, in gigabytes.
    pub ssd_gb: f64,
    /// Solid-state drives.
    pub ssds: f64,
    /// Hard disks.
    pub hdds: f64,
}

/// What another program answered for a specification.
#[derive(Clone, Debug, PartialEq)]
pub struct Appraisal {
    /// The specification's text.
    pub specification: Text,
    /// Which impact.
    pub criterion: Criterion,
    /// Making it all.
    pub impact: Impact,
    /// Relative standard deviation, by the bounds that it gave.
    pub r: f64,
    /// The set that stands for it in `Factors::sets`.
    pub by: Text,
}

/// What a part adds.
#[derive(Clone, Debug, PartialEq)]
pub struct Added {
    /// Which part.
    pub part: Part,
    /// How many.
    pub units: f64,
    /// What they cost to make.
    pub impact: Impact,
    /// The standard deviation that comes of sizes nobody tells.
    pub spread: Impact,
}

impl Specification {
    /// That of a server whose memory and processors are told; `None` for anything else.
    pub fn of(facts: &Facts) -> Option<Self> {
        if facts.kind != Some(Kind::Server) {
            return None;
        }
        let positive = |told: Option<f64>| told.filter(|value| value.is_finite() && *value > 0.0);
        let ram_gb = positive(facts.ram_gb)?;
        let cpus = positive(facts.cpu_count).or(facts.cpu.as_ref().map(|_| 1.0))?;
        // Drives that are counted and whose size nobody tells have the usual one.
        let stored =
            |told, count, each: f64| positive(told).or(positive(count).map(|count| count * each)).unwrap_or(0.0);
        let ssd_gb = stored(facts.ssd_gb, facts.ssd_count, SSD_GB);
        let hdd_gb = stored(facts.hdd_gb, facts.hdd_count, HDD_GB);
        let counted = |told, gigabytes: f64, each: f64| positive(told).unwrap_or((gigabytes / each).ceil());
        Some(Self {
            cpu: facts.cpu.clone(),
            cpus,
            ram_gb,
            modules: counted(facts.ram_modules, ram_gb, MODULE_GB),
            ssd_gb,
            ssds: counted(facts.ssd_count, ssd_gb, SSD_GB),
            hdds: counted(facts.hdd_count, hdd_gb, HDD_GB),
        })
    }

    /// In words; the same for all servers that are made alike.
    pub fn text(&self) -> String {
        let mut text = format!("{} x {}", self.cpus, self.cpu.as_deref().unwrap_or("unknown processor"));
        let _ = write!(text, ", {} GB in {} modules", self.ram_gb, self.modules);
        if self.ssds > 0.0 {
            let _ = write!(text, ", {} GB in {} SSD", self.ssd_gb, self.ssds);
        }
        if self.hdds > 0.0 {
            let _ = write!(text, ", {} hard disks", self.hdds);
        }
        text
    }

    /// What each part adds for a criterion; `None` where the parts' figures are not all there.
    pub fn parts(
        &self,
        criterion: Criterion,
        components: &[Component],
        processors: &Processors,
    ) -> Option<Vec<Added>> {
        let die = self.cpu.as_deref().and_then(|cpu| processors.get(&processor(cpu)).copied());
        let mut parts = Vec::with_capacity(Part::ALL.len());
        for (part, _) in Part::ALL {
            // How many, and how much of what has a size.
            let (units, amount) = match part {
                Part::Cpu => (self.cpus, self.cpus),
                Part::Ram => (self.modules, self.ram_gb),
                Part::Ssd => (self.ssds, self.ssd_gb),
                Part::Hdd => (self.hdds, 0.0),
                Part::PowerSupply => (POWER_SUPPLIES, POWER_SUPPLIES),
                Part::Motherboard | Part::Case | Part::Assembly => (1.0, 0.0),
            };
            let component = components.iter().find(|row| row.part == *part && row.criterion == criterion)?;
            let (usual, least, most) = match (part, die) {
                (Part::Cpu, Some(die)) => (die, die, die),
                _ => component.size,
            };
            parts.push(Added {
                part: *part,
                units,
                impact: component.base * units + component.per * (amount * usual),
                spread: component.per * (amount * (most - least) / SPAN_DEVIATIONS),
            });
        }
        Some(parts)
    }

    /// The row that these parts make for a criterion.
    pub fn factor(&self, criterion: Criterion, components: &[Component], processors: &Processors) -> Option<Factor> {
        let parts = self.parts(criterion, components, processors)?;
        // Of several sets that tell parts, the one that tells most.
        let of_set =
            |set: usize| components.iter().filter(|row| row.criterion == criterion && row.set == set).count();
        let set = components.iter().map(|row| row.set).max_by_key(|set| (of_set(*set), usize::MAX - set))?;
        let manufacture: Impact = parts.iter().map(|added| added.impact).sum();
        let variance: f64 = parts.iter().map(|added| added.spread.0 * added.spread.0).sum();
        let spread = variance.sqrt() / manufacture.0;
        let method = Text::from("specification");
        Some(Factor::of_server(criterion, set, &self.text(), manufacture, R_DEFAULT.hypot(spread), &method))
    }
}

/// A processor's name without what not everyone writes: `Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz` is `XEONGOLD6248`.
pub fn processor(told: &str) -> String {
    identity::model(&processor_words(told).concat())
}

/// The words of a processor's name that everyone writes: `XEON`, `GOLD`, `6248`.
pub fn processor_words(told: &str) -> Vec<String> {
    let told = told.split('@').next().unwrap_or_default().to_uppercase();
    let told = told.replace("(R)", " ").replace("(TM)", " ");
    let words = told
        .split_whitespace()
        .filter(|word| !matches!(*word, "INTEL" | "AMD" | "CPU" | "PROCESSOR") && !word.ends_with("-CORE"));
    words.map(str::to_owned).collect()
}
