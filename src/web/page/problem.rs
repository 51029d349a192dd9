//! An error, told to whoever follows a link or sends a form: what happened in a sentence, and where to go on.

use maud::{Markup, html};

use super::shell;
use crate::web::problem::Problem;
use crate::wording::{Lang, count};

/// What a reader is told of a kind of problem, in French and in English.
struct Words {
    kind: &'static str,
    title: (&'static str, &'static str),
    says: (&'static str, &'static str),
}

/// Each kind, but for what the frame refuses for another reason still.
const WORDS: &[Words] = &[
    Words {
        kind: "unauthenticated",
        title: ("Connexion nécessaire", "Log in first"),
        says: (
            "Aucune session n'est ouverte, ou la vôtre est terminée\u{a0}: connectez-vous, puis recommencez.",
            "No session is open, or yours has ended: log in, then try again.",
        ),
    },
    Words {
        kind: "forbidden",
        title: ("Accès refusé", "Not allowed"),
        says: (
            "Vous n'avez pas ce droit, ou le formulaire n'est plus valable\u{a0}: rechargez la page d'où il vient.",
            "You do not have this right, or the form is no longer valid: load the page that it is on again.",
        ),
    },
    Words {
        kind: "not_found",
        title: ("Page introuvable", "Page not found"),
        says: ("Il n'y a rien à cette adresse.", "There is nothing at this address."),
    },
    Words {
        kind: "bad_parameter",
        title: ("Demande incomprise", "Not understood"),
        says: (
            "L'adresse, ou ce qui a été envoyé, contient une valeur qui ne convient pas.",
            "The address, or what was sent, holds a value that cannot be.",
        ),
    },
    Words {
        kind: "unavailable",
        title: ("Pas encore de réponse", "No answer yet"),
        says: (
            "Les premiers chiffres sont en cours de calcul, ou trop de demandes attendent déjà.",
            "The first figures are being computed, or too many requests are waiting already.",
        ),
    },
    Words {
        kind: "internal",
        title: ("Erreur du serveur", "Server error"),
        says: (
            "La réponse n'a pas pu être faite\u{a0}: le journal d'ecoparc dit pourquoi.",
            "The answer could not be made: the log of ecoparc says why.",
        ),
    },
    Words {
        kind: "too_many",
        title: ("Trop de demandes", "Too many requests"),
        says: (
            "Trop de demandes, ou trop de jetons erronés, sont venus de votre adresse.",
            "Too many requests, or too many wrong tokens, came from your address.",
        ),
    },
    Words {
        kind: "method_not_allowed",
        title: ("Demande refusée", "Refused"),
        says: ("Cette adresse ne prend pas ce genre de demande.", "This address takes no request of this kind."),
    },
    Words {
        kind: "too_large",
        title: ("Envoi trop volumineux", "Too large"),
        says: ("Ce qui a été envoyé dépasse la taille permise.", "What was sent is larger than is allowed."),
    },
    Words {
        kind: "timeout",
        title: ("Délai dépassé", "It took too long"),
        says: ("La réponse n'est pas venue à temps.", "The answer did not come in time."),
    },
];

/// What is told of all others.
const REFUSED: Words = Words {
    kind: "refused",
    title: ("Demande refusée", "Refused"),
    says: ("La demande n'a pas été comprise.", "The request was not understood."),
};

/// The page of an error.
pub fn problem_page(lang: Lang, problem: &Problem) -> String {
    let words = WORDS.iter().find(|words| words.kind == problem.kind()).unwrap_or(&REFUSED);
    let title = lang.pick(words.title.0, words.title.1);
    let body = html! {
        main id="main" tabindex="-1" {
            h1 { (title) }
            p.alert role="alert" { (lang.pick(words.says.0, words.says.1)) (again(lang, problem)) }
            @if words.kind == "bad_parameter" {
                // Whoever wrote the address by hand reads the API's documentation, which is English too.
                p.note { span lang=[(lang != Lang::En).then_some("en")] { (problem.detail()) } }
            }
            @if words.kind == "unauthenticated" { p { a href="/login" { (lang.pick("Se connecter", "Log in")) } } }
            p { a href="/" { (lang.pick("Retour aux chiffres", "Back to the figures")) } }
        }
    };
    shell(lang, title, &body)
}

/// When to try again, where that helps.
fn again(lang: Lang, problem: &Problem) -> Markup {
    let soon = matches!(problem.kind(), "unavailable" | "timeout");
    html! { @match problem.wait() {
        Some(seconds) => {
            (lang.pick(" Réessayez dans ", " Try again in "))
            (count(lang, seconds as f64, lang.pick("seconde", "second"), lang.pick("secondes", "seconds"))) "."
        }
        None if soon => (lang.pick(" Réessayez dans un instant.", " Try again in a moment.")),
        None => {}
    } }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::StatusCode;

    use super::*;

    /// Every kind has words of its own; what has none is told as refused.
    #[test]
    fn each_problem_is_told_in_both_languages() {
        let wait = Duration::from_millis(500);
        for (problem, french, english) in [
            (Problem::unauthenticated("x"), "connectez-vous", "log in"),
            (Problem::forbidden("x"), "pas ce droit", "not have this right"),
            (Problem::not_found("x"), "Il n'y a rien", "There is nothing"),
            (Problem::parameter("a", "the <detail>"), "the &lt;detail&gt;", "the &lt;detail&gt;"),
            (Problem::unavailable("x"), "premiers chiffres", "first figures"),
            (Problem::unavailable("x"), "Réessayez dans un instant.", "Try again in a moment."),
            (Problem::internal(), "le journal", "the log"),
            (Problem::too_many("x", wait), "Réessayez dans 1 seconde.", "Try again in 1 second."),
            (Problem::too_many("x", wait * 3), "Réessayez dans 2 secondes.", "Try again in 2 seconds."),
            (Problem::of_status(StatusCode::METHOD_NOT_ALLOWED), "ce genre de demande", "of this kind"),
            (Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE), "la taille permise", "larger than"),
            (Problem::of_status(StatusCode::GATEWAY_TIMEOUT), "à temps. Réessayez", "in time. Try again"),
            (Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE), "pas été comprise", "not understood"),
        ] {
            for (lang, says) in [(Lang::Fr, french), (Lang::En, english)] {
                let page = problem_page(lang, &problem);
                assert!(page.contains(says) && page.contains("href=\"/\""), "{says}\nis not in\n{page}");
                assert_eq!(page.contains("href=\"/login\""), problem.kind() == "unauthenticated", "{page}");
                assert!(!page.contains(">x<"), "what is meant for programs: {page}");
            }
        }
        let parameter = problem_page(Lang::Fr, &Problem::parameter("a", "b"));
        assert!(parameter.contains("<span lang=\"en\">b</span>"), "{parameter}");
    }
}
