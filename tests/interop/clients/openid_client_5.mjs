// openid-client 5, which knows every hybrid response type, as version 6 does not.

import { Issuer, generators } from "openid-client-5";
import { Browser } from "./browser.mjs";
import { expect, step } from "./steps.mjs";

const base = process.env.INTEROP_BASE;
const callback = "http://localhost:3000/callback";
const browser = new Browser(base, "alice@example.com", "alice-password");
const RESPONSE_TYPES = [
  "code",
  "id_token",
  "id_token token",
  "code id_token",
  "code token",
  "code id_token token",
];

const issuer = await Issuer.discover(`${base}/bank/.well-known/openid-configuration`);
const client = new issuer.Client({
  client_id: "bank-client",
  client_secret: "bank-secret",
  redirect_uris: [callback],
  response_types: RESPONSE_TYPES,
});

// What reaches the callback, in the form in which the library reads it from a web server.
function arrived({ url, fields }) {
  if (fields) {
    return client.callbackParams({ method: "POST", url: "/callback", body: fields.toString() });
  }
  return client.callbackParams(url.href.replace("#", "?"));
}

async function signIn(response_type, more = {}) {
  const isCode = response_type.includes("code");
  const checks = { response_type, state: generators.state(), nonce: generators.nonce() };
  const request = { scope: "openid profile email", ...checks, ...more };
  if (isCode) {
    checks.code_verifier = generators.codeVerifier();
    request.code_challenge = generators.codeChallenge(checks.code_verifier);
    request.code_challenge_method = "S256";
  }
  const arrival = arrived(await browser.follow(client.authorizationUrl(request)));
  return client.callback(callback, arrival, checks);
}

for (const response_type of RESPONSE_TYPES) {
  for (const response_mode of [undefined, "form_post"]) {
    await step(response_mode ? `${response_type}, ${response_mode}` : response_type, async () => {
      const tokens = await signIn(response_type, response_mode && { response_mode });
      expect(tokens.claims().sub, "no user in the ID token");
    });
  }
}

await step("refresh and userinfo", async () => {
  const fresh = await client.refresh(await signIn("code"));
  const user = await client.userinfo(fresh);
  expect(user.email === "alice@example.com", `email ${user.email}`);
});

await step("introspection", async () => {
  const { access_token } = await signIn("code");
  const { active } = await client.introspect(access_token);
  expect(active === true, `active ${active}`);
});
