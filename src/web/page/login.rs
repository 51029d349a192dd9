//! The form that exchanges a token for a session.

use maud::html;

use super::shell;
use crate::config::Scope;
use crate::web::auth::Stranger;
use crate::wording::Lang;

/// Why somebody is shown the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// A token, as none was shown.
    Token,
    /// Another token: what was shown opens nothing.
    Another(Stranger),
    /// Another token: whoever asks is known, and lacks this right.
    Scope(Scope),
    /// A browser that keeps the session: the token was right.
    Keeping,
}

/// The form, below what is wanted.
pub fn login_page(lang: Lang, wants: Wants) -> String {
    let enter = lang.pick("Se connecter", "Log in");
    let (title, why) = match wants {
        Wants::Token => (enter, None),
        Wants::Another(stranger) => (enter, Some(told(lang, stranger).to_owned())),
        Wants::Scope(scope) => (lang.pick("Accès refusé", "Not allowed"), Some(lacking(lang, scope))),
        Wants::Keeping => (enter, Some(dropped(lang).to_owned())),
    };
    // What was typed is wrong only where it opened nothing; a header nobody types.
    let wrong = matches!(wants, Wants::Another(Stranger::Unknown | Stranger::Nowhere));
    let body = html! {
        main id="main" tabindex="-1" {
            h1 { (title) }
            @if let Some(why) = why { p.alert id="why" role="alert" { (why) } }
            @if matches!(wants, Wants::Scope(_)) { h2 { (lang.pick("Utiliser un autre jeton", "Use another token")) } }
            form method="post" action="/login" {
                p {
                    label for="token" { (lang.pick("Jeton d'accès", "Access token")) } br;
                    input type="password" id="token" name="token" required autocomplete="current-password"
                        aria-invalid=[wrong.then_some("true")] aria-describedby=[wrong.then_some("why")];
                }
                p { button { (enter) } }
            }
            p.note {
                (lang.pick(
                    "Le jeton vous est remis par la personne qui administre ecoparc. La session dure huit heures.",
                    "The person who runs ecoparc gives you the token. The session lasts eight hours.",
                ))
            }
            p { a href="/" { (lang.pick("Retour aux chiffres", "Back to the figures")) } }
        }
    };
    shell(lang, title, &body)
}

fn told(lang: Lang, stranger: Stranger) -> &'static str {
    match stranger {
        Stranger::Unknown => lang.pick("Ce jeton n'est pas reconnu.", "This token is not known."),
        Stranger::Unreadable => lang.pick(
            "L'en-tête Authorization de la requête n'est ni Bearer ni Basic.",
            "The request's Authorization header is neither Bearer nor Basic.",
        ),
        Stranger::Nowhere => lang.pick(
            "Aucune des entités de ce jeton n'existe, ou plusieurs portent ce nom\u{a0}: il n'ouvre rien.",
            "None of this token's entities exists, or several are called so: it opens nothing.",
        ),
    }
}

fn dropped(lang: Lang) -> &'static str {
    lang.pick(
        "Le jeton est reconnu, mais votre navigateur n'a pas gardé la session\u{a0}: cette page doit être servie en HTTPS ([server] tls, ou un mandataire inverse) ou demandée depuis la machine même, et ses cookies acceptés.",
        "The token is known, but your browser did not keep the session: this page must be served over HTTPS ([server] tls, or a proxy) or asked for on the machine itself, and its cookies accepted.",
    )
}

fn lacking(lang: Lang, scope: Scope) -> String {
    let opens = match scope {
        Scope::Read => lang.pick("voir les chiffres", "to see the figures"),
        Scope::Assets => lang.pick("voir chaque matériel", "to see single assets"),
        Scope::Admin => lang.pick("demander une lecture", "to ask for a collection"),
    };
    let name = scope.name();
    lang.pick(
        format!("Cette page demande le droit «\u{a0}{name}\u{a0}» ({opens}), que vous n'avez pas."),
        format!("This page needs the scope “{name}” ({opens}), which you do not have."),
    )
}
