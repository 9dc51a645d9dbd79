//! HTTPS as the command line wants it.

use std::fs;

use cyberark_identity_mock::server::{Authority, Https, HttpsDoor, Tls, TlsName};
use cyberark_identity_mock::tenant::Tenant;

use crate::arguments::Arguments;

/// HTTPS beside HTTP, if a port is given for it; else what is wrong with certificate or key.
pub(crate) fn https(arguments: &Arguments, tenant: &Tenant) -> Result<Option<Https>, String> {
    let Some(port) = arguments.tls.port else {
        return Ok(None);
    };
    let tls = match (&arguments.tls.certificate, &arguments.tls.key) {
        (Some(certificate), Some(key)) => {
            Tls::from_files(certificate, key).map_err(|error| error.to_string())?
        }
        _ => made(arguments, tenant)?,
    };
    Ok(Some(Https { tls, door: HttpsDoor::Port(port) }))
}

/// A certificate by an authority of the mock's own.
fn made(arguments: &Arguments, tenant: &Tenant) -> Result<Tls, String> {
    let authority = match &arguments.tls.ca_folder {
        Some(folder) => Authority::kept_in(folder).map_err(|error| error.to_string())?,
        None => Authority::generate(),
    };
    if let Some(file) = &arguments.tls.ca_file {
        fs::write(file, authority.pem())
            .map_err(|error| format!("cannot write the CA to {}: {error}", file.display()))?;
    }
    let mut names = TlsName::usual(tenant, arguments.public_url.as_ref());
    names.extend(arguments.host().parse());
    names.extend(arguments.tls.names.iter().cloned());
    Ok(Tls::issued_by(&authority, &names))
}
