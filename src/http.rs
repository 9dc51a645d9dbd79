//! The HTTP face of the tenant: every route on one screen.
//!
//! A handler makes three moves: extractors parse, one call on the tenant decides, the return type
//! renders. Paths are matched in canonical form, see [`canonical`].

mod addressed;
mod answer;
mod app_id;
mod around;
mod authority;
mod authorize;
mod body;
mod canonical;
mod confirm;
mod connection;
pub(crate) mod control;
mod discovery;
mod end_session;
mod endpoint;
mod error;
mod extract;
mod faulty_body;
mod federation;
mod introspect;
mod journaled;
mod login;
mod lost;
mod metrics;
mod notices;
mod outbox;
mod pages;
mod plain_http;
mod platform;
mod portal;
mod redirect;
mod register;
mod request_log;
mod request_object;
mod security;
mod seen;
mod sign;
mod steered;
mod step_up;
mod token;
mod userinfo;
mod vendor;

use actix_cors::Cors;
use actix_web::dev::HttpServiceFactory;
use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Resource};

pub(crate) use around::around;
pub(crate) use connection::{Connection, Door};
pub use control::ControlAccess;
pub(crate) use extract::{SESSION_COOKIE, Site};
pub(crate) use metrics::Metrics;
pub(crate) use sign::Signers;

/// The most bytes of a request body that are read.
const BODY_LIMIT: usize = 64 * 1024;

/// Every route, in canonical form; `:app` stands where a path names an application, see
/// [`endpoint::route_of`].
pub(crate) fn routes(config: &mut ServiceConfig) {
    let at = web::resource::<&str>;
    config
        .service(at("/health").get(health))
        .service(at("/oauth2/authorize/:app").get(authorize::authorize).post(authorize::authorize))
        .service(browser(at("/oauth2/token/:app").post(token::exchange)))
        .service(browser(discovery_at("/:app/.well-known/openid-configuration")))
        .service(browser(discovery_at("/:app/.well-known/oauth-authorization-server")))
        .service(browser(discovery_at("/.well-known/oauth-authorization-server/:app")))
        .service(browser(
            at("/oauth2/userinfo/:app").get(userinfo::userinfo).post(userinfo::userinfo),
        ))
        .service(browser(at("/oauth2/keys/:app").get(discovery::keys).post(discovery::keys)))
        .service(browser(at("/oauth2/introspect/:app").post(introspect::introspect)))
        .service(browser(at("/oauth2/revoke/:app").post(introspect::revoke)))
        .service(browser(at("/oauth2/register/:app").post(register::register)))
        .service(browser(at("/oauth2/getmeta").post(discovery::get_meta)))
        .service(at("/oauth2/endsession/:app").get(end_session::of_app).post(end_session::of_app))
        .service(at("/oauth2/endsessionv2/:app").get(end_session::of_app).post(end_session::of_app))
        .service(at("/oauth2/endsession").get(end_session::legacy).post(end_session::legacy))
        .service(at("/oauth2/confirm/:app").get(confirm::of_app).post(confirm::of_app))
        .service(browser(at("/oauth2/platformtoken").post(platform::token)))
        .service(at("/oauth2/refreshplatformtoken").post(platform::refresh))
        .service(at("/consent").get(confirm::ask).post(confirm::answer))
        .service(at("/login").get(login::show).post(login::submit))
        .service(at("/my").get(login::signed_in))
        .service(at("/").get(login::home))
        .configure(authentication_routes)
        .service(browser(at("/security/whoami").get(security::who_am_i).post(security::who_am_i)))
        .service(browser(at("/security/logout").post(portal::logout)))
        .configure(portal_routes)
        .configure(vendor::routes)
        .service(browser(
            at("/oauth2/register/{app}/{client_id}")
                .get(register::read)
                .put(register::update)
                .delete(register::remove),
        ))
        .service(at("/oauth2/{endpoint}").to(discovery::missing_app))
        .service(at("/_mock/outbox").get(outbox::list).delete(outbox::clear))
        .service(at("/_mock/outbox/{id}/approve").post(outbox::approve))
        .service(at("/_mock/outbox/{id}/deny").post(outbox::deny))
        .service(at("/metrics").get(metrics::show))
        .service(at("/_mock/ca.pem").get(authority::certificate))
        .configure(control::routes)
        .default_service(web::to(lost::no_such_path));
}

fn discovery_at(path: &str) -> Resource {
    web::resource(path).get(discovery::configuration)
}

/// The calls of a sign-in.
fn authentication_routes(config: &mut ServiceConfig) {
    let at = web::resource::<&str>;
    config
        .service(browser(at("/security/startauthentication").post(security::start)))
        .service(browser(at("/security/advanceauthentication").post(security::advance)))
        .service(browser(at("/security/cleanupauthentication").post(security::clean_up)))
        .service(
            at("/security/answeroobchallenge").get(outbox::follow_link).post(outbox::follow_link),
        )
        .service(browser(at("/security/oobauthstatus").post(federation::oob_auth_status)))
        .service(browser(at("/security/startsocialauthentication").post(federation::start_social)))
        .service(browser(at("/security/resumefromextidpauth").post(federation::resume_social)))
        .service(browser(at("/security/challengeuser").post(step_up::challenge_user)))
        .service(browser(at("/security/startchallenge").post(step_up::start_challenge)))
        .service(browser(at("/security/submitoathotpcode").post(step_up::submit_oath_code)))
        .service(browser(at("/security/submitqrcode").post(step_up::submit_qr_code)))
        .service(browser(at("/security/startqrcodeauthentication").post(step_up::start_qr_login)))
        .service(browser(at("/security/getqrcodestatus").post(step_up::qr_status)))
        .service(browser(at("/u2f/answerregistrationchallenge").post(step_up::answer_registration)))
        .service(browser(at("/security/forgotusername").post(step_up::forgot_username)))
        .service(browser(at("/security/startforgotusername").post(step_up::start_forgot_username)))
        .service(browser(
            at("/security/advanceforgotusername").post(step_up::advance_forgot_username),
        ))
        .service(at("/_mock/idp").get(federation::show).post(federation::answer))
        .service(at("/_mock/idp/{visit}").get(federation::show_short));
}

/// The portal's calls, and what clients look up before any call.
fn portal_routes(config: &mut ServiceConfig) {
    let at = web::resource::<&str>;
    config
        .service(browser(at("/usermgmt/signoutcurrentsession").post(portal::sign_out_current)))
        .service(browser(at("/usermgmt/signouteverywhere").post(portal::sign_out_everywhere)))
        .service(browser(at("/uprest/getupdata").post(portal::up_data)))
        .service(browser(at("/uprest/getsecureditemsdata").post(portal::secured_items)))
        .service(browser(at("/cdirectoryservice/getuser").get(portal::user).post(portal::user)))
        .service(at("/api/identity-endpoint/{subdomain}").get(vendor::identity_endpoint))
        .service(at("/api/v2/services/subdomain/{subdomain}").get(vendor::services))
        .service(at("/shell/api/endpoint/{subdomain}").get(vendor::shell_endpoint))
        .service(at("/_mock/missing").get(vendor::missing));
}

/// A resource that scripts of any origin may call, with credentials.
///
/// CyberArk: the product wants the origin among the tenant's trusted DNS domains; the mock trusts
/// every one. Nothing below `/_mock` is such a resource: what secrets are shown and what is steered
/// there is for tests, and not for whatever page a browser has open.
fn browser(resource: Resource) -> impl HttpServiceFactory {
    resource.wrap(Cors::permissive().expose_headers(EXPOSED))
}

/// What scripts may read: every header that these resources answer with. Left to find them by itself, the
/// middleware goes through each answer, and tells them in another order each time.
const EXPOSED: [header::HeaderName; 8] = [
    header::ALLOW,
    header::CACHE_CONTROL,
    header::CONTENT_TYPE,
    header::LOCATION,
    header::PRAGMA,
    header::REFERRER_POLICY,
    header::WWW_AUTHENTICATE,
    header::X_CONTENT_TYPE_OPTIONS,
];

/// Answers once keys and tenant are ready: the socket opens after both.
async fn health() -> HttpResponse {
    answer::json(&mut HttpResponse::Ok(), &serde_json::json!({ "status": "ok" }))
}
