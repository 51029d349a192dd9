//! Which labels a family's slices have, so that an objective can be refused before anything is read.

/// Families by the labels that all their slices have.
static LABELS: &[(&[&str], &[&str])] = &[
    (&["entity", "kind", "status"], &["assets"]),
    (&["entity", "kind", "condition"], &["assets_acquired"]),
    (&["kind", "age_band"], &["assets_by_age"]),
    (
        &["entity", "kind"],
        &[
            "assets_age_seconds",
            "assets_age_known",
            "assets_past_lifetime",
            "assets_per_agent_ratio",
            "footprint_embodied_co2e_grams",
            "footprint_use_market_co2e_grams",
        ],
    ),
    (
        &["kind"],
        &[
            "reuse_fleet_ratio",
            "lifetime_median_seconds",
            "lifetime_median_year_ago_seconds",
            "lifetime_reference_seconds",
            "repairability_index_mean",
            "repairability_coverage_ratio",
        ],
    ),
    (
        &["kind", "year"],
        &["internal_reassignments", "lifetime_mean_at_exit_seconds", "footprint_acquired_co2e_grams"],
    ),
    (&["entity"], &["virtual_machines", "printed_pages_total", "footprint_per_agent_co2e_grams", "agents"]),
    (&["entity", "kind", "phase"], &["footprint_annual_co2e_grams"]),
    (
        &["kind", "phase"],
        &[
            "footprint_annual_co2e_low_grams",
            "footprint_annual_co2e_high_grams",
            "footprint_annual_adpe_grams",
            "footprint_annual_primary_energy_joules",
        ],
    ),
    (
        &[],
        &[
            "footprint_fleet_annual_co2e_grams",
            "footprint_fleet_annual_co2e_low_grams",
            "footprint_fleet_annual_co2e_high_grams",
        ],
    ),
    (&["entity", "scope", "year"], &["footprint_declared_co2e_grams"]),
    (&["by", "year"], &["avoided_co2e_grams", "avoided_euros"]),
    (&["entity", "kind", "basis"], &["electricity_annual_joules"]),
    (&["siret", "category", "year", "condition"], &["purchases_euros"]),
    (
        &["siret", "category", "year"],
        &[
            "gifts_euros",
            "rentals_euros",
            "derogated_euros",
            "reuse_spend_ratio",
            "reuse_spend_without_gifts_ratio",
            "reuse_spend_missing_euros",
            "reuse_spend_projected_ratio",
            "reuse_spend_required_ratio",
            "reuse_spend_coverage_ratio",
        ],
    ),
    (&["category", "year"], &["reuse_spend_target_ratio", "reuse_units_ratio"]),
    (
        &["siret", "year"],
        &[
            "declaration_filed",
            "index_considered_ratio",
            "disposal_reuse_ratio",
            "disposals_to_reuse",
            "reformed_stock",
        ],
    ),
    (&["siret"], &["legal_subject"]),
    (&["year", "basis"], &["ecolabelled_purchases_ratio"]),
    (&["year"], &["disposal_reuse_target_ratio"]),
    (&["year", "kind", "disposal"], &["disposals"]),
    (&["siret", "year", "approved"], &["weee_grams"]),
    (&["kind", "system"], &["early_renewal_risk_assets", "early_renewal_avoidable_co2e_grams"]),
    (&["kind", "class"], &["repairability_classes"]),
    (&["room", "role"], &["power_watts", "room_energy_joules_total"]),
    (&["room"], &["room_pue_ratio"]),
    (&["kind", "reason"], &["unseen_assets"]),
    (&["reason"], &["doubts"]),
    (&["kind", "field"], &["field_known_ratio"]),
    (&["kind", "tier"], &["factor_coverage_ratio"]),
    (&["theme", "status"], &["actions"]),
    (&["objective", "theme"], &["objective_ratio", "objective_expected_ratio"]),
];

/// The labels of a family's slices; `None` where they are not known beforehand.
pub fn labels(name: &str) -> Option<&'static [&'static str]> {
    LABELS.iter().find(|(_, families)| families.contains(&name)).map(|(labels, _)| *labels)
}
