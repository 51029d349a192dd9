//! What happens to sources: collections that end, samples that come, and what other replicas wrote of them.

use std::time::Instant;

use domain::testimony::Moment;
use domain::word::Word;
use jiff::Timestamp;
use tracing::{error, info, warn};

use super::{Daemon, REJECTS};
use crate::collect::{Collected, keep};
use crate::config::{Config, Source};
use crate::edition::SourceState;
use crate::sampling::{catch_up, take};
use crate::schedule::Event;
use crate::store::{Generation, PassedOn, State, Store};

impl Daemon {
    /// Is a source to be asked at once? Whoever plugs in a tool, or mends what it failed at, wants to see it now; and a
    /// moment of its expression may have passed while nobody was there, or while a collection was dropped.
    pub(super) fn is_due(&self, at: usize, source: &Source, now: Timestamp) -> bool {
        let state = &self.states[at];
        state.up == Some(false)
            || state.last_success.is_none_or(|last| source.schedule.missed(last, now, &self.config.time_zone))
    }

    /// Sources whose last collection the store refused, once it takes what is written again; each is told once.
    pub(super) fn take_unkept(&mut self) -> Vec<usize> {
        if !self.store_ok {
            return Vec::new();
        }
        let again = (0..self.unkept.len()).filter(|at| self.unkept[*at]).collect();
        self.unkept.fill(false);
        again
    }

    /// Takes note of what happened to a source. True where the world should be told.
    pub(super) async fn took_place(
        &mut self,
        at: usize,
        source: &crate::config::Source,
        event: Event,
        waiting: &mut [bool],
    ) -> bool {
        match event {
            Event::Begins => {
                self.states[at].collecting = true;
                false
            }
            Event::Dropped => {
                self.states[at].collecting = false;
                false
            }
            Event::Ended(collected, lease) => {
                waiting[at] = false;
                self.states[at].collecting = false;
                let last = self.testimonies.get(at);
                let collected = collected.guarded(source, last, &self.config.integration()).await;
                let store = self.store.under(lease.as_ref());
                let recorded = self.record(at, source, &collected, &store).await;
                if let Err(error) = &recorded
                    && PassedOn::caused(error)
                {
                    warn!(source = &*source.told.name, "nothing of a collection is kept: {error:#}");
                    return false;
                }
                self.store_ok = recorded.is_ok();
                self.unkept[at] = recorded.is_err() && collected.harvest.is_ok();
                if let Err(error) = recorded.map_err(Store::advised) {
                    error!(source = &*source.told.name, "cannot keep a collection: {error:#}");
                    // Why the source itself failed is what its reader wants to know.
                    match &collected.harvest {
                        Err(failure) => {
                            self.failed(at, failure.class.name(), format!("{:#}", failure.cause), &collected)
                        }
                        Ok(_) => self.failed(at, "other", format!("{error:#}"), &collected),
                    }
                }
                true
            }
            Event::Sampled(sampled) => {
                // What another replica samples by now is told by that.
                let Some(grant) = self.held.borrow().of(&source.told.name) else { return false };
                let store = self.store.under(grant.lease.as_ref());
                let (testimony, by) = (&mut self.testimonies[at], self.config.integration());
                let unwritten = &mut self.unwritten[at];
                match take(&store, testimony, unwritten, sampled, &by, Timestamp::now()).await {
                    Ok(taken) => self.sampled |= taken > 0,
                    Err(failure) => {
                        let class = failure.class.name();
                        warn!(
                            source = &*source.told.name,
                            class, "its measuring points are silent: {:#}", failure.cause
                        );
                        self.count_failure(at, class);
                    }
                }
                false
            }
        }
    }

    /// Takes note of how often a source was written of.
    async fn look(&mut self, at: usize) -> anyhow::Result<()> {
        let name = &*self.testimonies[at].source.name;
        let all = self.store.generations().await?;
        if let Some((_, generation)) = all.into_iter().find(|(known, _)| known == name) {
            self.known[at] = generation;
        }
        Ok(())
    }

    /// Takes note that a source was written of, and reads back what another replica wrote. True where the world should
    /// be told.
    pub(super) async fn heard(&mut self, at: usize, source: &Source, now: Generation) -> bool {
        let name = &source.told.name;
        let ours = self.held.borrow().of(name).is_some();
        let (recorded, told) = (now.recorded > self.known[at].recorded, now.told > self.known[at].told);
        // What this replica samples and fails at it knows better than the database.
        if !recorded && (ours || !told) {
            return false;
        }
        match self.read_back(at, source, recorded).await {
            Ok(()) => {
                info!(source = &**name, recorded, "another replica wrote of it");
                true
            }
            Err(error) => {
                warn!(source = &**name, "what another replica wrote cannot be read: {error:#}");
                false
            }
        }
    }

    async fn read_back(&mut self, at: usize, source: &Source, recorded: bool) -> anyhow::Result<()> {
        // Looked at before, so that what is read back is that or newer.
        let before = self.known[at];
        self.look(at).await?;
        let reading = async {
            let testimony = if recorded { self.store.testimony(&source.told).await? } else { None };
            let power = match testimony {
                None => Some(self.store.power(&source.told.name).await?),
                Some(_) => None,
            };
            let kept = self.store.states().await?;
            let kept = kept.iter().find(|state| *state.source == *source.told.name);
            anyhow::Ok((testimony, power, state(&self.store, source, kept).await?))
        };
        let read = reading.await.inspect_err(|_| self.known[at] = before);
        let (testimony, power, state) = read?;
        match (testimony, power) {
            (Some(testimony), _) => self.testimonies[at] = testimony,
            (None, Some(power)) => self.testimonies[at].power = power,
            (None, None) => {}
        }
        self.unwritten[at] = None;
        let known = std::mem::replace(&mut self.states[at], state);
        self.states[at].collecting = known.collecting;
        take_over(&mut self.states[at], known);
        Ok(())
    }

    async fn record(
        &mut self,
        at: usize,
        source: &crate::config::Source,
        collected: &Collected,
        store: &Store,
    ) -> anyhow::Result<()> {
        // What is kept is read back whole: nothing may be missing there.
        catch_up(store, &self.testimonies[at], &mut self.unwritten[at]).await?;
        let (clock, last) = (Instant::now(), Some(&self.testimonies[at]));
        let (kept, recorded) = keep(store, source, collected, last, &self.config.time_zone).await?;
        match &collected.harvest {
            Ok(harvest) => {
                let keeping = clock.elapsed().as_secs_f64();
                // Looked at before, so that what is read back is that or newer.
                self.look(at).await?;
                if recorded.is_as_before() && harvest.power.is_none() {
                    self.testimonies[at].harvested = Moment(kept.as_second());
                } else if let Some(testimony) = self.store.testimony(&source.told).await? {
                    self.testimonies[at] = testimony;
                }
                let state = &mut self.states[at];
                state.up = Some(true);
                state.failure = None;
                state.last_success = Some(kept);
                state.seconds = collected.took.as_secs_f64();
                state.observations = harvest.accepted() as u64;
                state.rejects = harvest.rejects.len() as u64;
                state.rejected = harvest.rejects.iter().take(REJECTS).cloned().collect();
                for note in harvest.notes.iter().filter(|note| !state.notes.contains(note)) {
                    info!(source = &*source.told.name, "{note}");
                }
                state.notes = harvest.notes.clone();
                let matches = source.rules.iter().cloned().zip(harvest.tally.matches.iter().map(|(count, _)| *count));
                let before = std::mem::replace(&mut state.rule_matches, matches.collect());
                info!(
                    source = &*source.told.name,
                    records = harvest.accepted(),
                    rejects = harvest.rejects.len(),
                    seconds = state.seconds,
                    keeping,
                    "collected"
                );
                for (rule, _) in state.rule_matches.iter().filter(|(_, count)| *count == 0) {
                    match before.iter().find(|(known, count)| known == rule && *count > 0) {
                        Some((_, count)) => warn!(
                            source = &*source.told.name,
                            rule,
                            matched_before = count,
                            "the rule matches nothing any more: was what it looks for renamed?"
                        ),
                        None => warn!(source = &*source.told.name, rule, "the rule matches nothing"),
                    }
                }
            }
            Err(failure) => {
                let message = format!("{:#}", failure.cause);
                warn!(source = &*source.told.name, class = failure.class.name(), "collection failed: {message}");
                self.failed(at, failure.class.name(), message, collected);
            }
        }
        Ok(())
    }

    fn failed(&mut self, at: usize, class: &'static str, message: String, collected: &Collected) {
        let state = &mut self.states[at];
        state.up = Some(false);
        state.seconds = collected.took.as_secs_f64();
        state.failure = Some((Timestamp::now(), class, message));
        self.count_failure(at, class);
    }

    fn count_failure(&mut self, at: usize, class: &'static str) {
        let state = &mut self.states[at];
        match state.failures.iter_mut().find(|(known, _)| *known == class) {
            Some((_, count)) => *count += 1,
            None => state.failures.push((class, 1)),
        }
    }
}

/// What is told since the daemon started, which no database knows.
pub(super) fn take_over(state: &mut SourceState, known: SourceState) {
    (state.failures, state.notes, state.rule_matches) = (known.failures, known.notes, known.rule_matches);
}

/// How each source was doing when the daemon last knew.
pub(super) async fn states(store: &Store, config: &Config) -> anyhow::Result<Vec<SourceState>> {
    let kept = store.states().await?;
    let mut states = Vec::new();
    for source in &config.sources {
        let kept = kept.iter().find(|state| *state.source == *source.told.name);
        states.push(state(store, source, kept).await?);
    }
    Ok(states)
}

/// How one source was doing, as the journal tells it.
async fn state(store: &Store, source: &Source, kept: Option<&State>) -> anyhow::Result<SourceState> {
    let success = kept.and_then(|state| state.success.as_ref());
    let failing = kept.filter(|state| state.failing()).and_then(|state| state.failure.as_ref());
    let rejected = store.rejects(&source.told.name, REJECTS).await?;
    Ok(SourceState {
        name: source.told.name.to_string(),
        connector: source.connector,
        link: source.link.clone(),
        up: kept.map(|state| !state.failing()),
        last_success: success.and_then(|attempt| Timestamp::from_second(attempt.ended.0).ok()),
        failure: failing.and_then(|attempt| {
            let class = attempt.class.as_deref().and_then(connectors::Class::canonical).unwrap_or("other");
            let at = Timestamp::from_second(attempt.ended.0).ok()?;
            Some((at, class, attempt.message.clone().unwrap_or_default()))
        }),
        seconds: success.map_or(0.0, |attempt| attempt.took.as_secs_f64()),
        observations: success.map_or(0, |attempt| attempt.observations + attempt.lines),
        rejects: success.map_or(0, |attempt| attempt.rejects),
        rejected,
        stale_after: source.stale_after,
        ..SourceState::default()
    })
}

#[cfg(test)]
mod tests;
