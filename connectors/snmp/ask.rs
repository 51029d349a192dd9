//! What is asked of one agent, in which order: little, and only what its answers so far give a reason for.

use std::collections::BTreeSet;

use super::agent::{Agent, Trouble};
use super::mib::*;
use super::read;
use super::tables::{self, Read};
use super::told::Oid;

/// Rows of tables that are read at most: more are not a thing's own.
const ROWS: usize = 4000;
const NEIGHBOURS: usize = 2000;
const MEMBERS: usize = 64;
const SENSORS: usize = 4000;

/// The first question, and the only one for an address where nobody answers.
pub async fn probe(agent: &mut Agent) -> Result<(), Trouble> {
    let scalars: [&[u32]; 7] =
        [&SYS_DESCR, &SYS_OBJECT_ID, &SYS_UP_TIME, &SYS_NAME, &SYS_LOCATION, &SYS_SERVICES, &ENGINE_TIME];
    agent.get(&scalars.map(<[u32]>::to_vec)).await?;
    if agent.told.0.is_empty() {
        let nothing = || Trouble::Strange("it answers, and tells nothing of the system group".to_owned());
        return Err(agent.error.clone().map_or_else(nothing, Trouble::Failed));
    }
    Ok(())
}

/// Everything that makes an inventory.
pub async fn inventory(agent: &mut Agent) -> Result<(), Trouble> {
    let system = read::system(&agent.told);
    let places = tables::places(&system);
    let mut scalars: Vec<Oid> =
        places.iter().filter(|place| place.read == Read::Get).map(|place| place.oid.clone()).collect();
    scalars.extend(
        [&BRIDGE_ADDRESS[..], &MARKER_LIFE, &MARKER_UNIT, &HOST_DESCR, &HOST_TYPE, &UPS_MAKER, &UPS_MODEL]
            .map(<[u32]>::to_vec),
    );
    scalars.sort();
    scalars.dedup();
    agent.get(&scalars).await?;
    // A stack of so many members is none, and of other columns the first value that says something is wanted: one that
    // was not read to its end lacks nothing, nor does one that is answered with an error.
    let before = (agent.partial, agent.error.clone());
    let mut columns: Vec<Oid> =
        places.iter().filter(|place| place.read != Read::Get).map(|place| place.oid.clone()).collect();
    columns.sort();
    columns.dedup();
    agent.columns(&columns, MEMBERS).await?;
    (agent.partial, agent.error) = before;
    // Side by side: most things have few interfaces and few entities.
    let classes = entity(ENTITY_CLASS);
    agent.columns(&[&classes[..], &IF_TYPE, &IF_ADDRESS, &IF_CONNECTOR].map(<[u32]>::to_vec), ROWS).await?;
    entities(agent).await
}

/// The physical entities worth a look: whole chassis, and what they are in.
async fn entities(agent: &mut Agent) -> Result<(), Trouble> {
    let classes: Vec<(Oid, i64)> =
        agent.told.numbers(&entity(ENTITY_CLASS)).map(|(index, class)| (index.to_vec(), class)).collect();
    let whole: Vec<&Oid> =
        classes.iter().filter(|(_, class)| *class == CHASSIS).map(|(index, _)| index).take(MEMBERS).collect();
    let columns = [
        ENTITY_DESCR,
        ENTITY_PARENT,
        ENTITY_FIRMWARE,
        ENTITY_SOFTWARE,
        ENTITY_SERIAL,
        ENTITY_MAKER,
        ENTITY_MODEL,
        ENTITY_ASSET,
        ENTITY_MADE,
    ];
    let cells: Vec<Oid> =
        whole.iter().flat_map(|index| columns.map(|column| [&entity(column)[..], index].concat())).collect();
    agent.get(&cells).await?;
    // A chassis within a chassis is a part: the way up tells, step by step for all of them.
    let up = |agent: &Agent, index: &Oid| {
        let parent = agent.told.number(&[&entity(ENTITY_PARENT)[..], index].concat())?;
        u32::try_from(parent).ok().filter(|parent| *parent > 0).map(|parent| vec![parent])
    };
    let mut at: BTreeSet<Oid> = whole.iter().copied().filter(|_| whole.len() > 1).cloned().collect();
    loop {
        at = at.iter().filter_map(|index| up(agent, index)).collect();
        let unknown: Vec<Oid> = at.iter().map(|index| [&entity(ENTITY_PARENT)[..], index].concat()).collect();
        let unknown: Vec<Oid> = unknown.into_iter().filter(|oid| agent.told.value(oid).is_none()).collect();
        // A way in a circle comes back to what is known.
        if unknown.is_empty() {
            break;
        }
        agent.get(&unknown).await?;
    }
    Ok(())
}

/// Who is beside it.
pub async fn neighbours(agent: &mut Agent) -> Result<(), Trouble> {
    agent.columns(&[lldp(LLDP_SUBTYPE).to_vec(), lldp(LLDP_CHASSIS).to_vec()], NEIGHBOURS).await?;
    if agent.told.column(&lldp(LLDP_SUBTYPE)).next().is_none() {
        return Ok(());
    }
    let columns = [LLDP_PORT_SUBTYPE, LLDP_PORT, LLDP_NAME, LLDP_CAPABLE];
    agent.columns(&columns.map(|column| lldp(column).to_vec()), NEIGHBOURS).await?;
    agent.columns(&[LLDP_ADDRESS.to_vec()], NEIGHBOURS).await?;
    let med = [MED_SERIAL, MED_MAKER, MED_MODEL, MED_ASSET].map(|column| med(column).to_vec());
    agent.columns(&med, NEIGHBOURS).await
}

/// What it draws and passes on.
pub async fn power(agent: &mut Agent) -> Result<(), Trouble> {
    let system = read::system(&agent.told);
    let powers = tables::powers(&system);
    let scalars: Vec<Oid> =
        powers.iter().filter(|power| power.read == Read::Get).map(|power| power.oid.clone()).collect();
    agent.get(&scalars).await?;
    for power in powers.iter().filter(|power| power.read != Read::Get) {
        let kinds = power.only.as_ref().map(|(column, _)| column.clone());
        for column in [power.oid.clone()].into_iter().chain(kinds) {
            agent.columns(&[column], SENSORS).await?;
        }
    }
    let mut measured = false;
    // Cisco's own is asked of nobody else.
    let own = tables::below(&system).first() == Some(&9);
    for table in SENSOR_TABLES.iter().take(if own { 2 } else { 1 }) {
        let column = |column: u32| [table, &[column][..]].concat();
        agent.columns(&[column(SENSOR_TYPE)], SENSORS).await?;
        let types = column(SENSOR_TYPE);
        let watts = agent.told.numbers(&types).filter(|(_, kind)| *kind == 6).map(|(index, _)| index.to_vec());
        let cells: Vec<Oid> = watts
            .flat_map(|index| {
                let names = [ENTITY_DESCR, ENTITY_NAME].map(|cell| [&entity(cell)[..], &index].concat());
                [SENSOR_SCALE, SENSOR_PRECISION, SENSOR_VALUE, SENSOR_STATUS]
                    .map(|cell| [column(cell), index.clone()].concat())
                    .into_iter()
                    .chain(names)
            })
            .collect();
        measured |= !cells.is_empty();
        agent.get(&cells).await?;
    }
    if !measured {
        return Ok(());
    }
    // Whose watts these are: the way up from each sensor.
    agent.columns(&[ENTITY_CLASS, ENTITY_PARENT].map(|column| entity(column).to_vec()), ROWS).await
}
