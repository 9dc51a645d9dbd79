# pip install testcontainers pytest    then    pytest
import json
import time
import urllib.request

from testcontainers.core.container import DockerContainer


def wait_for_health(base, seconds=10):
    for _ in range(seconds * 20):
        try:
            with urllib.request.urlopen(f"{base}/health", timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"{base} is not healthy")


def test_discovery_has_the_issuer_of_the_mapped_port():
    container = DockerContainer("cyberark-identity-mock").with_exposed_ports(8080)
    with container.with_env("CYBERARK_MOCK_POLICY", "strict") as mock:
        base = f"http://{mock.get_container_host_ip()}:{mock.get_exposed_port(8080)}"
        wait_for_health(base)
        with urllib.request.urlopen(f"{base}/bank/.well-known/openid-configuration") as answer:
            assert json.load(answer)["issuer"] == f"{base}/bank/"
