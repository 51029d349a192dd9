//! The closed vocabularies of the contract. Each is one enum and one written-out list of names.

/// A value out of a closed vocabulary, known to users by its name.
pub trait Word: Copy + PartialEq + 'static {
    /// Every word with its name, in the order in which people read them.
    const ALL: &'static [(Self, &'static str)];

    /// The name users write and read.
    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(word, _)| *word == self).map_or("unknown", |(_, name)| name)
    }

    /// The word of this name, whatever its case; `None` where the vocabulary has no such word.
    fn parse(name: &str) -> Option<Self> {
        let name = name.trim();
        Self::ALL.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(word, _)| *word)
    }

    /// The name as the vocabulary spells it.
    fn canonical(name: &str) -> Option<&'static str> {
        Self::parse(name).map(Self::name)
    }

    /// Every name, in the order in which people read them.
    fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|(_, name)| *name).collect()
    }
}

/// What a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Kind {
    Laptop,
    Desktop,
    Workstation,
    AllInOne,
    ThinClient,
    Tablet,
    Smartphone,
    DeskPhone,
    Monitor,
    Tv,
    InteractiveDisplay,
    Projector,
    Printer,
    Multifunction,
    Copier,
    Scanner,
    Server,
    BladeChassis,
    StorageArray,
    Switch,
    Router,
    Firewall,
    AccessPoint,
    Modem,
    Ups,
    Pdu,
    Dock,
    Keyboard,
    Mouse,
    Headset,
    ExternalDrive,
    Camera,
    Sensor,
    IotGateway,
    Kiosk,
    Consumable,
    Other,
}

impl Word for Kind {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Laptop, "laptop"),
        (Self::Desktop, "desktop"),
        (Self::Workstation, "workstation"),
        (Self::AllInOne, "all_in_one"),
        (Self::ThinClient, "thin_client"),
        (Self::Tablet, "tablet"),
        (Self::Smartphone, "smartphone"),
        (Self::DeskPhone, "desk_phone"),
        (Self::Monitor, "monitor"),
        (Self::Tv, "tv"),
        (Self::InteractiveDisplay, "interactive_display"),
        (Self::Projector, "projector"),
        (Self::Printer, "printer"),
        (Self::Multifunction, "multifunction"),
        (Self::Copier, "copier"),
        (Self::Scanner, "scanner"),
        (Self::Server, "server"),
        (Self::BladeChassis, "blade_chassis"),
        (Self::StorageArray, "storage_array"),
        (Self::Switch, "switch"),
        (Self::Router, "router"),
        (Self::Firewall, "firewall"),
        (Self::AccessPoint, "access_point"),
        (Self::Modem, "modem"),
        (Self::Ups, "ups"),
        (Self::Pdu, "pdu"),
        (Self::Dock, "dock"),
        (Self::Keyboard, "keyboard"),
        (Self::Mouse, "mouse"),
        (Self::Headset, "headset"),
        (Self::ExternalDrive, "external_drive"),
        (Self::Camera, "camera"),
        (Self::Sensor, "sensor"),
        (Self::IotGateway, "iot_gateway"),
        (Self::Kiosk, "kiosk"),
        (Self::Consumable, "consumable"),
        (Self::Other, "other"),
    ];
}

impl Kind {
    /// What most agents work with, one each.
    pub const WORKPLACES: [Self; 5] =
        [Self::Laptop, Self::Desktop, Self::Workstation, Self::AllInOne, Self::ThinClient];

    /// Is it one of [`Self::WORKPLACES`]?
    pub fn is_workplace(self) -> bool {
        Self::WORKPLACES.contains(&self)
    }

    /// Computers, whatever their shape: inventories and makers draw the lines between them differently.
    pub fn is_computer(self) -> bool {
        self.is_workplace() || self == Self::Tablet
    }

    /// Kinds held by one person: what is published of them by entity folds small cells.
    pub fn is_personal(self) -> bool {
        self.is_computer() || matches!(self, Self::Smartphone | Self::DeskPhone | Self::Headset)
    }
}

/// Where a thing is in its life with us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// Bought, not delivered.
    Ordered,
    /// In the house, in nobody's hands.
    InStock,
    /// In service; what is meant where neither a status nor a known way out is told.
    InUse,
    /// Being repaired.
    InRepair,
    /// Reformed, still in the house.
    Retired,
    /// Gone.
    Disposed,
    /// Lost or stolen.
    Lost,
}

impl Status {
    /// Is what has it in the active fleet?
    pub fn is_active(self) -> bool {
        matches!(self, Self::InUse | Self::InStock | Self::InRepair)
    }

    /// What is meant where this status and this way out are told: the status, and without one what has left by a known
    /// way is gone, all else in use.
    pub fn meant(told: Option<Self>, way: Option<Disposal>) -> Self {
        match (told, way) {
            (Some(status), _) => status,
            (None, None | Some(Disposal::Unknown)) => Self::InUse,
            (None, Some(_)) => Self::Disposed,
        }
    }
}

impl Word for Status {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Ordered, "ordered"),
        (Self::InStock, "in_stock"),
        (Self::InUse, "in_use"),
        (Self::InRepair, "in_repair"),
        (Self::Retired, "retired"),
        (Self::Disposed, "disposed"),
        (Self::Lost, "lost"),
    ];
}

/// What a thing was when we acquired it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Condition {
    New,
    NewRecycledContent,
    Refurbished,
    SecondHand,
    Remanufactured,
    Donated,
    Transferred,
    Unknown,
}

impl Word for Condition {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::New, "new"),
        (Self::NewRecycledContent, "new_recycled_content"),
        (Self::Refurbished, "refurbished"),
        (Self::SecondHand, "second_hand"),
        (Self::Remanufactured, "remanufactured"),
        (Self::Donated, "donated"),
        (Self::Transferred, "transferred"),
        (Self::Unknown, "unknown"),
    ];
}

impl Condition {
    /// Does it count as reuse in a purchase (AGEC article 58)?
    pub fn is_reuse(self) -> bool {
        matches!(self, Self::Refurbished | Self::SecondHand | Self::Remanufactured)
    }
}

/// How a thing was acquired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Mode {
    Purchase,
    Rental,
    Gift,
}

impl Word for Mode {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Purchase, "purchase"), (Self::Rental, "rental"), (Self::Gift, "gift")];
}

/// The way by which a thing left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Disposal {
    Donation,
    SaleWithReuseCommitment,
    PublicTransfer,
    TakeBackWithReuseProof,
    Recycling,
    Sale,
    TakeBack,
    Destroyed,
    Unknown,
}

impl Word for Disposal {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Donation, "donation"),
        (Self::SaleWithReuseCommitment, "sale_with_reuse_commitment"),
        (Self::PublicTransfer, "public_transfer"),
        (Self::TakeBackWithReuseProof, "take_back_with_reuse_proof"),
        (Self::Recycling, "recycling"),
        (Self::Sale, "sale"),
        (Self::TakeBack, "take_back"),
        (Self::Destroyed, "destroyed"),
        (Self::Unknown, "unknown"),
    ];
}

impl Disposal {
    /// Directed to reuse in the sense of décret 2023-266, article 2.
    pub fn is_reuse(self) -> bool {
        matches!(
            self,
            Self::Donation | Self::PublicTransfer | Self::SaleWithReuseCommitment | Self::TakeBackWithReuseProof
        )
    }
}

/// What a measuring point of a room measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Electricity that reaches the IT equipment.
    It,
    /// All that the room takes, cooling and losses included.
    Total,
}

impl Word for Role {
    const ALL: &'static [(Self, &'static str)] = &[(Self::It, "it"), (Self::Total, "total")];
}

/// A life-cycle stage (ISO 14040).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Phase {
    Manufacture,
    Distribution,
    Use,
    EndOfLife,
}

impl Word for Phase {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Manufacture, "manufacture"),
        (Self::Distribution, "distribution"),
        (Self::Use, "use"),
        (Self::EndOfLife, "end_of_life"),
    ];
}

/// An impact category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Criterion {
    /// Climate change, in grams of CO2 equivalent.
    Co2e,
    /// Depletion of abiotic resources (elements), in grams of antimony equivalent.
    Adpe,
    /// Primary energy, in joules.
    PrimaryEnergy,
    /// Water, in litres; off by default, since published factors contradict each other.
    Water,
}

impl Word for Criterion {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Co2e, "co2e"),
        (Self::Adpe, "adpe"),
        (Self::PrimaryEnergy, "primary_energy"),
        (Self::Water, "water"),
    ];
}

/// What a `decisions` line says of two assets, or of one doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// The two are one thing.
    Same,
    /// The two are two things.
    Different,
    /// The doubt has been looked at and may go.
    Ignore,
}

impl Word for Verdict {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::Same, "same"), (Self::Different, "different"), (Self::Ignore, "ignore")];
}

/// The six themes that DINUM and Les Interconnectés give to a strategy under REEN article 35.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Theme {
    /// Local and sustainable public purchasing.
    Purchasing,
    /// The life of equipment, near and sustainable.
    Equipment,
    /// Ecodesign of services.
    Ecodesign,
    /// Elected members and agents.
    Awareness,
    /// Citizens.
    Citizens,
    /// A connected and sustainable territory.
    Territory,
}

impl Word for Theme {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Purchasing, "1"),
        (Self::Equipment, "2"),
        (Self::Ecodesign, "3"),
        (Self::Awareness, "4"),
        (Self::Citizens, "5"),
        (Self::Territory, "6"),
    ];
}

/// How far an action is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ActionStatus {
    /// Nothing has been done of it.
    ToStart,
    /// Under way.
    Running,
    /// Done.
    Done,
}

impl Word for ActionStatus {
    const ALL: &'static [(Self, &'static str)] =
        &[(Self::ToStart, "to_start"), (Self::Running, "running"), (Self::Done, "done")];
}

/// What sort of service a supplier declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ServiceScope {
    Hosting,
    Cloud,
    ConnectedTerritory,
    Contract,
}

impl Word for ServiceScope {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::Hosting, "hosting"),
        (Self::Cloud, "cloud"),
        (Self::ConnectedTerritory, "connected_territory"),
        (Self::Contract, "contract"),
    ];
}
