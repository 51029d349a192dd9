//! The objects of standard MIBs that are asked for.

/// `sysDescr`, `sysObjectID`, `sysUpTime`, `sysName`, `sysLocation`, `sysServices` (SNMPv2-MIB, RFC 3418).
pub const SYS_DESCR: [u32; 9] = [1, 3, 6, 1, 2, 1, 1, 1, 0];
pub const SYS_OBJECT_ID: [u32; 9] = [1, 3, 6, 1, 2, 1, 1, 2, 0];
pub const SYS_UP_TIME: [u32; 9] = [1, 3, 6, 1, 2, 1, 1, 3, 0];
pub const SYS_NAME: [u32; 9] = [1, 3, 6, 1, 2, 1, 1, 5, 0];
pub const SYS_LOCATION: [u32; 9] = [1, 3, 6, 1, 2, 1, 1, 6, 0];
pub const SYS_SERVICES: [u32; 9] = [1, 3, 6, 1, 2, 1, 1, 7, 0];
/// `snmpEngineTime`, in seconds (RFC 3411): it does not wrap after 497 days.
pub const ENGINE_TIME: [u32; 11] = [1, 3, 6, 1, 6, 3, 10, 2, 1, 3, 0];

/// A column of `entPhysicalTable` (ENTITY-MIB, RFC 6933).
pub const fn entity(column: u32) -> [u32; 12] {
    [1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, column]
}
pub const ENTITY_DESCR: u32 = 2;
pub const ENTITY_NAME: u32 = 7;
pub const ENTITY_PARENT: u32 = 4;
pub const ENTITY_CLASS: u32 = 5;
pub const ENTITY_FIRMWARE: u32 = 9;
pub const ENTITY_SOFTWARE: u32 = 10;
pub const ENTITY_SERIAL: u32 = 11;
pub const ENTITY_MAKER: u32 = 12;
pub const ENTITY_MODEL: u32 = 13;
pub const ENTITY_ASSET: u32 = 15;
pub const ENTITY_MADE: u32 = 17;
/// Values of `entPhysicalClass`.
pub const CHASSIS: i64 = 3;
pub const POWER_SUPPLY: i64 = 6;
pub const MODULE: i64 = 9;
pub const PORT: i64 = 10;
pub const STACK: i64 = 11;

/// Tables of sensors, of the same columns (type, scale, precision, value, status): `entPhySensorTable`
/// (ENTITY-SENSOR-MIB, RFC 3433), and the older one of Cisco (CISCO-ENTITY-SENSOR-MIB).
pub const SENSOR_TABLES: [&[u32]; 2] = [&[1, 3, 6, 1, 2, 1, 99, 1, 1, 1], &[1, 3, 6, 1, 4, 1, 9, 9, 91, 1, 1, 1, 1]];
pub const SENSOR_TYPE: u32 = 1;
pub const SENSOR_SCALE: u32 = 2;
pub const SENSOR_PRECISION: u32 = 3;
pub const SENSOR_VALUE: u32 = 4;
pub const SENSOR_STATUS: u32 = 5;

/// Columns of `ifTable` and `ifXTable` (IF-MIB, RFC 2863).
pub const IF_TYPE: [u32; 10] = [1, 3, 6, 1, 2, 1, 2, 2, 1, 3];
pub const IF_ADDRESS: [u32; 10] = [1, 3, 6, 1, 2, 1, 2, 2, 1, 6];
pub const IF_CONNECTOR: [u32; 11] = [1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 17];
/// `dot1dBaseBridgeAddress` (BRIDGE-MIB, RFC 4188).
pub const BRIDGE_ADDRESS: [u32; 10] = [1, 3, 6, 1, 2, 1, 17, 1, 1, 0];

/// `prtMarkerLifeCount.1.1` (Printer-MIB, RFC 3805), in the unit of `prtMarkerCounterUnit.1.1`: 7 are impressions.
pub const MARKER_LIFE: [u32; 13] = [1, 3, 6, 1, 2, 1, 43, 10, 2, 1, 4, 1, 1];
pub const MARKER_UNIT: [u32; 13] = [1, 3, 6, 1, 2, 1, 43, 10, 2, 1, 3, 1, 1];
/// `hrDeviceDescr.1` and `hrDeviceType.1` (HOST-RESOURCES-MIB, RFC 2790); a printer's type ends in 5.
pub const HOST_DESCR: [u32; 12] = [1, 3, 6, 1, 2, 1, 25, 3, 2, 1, 3, 1];
pub const HOST_TYPE: [u32; 12] = [1, 3, 6, 1, 2, 1, 25, 3, 2, 1, 2, 1];
pub const HOST_TYPE_PRINTER: [u32; 10] = [1, 3, 6, 1, 2, 1, 25, 3, 1, 5];
/// `upsIdentManufacturer`, `upsIdentModel` (UPS-MIB, RFC 1628).
pub const UPS_MAKER: [u32; 11] = [1, 3, 6, 1, 2, 1, 33, 1, 1, 1, 0];
pub const UPS_MODEL: [u32; 11] = [1, 3, 6, 1, 2, 1, 33, 1, 1, 2, 0];

/// A column of `lldpRemTable` (LLDP-MIB, IEEE 802.1AB).
pub const fn lldp(column: u32) -> [u32; 11] {
    [1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, column]
}
/// `lldpRemManAddrIfSubtype`: the address is in the index.
pub const LLDP_ADDRESS: [u32; 11] = [1, 0, 8802, 1, 1, 2, 1, 4, 2, 1, 3];
pub const LLDP_SUBTYPE: u32 = 4;
pub const LLDP_CHASSIS: u32 = 5;
pub const LLDP_PORT_SUBTYPE: u32 = 6;
pub const LLDP_PORT: u32 = 7;
pub const LLDP_NAME: u32 = 9;
pub const LLDP_CAPABLE: u32 = 12;
/// A column of the inventory that LLDP-MED tells (ANSI/TIA-1057, `lldpXMedRemInventoryTable`).
pub const fn med(column: u32) -> [u32; 14] {
    [1, 0, 8802, 1, 1, 2, 1, 5, 4795, 1, 3, 3, 1, column]
}
pub const MED_SERIAL: u32 = 4;
pub const MED_MAKER: u32 = 5;
pub const MED_MODEL: u32 = 6;
pub const MED_ASSET: u32 = 7;
