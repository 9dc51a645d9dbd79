// openid-client 6: discovery, the code flow with its variants, and what it can do with the tokens.

import * as client from "openid-client";
import { Browser } from "./browser.mjs";
import { expect, refusal, step } from "./steps.mjs";

const base = process.env.INTEROP_BASE;
const callback = "http://localhost:3000/callback";
const scope = "openid profile email";
const browser = new Browser(base, "alice@example.com", "alice-password");

function discover(app, ...credentials) {
  const execute = base.startsWith("http:") ? [client.allowInsecureRequests] : [];
  return client.discovery(new URL(`${base}/${app}/`), `${app}-client`, ...credentials, { execute });
}

const bank = (authentication) => discover("bank", "bank-secret", authentication);
const spa = () => discover("spa", undefined, client.None());

// One pass to the callback and back; `more` goes into the authorization request.
async function authorize(config, more = {}) {
  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
    idTokenExpected: true,
  };
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope,
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: "S256",
    ...more,
  });
  const { url: current, action, fields } = await browser.follow(url);
  const arrival = current ?? new Request(action, { method: "POST", body: fields });
  return { arrival, checks };
}

async function signIn(config, more) {
  const { arrival, checks } = await authorize(config, more);
  return client.authorizationCodeGrant(config, arrival, checks);
}

await step("discovery", async () => {
  const metadata = (await bank()).serverMetadata();
  expect(metadata.issuer === `${base}/bank/`, `issuer ${metadata.issuer}`);
});

await step("code with PKCE, secret by Basic", async () => {
  const tokens = await signIn(await bank(client.ClientSecretBasic("bank-secret")));
  expect(tokens.claims().unique_name ?? tokens.claims().sub, "no user in the ID token");
});

await step("code with PKCE, secret in the form", async () => {
  await signIn(await bank(client.ClientSecretPost("bank-secret")));
});

await step("code with PKCE, public client", async () => {
  await signIn(await spa());
});

await step("code without PKCE", async () => {
  const config = await bank();
  const state = client.randomState();
  const { url } = await browser.follow(
    client.buildAuthorizationUrl(config, { redirect_uri: callback, scope, state }),
  );
  await client.authorizationCodeGrant(config, url, { expectedState: state, idTokenExpected: true });
});

await step("wrong code verifier refused", async () => {
  const config = await spa();
  const { arrival, checks } = await authorize(config);
  checks.pkceCodeVerifier = client.randomPKCECodeVerifier();
  const error = await refusal(() => client.authorizationCodeGrant(config, arrival, checks));
  expect(error.error === "invalid_grant", `error ${error.error}: ${error.message}`);
});

await step("wrong secret refused", async () => {
  const error = await refusal(async () => signIn(await bank(client.ClientSecretPost("wrong"))));
  if (process.env.INTEROP_POLICY === "strict") {
    expect(error.status === 401 && error.cause[0].scheme === "basic", error.message);
  } else {
    expect(error.error === "access_denied", `error ${error.error}: ${error.message}`);
  }
});

await step("id_token", async () => {
  const config = await bank();
  client.useIdTokenResponseType(config);
  const nonce = client.randomNonce();
  const state = client.randomState();
  const { url } = await browser.follow(
    client.buildAuthorizationUrl(config, { redirect_uri: callback, scope, nonce, state }),
  );
  const claims = await client.implicitAuthentication(config, url, nonce, { expectedState: state });
  expect(claims.nonce === nonce, "another nonce");
});

for (const mode of ["fragment", "form_post"]) {
  await step(`code id_token, ${mode}`, async () => {
    const config = await bank();
    client.useCodeIdTokenResponseType(config);
    await signIn(config, { response_mode: mode });
  });
}

await step("code, form_post", async () => {
  await signIn(await bank(), { response_mode: "form_post" });
});

await step("userinfo", async () => {
  const config = await bank();
  const tokens = await signIn(config);
  const user = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  expect(user.email === "alice@example.com", `email ${user.email}`);
});

await step("refresh", async () => {
  const config = await bank();
  const tokens = await signIn(config);
  const fresh = await client.refreshTokenGrant(config, tokens.refresh_token);
  await client.fetchUserInfo(config, fresh.access_token, tokens.claims().sub);
});

await step("introspection", async () => {
  const config = await bank();
  const tokens = await signIn(config);
  const { active } = await client.tokenIntrospection(config, tokens.access_token);
  expect(active === true, `active ${active}`);
});

if (process.env.INTEROP_POLICY === "strict") {
  await step("revocation", async () => {
    const config = await bank();
    const tokens = await signIn(config);
    await client.tokenRevocation(config, tokens.access_token);
    const { active } = await client.tokenIntrospection(config, tokens.access_token);
    expect(active === false, `active ${active}`);
  });
}

await step("end session", async () => {
  const config = await bank();
  const tokens = await signIn(config);
  const landing = "http://localhost:3000/signed-out";
  const url = client.buildEndSessionUrl(config, {
    post_logout_redirect_uri: landing,
    id_token_hint: tokens.id_token,
    state: "bye",
  });
  const { url: end } = await browser.follow(url);
  expect(end?.href === `${landing}?state=bye`, `led to ${end?.href}`);
});
