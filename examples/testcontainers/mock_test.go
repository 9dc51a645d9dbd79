// go get github.com/testcontainers/testcontainers-go    then    go test
package mock

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"
)

func TestDiscoveryHasTheIssuerOfTheMappedPort(t *testing.T) {
	ctx := context.Background()
	// Not wait.ForListeningPort: it looks for a shell, and the image has none.
	request := testcontainers.ContainerRequest{
		Image:        "cyberark-identity-mock",
		ExposedPorts: []string{"8080/tcp"},
		Env:          map[string]string{"CYBERARK_MOCK_POLICY": "strict"},
		WaitingFor:   wait.ForHTTP("/health").WithPort("8080/tcp"),
	}
	mock, err := testcontainers.GenericContainer(ctx, testcontainers.GenericContainerRequest{
		ContainerRequest: request,
		Started:          true,
	})
	testcontainers.CleanupContainer(t, mock)
	if err != nil {
		t.Fatal(err)
	}
	base, err := mock.PortEndpoint(ctx, "8080/tcp", "http")
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Get(base + "/bank/.well-known/openid-configuration")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var document struct{ Issuer string }
	if err := json.NewDecoder(answer.Body).Decode(&document); err != nil {
		t.Fatal(err)
	}
	if document.Issuer != base+"/bank/" {
		t.Fatalf("the issuer is %q", document.Issuer)
	}
}
