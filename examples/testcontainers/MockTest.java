// org.testcontainers:testcontainers 1.20 or newer, org.junit.jupiter:junit-jupiter 5
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

class MockTest {
    @Test
    void discoveryHasTheIssuerOfTheMappedPort() throws Exception {
        // Not Wait.forListeningPort(): it looks for a shell, and the image has none.
        try (GenericContainer<?> mock = new GenericContainer<>("cyberark-identity-mock")
                .withExposedPorts(8080)
                .withEnv("CYBERARK_MOCK_POLICY", "strict")
                .waitingFor(Wait.forHttp("/health").forPort(8080).forStatusCode(200))) {
            mock.start();
            String issuer = "http://" + mock.getHost() + ":" + mock.getMappedPort(8080) + "/bank/";
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(issuer + ".well-known/openid-configuration")).build();
            String document = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
            assertTrue(document.contains("\"" + issuer + "\""), document);
        }
    }
}
