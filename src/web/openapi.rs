//! The OpenAPI 3.1 document, walked out of the list of routes: what is served and what is described are one list.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ArrayBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, OpenApiBuilder, PathItem, PathsBuilder, Ref, RefOr, Required,
    ResponseBuilder,
};

use super::api::{ALL, Gives, HISTORY, Parameter, Route, SENT, Takes};
use crate::scenario;

/// The document; it is the same for everybody.
pub async fn document() -> Response {
    static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
        // The document is made of our own words alone; what cannot be written would be a fault of ours.
        describe().to_json().unwrap_or_default()
    });
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str()).into_response()
}

fn describe() -> utoipa::openapi::OpenApi {
    let mut paths = PathsBuilder::new();
    for route in ALL {
        paths = paths.path(format!("/api/v1{}", route.path), PathItem::new(HttpMethod::Get, operation(route)));
    }
    for route in SENT {
        paths = paths.path(format!("/api/v1{}", route.path), PathItem::new(HttpMethod::Post, computation(route)));
    }
    let ask = OperationBuilder::new()
        .operation_id(Some("sync_source"))
        .summary(Some("Asks for a collection of a source. Needs the scope `admin`."))
        .parameter(in_path("name"))
        .response("202", ResponseBuilder::new().description("It was asked for; it happens on its own."));
    paths = paths.path(
        "/api/v1/sources/{name}/sync",
        PathItem::new(HttpMethod::Post, refusals(ask, &["401", "403", "404", "503"]).build()),
    );
    let schemes = [("bearer", HttpAuthScheme::Bearer), ("basic", HttpAuthScheme::Basic)];
    let components = schemes.into_iter().fold(ComponentsBuilder::new(), |components, (name, scheme)| {
        components.security_scheme(name, SecurityScheme::Http(HttpBuilder::new().scheme(scheme).build()))
    });
    OpenApiBuilder::new()
        .info(InfoBuilder::new().title("ecoparc").version(env!("CARGO_PKG_VERSION")).description(Some(
            "Footprint, lifetime and reuse of a public body's equipment. A token is a Bearer, or the password \
                     of HTTP Basic with any user name.",
        )))
        .paths(paths)
        .components(Some(components.schema("Problem", problem()).build()))
        .security(Some(schemes_of(&["bearer", "basic"])))
        .build()
}

fn schemes_of(names: &[&str]) -> Vec<SecurityRequirement> {
    let none: [&str; 0] = [];
    names.iter().map(|name| SecurityRequirement::new(*name, none)).collect()
}

fn operation(route: &Route) -> Operation {
    let mut told = described(route, "get");
    if route.path != HISTORY {
        let known = ResponseBuilder::new().description("What `If-None-Match` names is still so.");
        told = told.response("304", known);
    }
    refusals(told, &["401", "403", "404", "422", "503"]).build()
}

/// A route that computes on a scenario that is sent.
fn computation(route: &Route) -> Operation {
    let content = ContentBuilder::new().schema(Some(scenario_body())).build();
    let body = RequestBodyBuilder::new()
        .description(Some("A scenario; an empty object changes nothing."))
        .content("application/json", content)
        .required(Some(Required::True));
    refusals(described(route, "post").request_body(Some(body.build())), &["401", "403", "413", "422", "503"]).build()
}

/// A scenario, out of the keys that its reader knows.
fn scenario_body() -> ObjectBuilder {
    let object = || ObjectBuilder::new().schema_type(Type::Object);
    let number = |low: u32, high: u32| {
        ObjectBuilder::new().schema_type(Type::Number).minimum(Some(f64::from(low))).maximum(Some(f64::from(high)))
    };
    let mut body = object();
    for key in scenario::KEYS {
        let about = Some(key.about);
        body = match key.takes {
            scenario::Takes::Text => {
                body.property(key.name, ObjectBuilder::new().schema_type(Type::String).description(about))
            }
            scenario::Takes::Number(low, high) => body.property(key.name, number(low, high).description(about)),
            scenario::Takes::ByKind(low, high) => {
                let of_kind = Schema::from(number(low, high).build());
                body.property(key.name, object().additional_properties(Some(of_kind)).description(about))
            }
            scenario::Takes::Table => body.property(key.name, object().description(about)),
            scenario::Takes::Tables => {
                body.property(key.name, ArrayBuilder::new().items(object()).description(about))
            }
        };
    }
    body
}

/// What every route tells of itself.
fn described(route: &Route, method: &str) -> OperationBuilder {
    let id: String = route.path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let about = format!("{} Needs the scope `{}`.", route.about, route.scope.name());
    let mut operation = OperationBuilder::new()
        .operation_id(Some(format!("{method}_{}", id.trim_matches('_'))))
        .summary(Some(about))
        .response("200", answer(route.gives));
    for part in route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        operation = operation.parameter(in_path(part));
    }
    for parameter in route.parameters {
        operation = operation.parameter(in_query(parameter));
    }
    operation
}

fn in_path(name: &str) -> ParameterBuilder {
    let schema = if name == "year" {
        ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1980)).maximum(Some(2200))
    } else {
        ObjectBuilder::new().schema_type(Type::String)
    };
    ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).required(Required::True).schema(Some(schema))
}

fn in_query(parameter: &Parameter) -> ParameterBuilder {
    let schema = match parameter.takes {
        Takes::Text if parameter.name == "cursor" => {
            ObjectBuilder::new().schema_type(Type::String).pattern(Some("^([0-9a-f]{2})*$"))
        }
        Takes::Text => ObjectBuilder::new().schema_type(Type::String),
        Takes::Date => {
            ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
        }
        Takes::Number => ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(1000)),
    };
    ParameterBuilder::new()
        .name(parameter.name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(parameter.about))
        .schema(Some(schema))
}

fn answer(gives: Gives) -> ResponseBuilder {
    let object = || ObjectBuilder::new().schema_type(Type::Object);
    let text = || ContentBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::String))).build();
    let response = ResponseBuilder::new().description("The answer, out of what is currently published.");
    match gives {
        Gives::One => response.content("application/json", ContentBuilder::new().schema(Some(object())).build()),
        Gives::List => {
            let next = Schema::from(
                ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::SchemaType::from_iter([Type::String, Type::Null]))
                    .build(),
            );
            let list = object()
                .property("items", ArrayBuilder::new().items(object()))
                .property("next", next)
                .property("edition", ObjectBuilder::new().schema_type(Type::Integer))
                .required("items")
                .required("next")
                .required("edition");
            response
                .content("application/json", ContentBuilder::new().schema(Some(list)).build())
                .content("text/csv", text())
        }
        Gives::Csv => response.content("text/csv", text()),
    }
}

fn refusals(mut operation: OperationBuilder, statuses: &[&str]) -> OperationBuilder {
    for status in statuses {
        let about = match *status {
            "401" => "No token, or one that is not known.",
            "403" => "The token lacks the scope.",
            "404" => "There is no such thing.",
            "413" => "The body is too large.",
            "422" => "A parameter cannot be understood; the problem names it.",
            _ => "Nothing is published yet, or too much is being computed: `Retry-After` says when to come back.",
        };
        let problem = RefOr::<Schema>::Ref(Ref::from_schema_name("Problem"));
        let content = ContentBuilder::new().schema(Some(problem)).build();
        let response = ResponseBuilder::new().description(about).content("application/problem+json", content);
        operation = operation.response(*status, response);
    }
    operation
}

/// RFC 9457.
fn problem() -> ObjectBuilder {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    ObjectBuilder::new()
        .property("type", text())
        .property("title", text())
        .property("status", ObjectBuilder::new().schema_type(Type::Integer))
        .property("detail", text())
        .property("parameter", text())
        .required("type")
        .required("title")
        .required("status")
        .required("detail")
}
