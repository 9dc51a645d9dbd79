// oidc-client-ts in Chromium: a single-page application on an origin of its own, and a user who meets
// the login page.

import { readFile, mkdir } from "node:fs/promises";
import http from "node:http";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { expect, step } from "./steps.mjs";

const { INTEROP_BASE: base, INTEROP_POLICY: policy, INTEROP_FOLDER: folder } = process.env;
const here = dirname(fileURLToPath(import.meta.url));
const library = createRequire(import.meta.url).resolve("oidc-client-ts");
const screenshots = join(folder, "screenshots");
const PATIENCE = 15_000;
const TWO_FACTORS = { user: "dana@example.com", password: "dana-password" };

// ---- the application's web server: one page, whatever the path

const page = await readFile(join(here, "page", "index.html"));
const script = await readFile(join(dirname(library), "..", "browser", "oidc-client-ts.min.js"));
const site = http.createServer((request, response) => {
  const isScript = request.url === "/oidc-client-ts.js";
  response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
  response.end(isScript ? script : page);
});
await new Promise((ready) => site.listen(0, "127.0.0.1", ready));
const application = `http://127.0.0.1:${site.address().port}`;

// ---- the browser

await mkdir(screenshots, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.INTEROP_BROWSER,
  // A home of its own: there lies the list of trusted certificates.
  env: { ...process.env, HOME: join(folder, "home") },
  args: ["--no-sandbox"],
});

// A fresh user's browser at the application, and the keeper of the screenshots.
async function visitor(name, act) {
  const context = await browser.newContext({ viewport: { width: 900, height: 700 } });
  context.setDefaultTimeout(PATIENCE);
  try {
    const tab = await context.newPage();
    tab.on("console", (message) => console.error(name, message.type(), message.text()));
    await tab.goto(`${application}/?authority=${encodeURIComponent(`${base}/spa/`)}`);
    const shoot = (moment) => {
      const file = `${name} ${moment} ${new URL(base).protocol} ${policy}`.replace(/\W+/g, "-");
      return tab.screenshot({ path: join(screenshots, `${file}.png`), fullPage: true });
    };
    try {
      await act(tab, shoot);
    } catch (error) {
      await shoot("failed");
      throw error;
    }
  } finally {
    await context.close();
  }
}

async function giveName(tab, user) {
  await tab.fill("#username", user);
  await tab.click("#username-submit");
}

async function answer(tab, text) {
  await tab.waitForSelector("#answer", { state: "visible" });
  await tab.fill("#answer", text);
  await tab.click("#answer-submit");
}

// The user's mailbox, newest first.
async function messages() {
  const user = encodeURIComponent(TWO_FACTORS.user);
  return (await fetch(`${base}/_mock/outbox?user=${user}`)).json();
}

// The message by this way that is none of `known`.
async function message(mechanism, known) {
  for (const end = Date.now() + PATIENCE; Date.now() < end; ) {
    const isNew = ({ id }) => known.every((old) => old.id !== id);
    const found = (await messages()).find((each) => each.mechanism === mechanism && isNew(each));
    if (found) {
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no message by ${mechanism}`);
}

// Up to the choice of the second factor, its choice, and the message that it brings.
async function chooseFactor(tab, shoot, mechanism) {
  await tab.click("#sign-in");
  await giveName(tab, TWO_FACTORS.user);
  await answer(tab, TWO_FACTORS.password);
  const choice = tab.locator(`[data-mechanism="${mechanism}"]`);
  await choice.waitFor({ state: "visible" });
  await shoot("choice");
  const known = await messages();
  await choice.click();
  return message(mechanism, known);
}

async function signIn(tab, shoot) {
  await tab.click("#sign-in");
  await tab.waitForSelector("#username");
  await shoot("user name");
  await giveName(tab, "alice@example.com");
  await tab.waitForSelector("#answer", { state: "visible" });
  await shoot("password");
  await answer(tab, "alice-password");
}

// The profile that the library read, once the application shows it.
async function profile(tab) {
  await tab.waitForURL(`${application}/callback?*`);
  await tab.waitForFunction(() => document.getElementById("outcome").textContent !== "signed out");
  const outcome = await tab.textContent("#outcome");
  expect(outcome.startsWith("{"), outcome);
  return JSON.parse(outcome);
}

// ---- the steps

await step("redirect, login page, code with PKCE, userinfo", () =>
  visitor("password", async (tab, shoot) => {
    await signIn(tab, shoot);
    const { email } = await profile(tab);
    await shoot("signed in");
    expect(email === "alice@example.com", `email ${email}`);
  }),
);

await step("a wrong password is told, the right one goes on", () =>
  visitor("wrong password", async (tab, shoot) => {
    await tab.click("#sign-in");
    await giveName(tab, "alice@example.com");
    await answer(tab, "wrong");
    await tab.waitForSelector("#login-error", { state: "visible" });
    await shoot("told");
    await giveName(tab, "alice@example.com");
    await answer(tab, "alice-password");
    await profile(tab);
  }),
);

await step("second factor: the code of an e-mail", () =>
  visitor("e-mail code", async (tab, shoot) => {
    const { code } = await chooseFactor(tab, shoot, "EMAIL");
    await tab.waitForSelector("#answer", { state: "visible" });
    await shoot("asked");
    await answer(tab, code);
    const { email } = await profile(tab);
    expect(email === TWO_FACTORS.user, `email ${email}`);
  }),
);

await step("second factor: the link of a text, opened elsewhere", () =>
  visitor("text link", async (tab, shoot) => {
    const { link } = await chooseFactor(tab, shoot, "SMS");
    await shoot("waiting");
    const device = await browser.newContext();
    const opened = await device.newPage();
    await opened.goto(link);
    await opened.screenshot({ path: join(screenshots, "text-link-opened.png") });
    await device.close();
    const { email } = await profile(tab);
    expect(email === TWO_FACTORS.user, `email ${email}`);
  }),
);

await step("second factor: a push, approved on the device", () =>
  visitor("push", async (tab, shoot) => {
    const { id } = await chooseFactor(tab, shoot, "OTP");
    await shoot("waiting");
    const approval = await fetch(`${base}/_mock/outbox/${id}/approve`, { method: "POST" });
    expect(approval.ok, `approval answered ${approval.status}`);
    await profile(tab);
  }),
);

await step("popup", () =>
  visitor("popup", async (tab, shoot) => {
    const opened = tab.waitForEvent("popup");
    const user = tab.evaluate(async () => (await manager.signinPopup()).profile);
    const popup = await opened;
    await giveName(popup, "alice@example.com");
    await answer(popup, "alice-password");
    const { email } = await user;
    expect(email === "alice@example.com", `email ${email}`);
    await shoot("signed in");
  }),
);

await step("silent renewal with the refresh token", () =>
  visitor("renewal", async (tab, shoot) => {
    await signIn(tab, shoot);
    await profile(tab);
    const [before, after] = await tab.evaluate(async () => {
      const user = await manager.getUser();
      const renewed = await manager.signinSilent();
      return [user.access_token, renewed.access_token];
    });
    expect(after && after !== before, "the same access token");
  }),
);

await step("sign-out at the application and at the server", () =>
  visitor("sign-out", async (tab, shoot) => {
    await signIn(tab, shoot);
    await profile(tab);
    await tab.click("#sign-out");
    await tab.waitForURL(`${application}/signed-out**`);
    await tab.waitForFunction(() => document.getElementById("outcome").textContent === "signed out again");
    await tab.click("#sign-in");
    await tab.waitForSelector("#username", { state: "visible" });
    await shoot("login page again");
  }),
);

await browser.close();
site.close();
