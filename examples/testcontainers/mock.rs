// [dev-dependencies] testcontainers with the features blocking and http_wait, ureq with json, serde_json
use testcontainers::core::wait::HttpWaitStrategy;
use testcontainers::core::{IntoContainerPort, WaitFor};
use testcontainers::runners::SyncRunner;
use testcontainers::{GenericImage, ImageExt};

#[test]
fn discovery_has_the_issuer_of_the_mapped_port() -> Result<(), Box<dyn std::error::Error>> {
    let health =
        HttpWaitStrategy::new("/health").with_port(8080.tcp()).with_expected_status_code(200_u16);
    let mock = GenericImage::new("cyberark-identity-mock", "latest")
        .with_exposed_port(8080.tcp())
        .with_wait_for(WaitFor::http(health))
        .with_env_var("CYBERARK_MOCK_POLICY", "strict")
        .start()?;
    let base = format!("http://{}:{}", mock.get_host()?, mock.get_host_port_ipv4(8080)?);
    let mut answer = ureq::get(format!("{base}/bank/.well-known/openid-configuration")).call()?;
    let document: serde_json::Value = answer.body_mut().read_json()?;
    assert_eq!(document["issuer"], format!("{base}/bank/"));
    Ok(())
}
