//! `GET /_mock/ca.pem`: the certificate that clients have to trust for https. The mock's own.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;

use super::extract::Site;
use super::lost::plain;

/// The certificate of the authority that the mock made.
pub(super) async fn certificate(site: Data<Site>) -> HttpResponse {
    let Some(pem) = site.authority_pem.clone() else {
        return plain(&mut HttpResponse::NotFound()).body(
            "There is no certificate authority: the server speaks no https (--tls-port), or has a \
             certificate that it was given (--tls-certificate).\n",
        );
    };
    HttpResponse::Ok()
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // Browsers and phones offer to install it.
        .content_type("application/x-x509-ca-cert")
        .body(pem)
}
