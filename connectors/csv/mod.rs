//! Tables: CSV, XLSX, ODS.

/// Tables: CSV, XLSX, ODS.
pub static CONNECTOR: crate::Connector =
    crate::Connector { name: "csv", sample: "", creates: true, reports: &[], open: |_, _| anyhow::bail!("not yet") };
