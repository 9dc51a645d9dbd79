// The login page in Chromium, scripted as it is: each mechanism, the ways back, and a picture of every
// stage, wide and light, narrow and dark. It needs users of its own, hence a server of its own.

import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdir } from "node:fs/promises";
import http from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { expect, step } from "./steps.mjs";

const { INTEROP_BINARY: binary, INTEROP_BROWSER: executablePath, INTEROP_FOLDER: folder } = process.env;
const fixture = join(dirname(fileURLToPath(import.meta.url)), "login_page.json");
const pictures = join(folder, "screenshots", "login-page");
const PATIENCE = 15_000;
const WIDE = { width: 900, height: 760 };
const NARROW = { width: 390, height: 844 };

// ---- the server, the outbox and the browser

const server = spawn(binary, ["--port", "0", "--fixtures", fixture], { stdio: ["ignore", "pipe", "inherit"] });
const base = await new Promise((resolve, reject) => {
  let told = "";
  server.stdout.on("data", (chunk) => {
    told += chunk;
    const url = told.match(/^listening url=(\S+)/m)?.[1];
    if (url) {
      resolve(url.replace(/\/$/, ""));
    }
  });
  server.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${told}`)));
});

async function newest(user) {
  const answer = await fetch(`${base}/_mock/outbox?user=${encodeURIComponent(user)}`);
  return (await answer.json())[0];
}

async function settle(user, word) {
  const { id } = await newest(user);
  const answer = await fetch(`${base}/_mock/outbox/${id}/${word}`, { method: "POST" });
  expect(answer.ok, `${word}: ${answer.status}`);
}

const application = http.createServer((_, response) => response.end("back at the application"));
await new Promise((ready) => application.listen(0, "localhost", ready));
const callback = `http://localhost:${application.address().port}/callback`;

await mkdir(pictures, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

async function visitor(act, options = {}) {
  const context = await browser.newContext({ viewport: WIDE, ...options });
  context.setDefaultTimeout(PATIENCE);
  try {
    const tab = await context.newPage();
    const complaints = [];
    tab.on("pageerror", (error) => complaints.push(error.message));
    try {
      await act(tab, context);
    } catch (error) {
      await tab.screenshot({ path: join(pictures, "failed.png"), fullPage: true });
      throw error;
    }
    expect(complaints.length === 0, complaints.join("; "));
  } finally {
    await context.close();
  }
}

// Wide and light, narrow and dark; nothing may be wider than the screen.
async function shoot(tab, name) {
  await tab.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  await tab.setViewportSize(NARROW);
  await tab.emulateMedia({ colorScheme: "dark" });
  const width = await tab.evaluate(() => document.documentElement.scrollWidth);
  await tab.screenshot({ path: join(pictures, `${name}-narrow.png`), fullPage: true });
  await tab.setViewportSize(WIDE);
  await tab.emulateMedia({ colorScheme: "light" });
  expect(width <= NARROW.width, `${name} is ${width} pixels wide`);
}

// ---- what a person does

async function giveName(tab, user) {
  await tab.fill("#username", user);
  await tab.click("#username-submit");
}

async function answer(tab, text) {
  await tab.fill("#answer", text);
  await tab.press("#answer", "Enter");
}

// To the choice of the second challenge.
async function toChoice(tab) {
  await tab.goto(`${base}/login`);
  await giveName(tab, "mel@example.com");
  await tab.waitForSelector("#answer:visible");
  await answer(tab, "mel-password");
  await tab.waitForSelector("#choice-1:visible");
}

async function choose(tab, mechanism) {
  await tab.click(`[data-mechanism=${mechanism}]`);
  await tab.waitForSelector("#choice-fields", { state: "hidden" });
  await tab.waitForFunction(() => document.getElementById("login").getAttribute("aria-busy") === "false");
}

async function arrives(tab, user) {
  await tab.waitForURL(`${base}/my`);
  const shown = await tab.textContent("#signed-in-user");
  expect(shown === user, `signed in as ${shown}`);
}

async function error(tab) {
  await tab.waitForSelector("#login-error:visible");
  return tab.textContent("#login-error");
}

// To an application's callback, by way of the login page.
function authorizationUrl(more = {}) {
  const query = new URLSearchParams({
    client_id: "bank-client",
    response_type: "code",
    scope: "openid",
    redirect_uri: callback,
    state: "xyz",
    nonce: "n",
    ...more,
  });
  return `${base}/OAuth2/Authorize/bank?${query}`;
}

async function arrivesWithCode(tab) {
  await tab.waitForURL(`${callback}?*`);
  expect(new URL(tab.url()).searchParams.has("code"), tab.url());
}

// A call of a client that has no browser of its own; its result.
async function vendor(tenant, path, body, headers = {}) {
  const answer = await fetch(`${tenant}/Security/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return (await answer.json()).Result;
}

function startOutOfBand(tenant) {
  return vendor(tenant, "StartAuthentication", { User: ERIN, Version: "1.0" }, { OobIdPAuth: "true" });
}

// The code of an authenticator (RFC 6238).
function authenticatorCode() {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac("sha1", "12345678901234567890").update(counter).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

// ---- the steps

const MEL = "mel@example.com";
const ERIN = "erin@federated.example";

await step("user name and password", () =>
  visitor(async (tab) => {
    await tab.goto(`${base}/login`);
    await shoot(tab, "user-name");
    await giveName(tab, MEL);
    await tab.waitForSelector("#answer:visible");
    await shoot(tab, "password");
    await answer(tab, "mel-password");
    await tab.waitForSelector("#choice-1:visible");
    await shoot(tab, "choice");
  }),
);

const code = async () => (await newest(MEL)).code;
for (const [mechanism, text] of [
  ["EMAIL", code],
  ["SMS", code],
  ["OTP", code],
  ["U2F", code],
  ["OATH", authenticatorCode],
  ["RADIUS", () => "246810"],
  ["SQ", () => "rex"],
]) {
  await step(`${mechanism} by its text`, () =>
    visitor(async (tab) => {
      await toChoice(tab);
      await choose(tab, mechanism);
      await shoot(tab, mechanism.toLowerCase());
      await answer(tab, await text());
      await arrives(tab, MEL);
    }),
  );
}

for (const mechanism of ["EMAIL", "SMS", "OTP", "PF", "DUO", "QR"]) {
  await step(`${mechanism} approved elsewhere while the page waits`, () =>
    visitor(async (tab) => {
      await toChoice(tab);
      await choose(tab, mechanism);
      if (mechanism === "OTP") {
        const { number } = await newest(MEL);
        expect((await tab.textContent("#number")) === number, "another number");
      }
      expect((await tab.isVisible("#picture")) === (mechanism === "QR"), "the picture");
      await shoot(tab, `${mechanism.toLowerCase()}-waiting`);
      await settle(MEL, "approve");
      await arrives(tab, MEL);
    }),
  );
}

await step("a code half typed survives the waiting", () =>
  visitor(async (tab) => {
    await toChoice(tab);
    await choose(tab, "SMS");
    const sent = await code();
    await tab.fill("#answer", sent.slice(0, 3));
    await tab.waitForTimeout(2500);
    expect((await tab.inputValue("#answer")) === sent.slice(0, 3), "the field was emptied");
    const focus = await tab.evaluate(() => document.activeElement.id);
    expect(focus === "answer", `the focus went to ${focus}`);
    await answer(tab, sent);
    await arrives(tab, MEL);
  }),
);

await step("denied elsewhere: told, and back at the user name", () =>
  visitor(async (tab) => {
    await toChoice(tab);
    await choose(tab, "PF");
    await settle(MEL, "deny");
    expect((await error(tab)).startsWith("Authentication (login or challenge) has failed."), "another text");
    expect((await tab.inputValue("#username")) === MEL, "the name is lost");
    await shoot(tab, "failed");
  }),
);

await step("another way, and sending again", () =>
  visitor(async (tab) => {
    await toChoice(tab);
    await choose(tab, "EMAIL");
    const first = await code();
    await tab.click("#retry-submit");
    await tab.waitForFunction(() => document.getElementById("login").getAttribute("aria-busy") === "false");
    expect((await code()) !== first, "the same code");
    await tab.click("#back-submit");
    await tab.click("[data-mechanism=RADIUS]");
    await answer(tab, "246810");
    await arrives(tab, MEL);
  }),
);

await step("several questions", () =>
  visitor(async (tab) => {
    await tab.goto(`${base}/login`);
    await tab.click("button[value='quinn@example.com']");
    await tab.waitForSelector("#question-2:visible");
    await shoot(tab, "questions");
    await tab.fill("#question-1", "Rex");
    await tab.fill("#question-2", "Ulm");
    await tab.click("#answer-submit");
    await arrives(tab, "quinn@example.com");
  }),
);

await step("a new password in place of one that has to change", () =>
  visitor(async (tab) => {
    const change = async (first, second) => {
      await tab.fill("#new-password", first);
      await tab.fill("#new-password-again", second);
      await tab.click("#answer-submit");
    };
    await tab.goto(`${base}/login`);
    await giveName(tab, "rita@example.com");
    await answer(tab, "rita-password");
    await tab.waitForSelector("#new-password:visible");
    await shoot(tab, "new-password");
    await change("Passw0rd-1", "Passw0rd-2");
    expect((await error(tab)) === "The two passwords are not the same.", "another text");
    await change("short", "short");
    await tab.waitForFunction(() => document.getElementById("login-error").textContent.startsWith("At least 8"));
    await shoot(tab, "new-password-refused");
    await change("Passw0rd-1", "Passw0rd-1");
    await arrives(tab, "rita@example.com");
  }),
);

await step("a forgotten password, by the link in the outbox", () =>
  visitor(async (tab) => {
    await tab.goto(`${base}/login`);
    await giveName(tab, "frank@example.com");
    await tab.click("#forgot-submit");
    await tab.waitForSelector("#login-notice:visible");
    await shoot(tab, "forgotten");
    await tab.goto(`${base}/_mock/outbox?user=frank@example.com`);
    await shoot(tab, "outbox-reset");
    await tab.click(".message-link");
    await tab.fill("#new-password", "Passw0rd-1");
    await tab.fill("#new-password-again", "Passw0rd-1");
    await tab.click("#answer-submit");
    await arrives(tab, "frank@example.com");
  }),
);

await step("the outbox opens beside the page that waits, and its buttons answer", () =>
  visitor(async (tab, context) => {
    await fetch(`${base}/_mock/outbox`, { method: "DELETE" });
    await toChoice(tab);
    await choose(tab, "OTP");
    const opened = context.waitForEvent("page");
    await tab.click("#outbox-link");
    const outbox = await opened;
    await outbox.waitForSelector(".approve-form");
    await shoot(outbox, "outbox");
    await outbox.click(".approve-form button");
    await outbox.waitForSelector("[data-state=approved]");
    await arrives(tab, MEL);
  }),
);

await step("the link of a mail, opened from the outbox, leads the page that waits on", () =>
  visitor(async (tab, context) => {
    await fetch(`${base}/_mock/outbox`, { method: "DELETE" });
    await toChoice(tab);
    await choose(tab, "EMAIL");
    const mailbox = await context.newPage();
    await mailbox.goto(`${base}/_mock/outbox?user=${MEL}`);
    await mailbox.click(".message-link");
    await mailbox.waitForURL(/AnswerOOBChallenge/);
    await shoot(mailbox, "link-opened");
    await arrives(tab, MEL);
  }),
);

await step("keep me signed in", () =>
  visitor(async (tab, context) => {
    await tab.goto(`${base}/login`);
    await giveName(tab, "frank@example.com");
    await tab.check("#persist");
    await answer(tab, "Passw0rd-1");
    await arrives(tab, "frank@example.com");
    const [cookie] = await context.cookies();
    expect(cookie.expires > 0, "the cookie ends with the browser");
  }),
);

await step("locked out: told, and back at the user name", () =>
  visitor(async (tab) => {
    await tab.goto(`${base}/login`);
    for (const password of ["1", "2", "3", "lou-password"]) {
      await giveName(tab, "lou@example.com");
      await tab.waitForSelector("#answer:visible");
      await answer(tab, password);
      await error(tab);
      expect((await tab.inputValue("#username")) === "lou@example.com", "the name is lost");
    }
  }),
);

await step("a user of another pod is told where to go", () =>
  visitor(async (tab) => {
    await tab.goto(`${base}/login`);
    await giveName(tab, "pat@example.com");
    await tab.waitForSelector("#other-pod:visible");
    const link = await tab.getAttribute("#other-pod-link", "href");
    expect(link === "http://pod7.example.com/login", `leads to ${link}`);
    await shoot(tab, "other-pod");
  }),
);

await step("prompt=login asks somebody who is signed in, once", () =>
  visitor(async (tab) => {
    await tab.goto(`${base}/login`);
    await giveName(tab, "frank@example.com");
    await answer(tab, "Passw0rd-1");
    await arrives(tab, "frank@example.com");
    await tab.goto(authorizationUrl({ prompt: "login" }));
    await giveName(tab, "frank@example.com");
    await tab.waitForSelector("#answer:visible");
    await answer(tab, "Passw0rd-1");
    await arrivesWithCode(tab);
  }),
);

await step("without JavaScript: a choice, a code, and a call that is waited for", () =>
  visitor(
    async (tab) => {
      await toChoice(tab);
      await shoot(tab, "plain-choice");
      await tab.click("[data-mechanism=EMAIL]");
      await shoot(tab, "plain-email");
      await tab.click("#back-submit");
      await tab.click("[data-mechanism=PF]");
      await tab.waitForSelector("#poll-submit:visible");
      await shoot(tab, "plain-call");
      await settle(MEL, "approve");
      await arrives(tab, MEL);
    },
    { javaScriptEnabled: false },
  ),
);

for (const javaScriptEnabled of [true, false]) {
  const title = javaScriptEnabled ? "by the page's script" : "without JavaScript";
  await step(`a federated user is led to the identity provider and back, ${title}`, () =>
    visitor(
      async (tab) => {
        await tab.goto(authorizationUrl());
        await giveName(tab, ERIN);
        await tab.waitForSelector("#idp-form");
        expect((await tab.textContent("#idp-user")) === ERIN, "another user");
        if (javaScriptEnabled) {
          await shoot(tab, "idp");
        }
        await tab.click("#idp-approve");
        await arrivesWithCode(tab);
      },
      { javaScriptEnabled },
    ),
  );
}

await step("a federated user for whom no application waits, by the list of accounts", () =>
  visitor(async (tab) => {
    await tab.goto(`${base}/login`);
    await tab.click(`button[value='${ERIN}']`);
    await tab.click("#idp-approve");
    await arrives(tab, ERIN);
  }),
);

await step("denied at the identity provider: told, and nobody is signed in", () =>
  visitor(async (tab, context) => {
    await tab.goto(authorizationUrl());
    await giveName(tab, ERIN);
    await tab.click("#idp-deny");
    await tab.waitForSelector("#idp-denied");
    await shoot(tab, "idp-denied");
    const cookies = await context.cookies();
    expect(cookies.length === 0, "there is a session");
    await tab.click("#idp-again");
    await giveName(tab, ERIN);
    await tab.click("#idp-approve");
    await arrivesWithCode(tab);
  }),
);

await step("a client that waits elsewhere is told the PIN of the identity provider's page", () =>
  visitor(async (tab, context) => {
    const started = await startOutOfBand(base);
    expect(started.IdpOobAuthPinRequired === true, "no PIN is asked for");
    const answerPin = (pin) =>
      vendor(base, "AdvanceAuthentication", {
        SessionId: started.IdpLoginSessionId,
        MechanismId: "OOBAUTHPIN",
        Action: "Answer",
        Answer: pin,
      });
    await tab.goto(started.IdpRedirectShortUrl);
    await tab.click("#idp-approve");
    await tab.waitForSelector("#idp-pin");
    await shoot(tab, "idp-pin");
    const done = await answerPin(await tab.textContent("#idp-pin"));
    expect(done.Summary === "LoginSuccess" && done.User === ERIN, JSON.stringify(done));
    expect((await context.cookies()).length === 0, "the browser is signed in instead");
    await tab.goto(started.IdpRedirectShortUrl);
    await tab.waitForSelector("#idp-gone");
    await shoot(tab, "idp-gone");
  }),
);

await step("a client that waits elsewhere asks for the outcome where there is no PIN", () =>
  visitor(async (tab) => {
    const document = {
      tenant: { authentication: { idp_without_pin: true } },
      users: [{ name: ERIN, federated: true }],
    };
    const made = await fetch(`${base}/_mock/v1/tenants/pinless`, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ document }),
    });
    expect(made.status === 201, `no tenant: ${made.status}`);
    const tenant = `${base}/_tenant/pinless`;
    const started = await startOutOfBand(tenant);
    expect(started.IdpOobAuthPinRequired === false, "a PIN is asked for");
    const status = () => vendor(tenant, "OobAuthStatus", { SessionId: started.IdpLoginSessionId });
    expect((await status()).State === "Pending", "not pending");
    await tab.goto(started.IdpRedirectShortUrl);
    await tab.click("#idp-approve");
    await tab.waitForSelector("#idp-done");
    expect(!(await tab.isVisible("#idp-pin")), "a PIN is shown");
    await shoot(tab, "idp-done");
    const done = await status();
    expect(done.State === "Success" && done.User === ERIN, JSON.stringify(done));
  }),
);

await step("a social identity provider asks who it is, and leads to the callback", () =>
  visitor(async (tab) => {
    const body = { IdpName: "Google", PostExtIdpAuthCallbackUrl: callback };
    const started = await vendor(base, "StartSocialAuthentication", body);
    await tab.goto(started.IdpRedirectUrl);
    await tab.fill("#idp-username", "nobody@example.com");
    await tab.click("#idp-approve");
    await tab.waitForSelector("#idp-failure");
    await shoot(tab, "idp-social");
    await tab.fill("#idp-username", MEL);
    await tab.click("#idp-approve");
    await tab.waitForURL(`${callback}?*`);
    const arrived = Object.fromEntries(new URL(tab.url()).searchParams);
    const resumed = await vendor(base, `ResumeFromExtIdpAuth?${new URLSearchParams(arrived)}`, {});
    expect(resumed.Summary === "LoginSuccess" && resumed.User === MEL, JSON.stringify(resumed));
  }),
);

await browser.close();
application.close();
server.removeAllListeners("exit");
server.kill();
