//! The strategy: its objectives, its actions, what is declared by hand, and the services that others run.

use domain::reconcile::natural;
use domain::snapshot::Placed;
use domain::word::{ActionStatus, Theme, Word};

use super::Ask;
use crate::web::answer::{Answer, Row};
use crate::web::problem::Problem;
use crate::wire;

/// The theme asked for; an action or a figure may have none, and then answers to no theme.
fn theme(ask: &Ask) -> Result<Option<Theme>, Problem> {
    let read =
        |text: &str| Theme::parse(text).ok_or_else(|| Problem::parameter("theme", "`theme` is a number from 1 to 6"));
    ask.text("theme").map(read).transpose()
}

/// The snapshot's order of lines as a text: pages go on after it.
fn order<T>(line: &Placed<T>) -> String {
    let (file, at, native) = natural(&line.native);
    format!("{:05}\0{file}\0{at:020}\0{native}", line.source.0)
}

/// Where each objective stands, in the order of the configuration.
pub fn objectives(ask: &Ask) -> Result<Answer, Problem> {
    let wanted = theme(ask)?;
    let world = ask.world();
    let standings = world.standings().iter();
    let rows = standings.filter(|standing| wanted.is_none_or(|wanted| standing.objective.theme == wanted));
    Ok(Answer::all(wire::names(wire::OBJECTIVE), rows.map(wire::objective).collect()))
}

/// The actions, late and blocked ones told.
pub fn actions(ask: &Ask) -> Result<Answer, Problem> {
    let wanted = theme(ask)?;
    let status: Option<ActionStatus> = ask.word("status")?;
    let (world, today) = (ask.world(), ask.edition.today);
    let snapshot = world.snapshot();
    let asked = snapshot.actions.iter().filter(|line| {
        wanted.is_none_or(|wanted| line.told.theme == Some(wanted))
            && status.is_none_or(|status| line.told.status == Some(status))
    });
    let rows = asked.map(|line| (order(line), wire::line(wire::ACTION, snapshot, line, today)));
    ask.paged(rows.collect(), wire::names(wire::ACTION), Row::clone)
}

/// What is declared by hand.
pub fn declared(ask: &Ask) -> Result<Answer, Problem> {
    let wanted = theme(ask)?;
    let (world, today) = (ask.world(), ask.edition.today);
    let snapshot = world.snapshot();
    let asked = snapshot.declared.iter().filter(|line| wanted.is_none_or(|wanted| line.told.theme == Some(wanted)));
    let rows = asked.map(|line| (order(line), wire::line(wire::DECLARED, snapshot, line, today)));
    ask.paged(rows.collect(), wire::names(wire::DECLARED), Row::clone)
}

/// What suppliers declare of their services.
pub fn services(ask: &Ask) -> Result<Answer, Problem> {
    let wanted = ask.of_year()?.map(f64::from);
    let (world, today) = (ask.world(), ask.edition.today);
    let snapshot = world.snapshot();
    let asked = snapshot.services.iter().filter(|line| wanted.is_none_or(|wanted| line.told.year == Some(wanted)));
    let rows = asked.map(|line| (order(line), wire::line(wire::SERVICE, snapshot, line, today)));
    ask.paged(rows.collect(), wire::names(wire::SERVICE), Row::clone)
}

#[cfg(test)]
mod tests {
    use domain::entity::ROOT;
    use domain::record::Text;
    use domain::testimony::SourceId;

    use super::*;

    #[test]
    fn the_order_as_a_text_is_that_of_the_lines() {
        let natives = ["a", "a.csv:9", "a.csv:012", "a.csv:12", "a.csv:20000000000", "a.csv:100000000000", "b.csv:1"];
        assert!(natives.windows(2).all(|pair| natural(pair[0]) < natural(pair[1])));
        let line = |native: &str| Placed {
            source: SourceId(0),
            native: Text::from(native),
            told: (),
            entity: ROOT,
            siret: Text::default(),
            asset: None,
        };
        let orders = natives.map(|native| order(&line(native)));
        assert!(orders.windows(2).all(|pair| pair[0] < pair[1]), "{orders:?}");
    }
}
