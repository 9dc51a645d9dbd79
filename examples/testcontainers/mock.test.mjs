// npm install --save-dev testcontainers    then    node --test
import assert from "node:assert/strict";
import { test } from "node:test";
import { GenericContainer, Wait } from "testcontainers";

test("discovery has the issuer of the mapped port", async () => {
  // Not Wait.forListeningPorts(): it looks for a shell, and the image has none.
  const mock = await new GenericContainer("cyberark-identity-mock")
    .withExposedPorts(8080)
    .withEnvironment({ CYBERARK_MOCK_POLICY: "strict" })
    .withWaitStrategy(Wait.forHttp("/health", 8080).forStatusCode(200))
    .start();
  try {
    const issuer = `http://${mock.getHost()}:${mock.getMappedPort(8080)}/bank/`;
    const answer = await fetch(`${issuer}.well-known/openid-configuration`);
    assert.equal((await answer.json()).issuer, issuer);
  } finally {
    await mock.stop();
  }
});
