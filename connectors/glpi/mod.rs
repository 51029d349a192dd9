//! GLPI.

/// GLPI.
pub static CONNECTOR: crate::Connector =
    crate::Connector { name: "glpi", sample: "", creates: true, reports: &[], open: |_, _| anyhow::bail!("not yet") };
