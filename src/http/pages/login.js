(() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const login = byId("login");
  const { prefix, tenant, target, goesOn } = login.dataset;
  const form = byId("challenge-form").elements;

  // What the package does not tell of its mechanisms.
  const SECRET = ["UP", "RADIUS"];
  const SENT = ["EMAIL", "SMS", "OTP", "PF", "U2F", "DUO"];
  const AWAITED = ["EMAIL", "SMS", "OTP", "PF", "QR", "DUO"];
  const UNANSWERABLE = ["PF", "QR", "DUO"];
  const POLL_EVERY = 1000;

  // The sign-in under way. `turn` counts what the user does: whatever belongs to an older turn is
  // of no interest any more. `poll` is the question to the server that is under way.
  const flow = {
    user: form.username.value,
    sessionId: "",
    hints: {},
    challenges: [],
    position: 0,
    mechanism: null,
    turn: 0,
    poll: Promise.resolve(),
  };

  // ---- what the page shows

  function say(id, text) {
    byId(id).textContent = text ?? "";
    byId(id).hidden = !text;
  }

  function setBusy(busy) {
    login.setAttribute("aria-busy", String(busy));
    for (const button of login.querySelectorAll("button")) {
      button.disabled = busy;
    }
    if (!busy) {
      byId("answer-submit").disabled = byId("answer-submit").hidden;
    }
  }

  // A part of the form that is not shown is not submitted either.
  function setPart(id, shown) {
    byId(id).hidden = !shown;
    byId(id).disabled = !shown;
  }

  function showStage(name) {
    byId("username-stage").hidden = name !== "username";
    byId("challenge-stage").hidden = name !== "challenge";
  }

  function focusFirst() {
    const stage = byId(byId("challenge-stage").hidden ? "username-stage" : "challenge-stage");
    const usable = "input:enabled:not([type=hidden]):not([type=checkbox]), button:enabled";
    const visible = (element) => element.offsetParent !== null;
    [...stage.querySelectorAll(usable)].find(visible)?.focus();
  }

  function element(name, properties) {
    return Object.assign(document.createElement(name), properties);
  }

  function showNumber(number) {
    byId("number-line").hidden = !number;
    byId("number").textContent = number ?? "";
  }

  function showPicture(picture) {
    const alt = "QR code to scan with your device";
    const shown = picture ? [element("img", { id: "picture", alt, src: picture })] : [];
    byId("picture-line").replaceChildren(...shown);
    byId("picture-line").hidden = !picture;
  }

  // Shows the choice, or one mechanism. The form always says what the script would send.
  function showChallenge(mechanism) {
    const kind = mechanism?.Name;
    const parts = mechanism?.MultipartMechanism?.MechanismParts ?? [];
    const resets = kind === "RESET";
    const asksText =
      mechanism !== null && !resets && parts.length === 0 && !UNANSWERABLE.includes(kind);
    const prompt = mechanism?.PromptMechChosen || mechanism?.PromptSelectMech || "";

    byId("challenge-user").textContent = flow.user;
    byId("challenge-line").hidden = flow.user === "";
    form.session_id.value = flow.sessionId;
    form.mechanism_id.value = mechanism?.MechanismId ?? "";
    form.username.value = flow.user;

    showChoice(mechanism === null ? usable() : []);
    say("prompt", asksText ? "" : prompt);
    showNumber(null);
    showPicture(mechanism?.Image);
    setPart("answer-fields", asksText);
    byId("answer-label").textContent = asksText ? prompt : "";
    byId("answer").type = SECRET.includes(kind) ? "password" : "text";
    byId("answer").autocomplete = kind === "UP" ? "current-password" : "one-time-code";
    showQuestions(parts);
    setPart("password-fields", resets);
    byId("password-hint").textContent = mechanism?.PasswordComplexityHint ?? "";
    clearAnswers();
    byId("persist-line").hidden = !flow.hints.AllowPersist;
    setPart("answer-submit", asksText || resets || parts.length > 0);
    showWaiting(kind);
    byId("forgot-submit").hidden = kind !== "UP" || !flow.hints.AllowForgotPassword;
    byId("back-submit").hidden = mechanism === null || usable().length < 2;
    showStage("challenge");
  }

  function showChoice(mechanisms) {
    setPart("choice-fields", mechanisms.length > 0);
    byId("choices").replaceChildren(
      ...mechanisms.map((mechanism, index) => {
        const button = element("button", {
          id: `choice-${index + 1}`,
          className: "account",
          type: "submit",
          name: "choice",
          value: mechanism.MechanismId,
          formNoValidate: true,
          textContent: mechanism.PromptSelectMech,
        });
        button.dataset.mechanism = mechanism.Name;
        return button;
      }),
    );
  }

  function showQuestions(parts) {
    setPart("question-fields", parts.length > 0);
    byId("question-fields").replaceChildren(
      ...parts.flatMap((part, index) => {
        const id = `question-${index + 1}`;
        return [
          element("label", { htmlFor: id, textContent: part.QuestionText }),
          element("input", {
            id,
            name: `answer.${part.Uuid}`,
            type: "text",
            autocomplete: "off",
            autocapitalize: "none",
            spellcheck: false,
            required: true,
          }),
        ];
      }),
    );
  }

  function showWaiting(kind) {
    const awaited = AWAITED.includes(kind);
    byId("waiting-stage").hidden = !awaited && !SENT.includes(kind);
    byId("waiting").textContent = awaited ? "Waiting for your answer. The page goes on by itself." : "";
    // The page asks by itself.
    byId("poll-submit").hidden = true;
    byId("retry-submit").hidden = !SENT.includes(kind);
  }

  function clearAnswers() {
    for (const id of ["answer", "new-password", "new-password-again"]) {
      byId(id).value = "";
    }
  }

  // ---- talking to the server

  async function call(operation, body, credentials) {
    let response;
    try {
      response = await fetch(`${prefix}/Security/${operation}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        credentials,
        body: JSON.stringify({ TenantId: tenant, ...body }),
      });
    } catch {
      throw new Error("The server cannot be reached. Please try again.");
    }
    if (!response.ok) {
      throw new Error(`The server answered with HTTP status ${response.status}. Please try again.`);
    }
    try {
      return await response.json();
    } catch {
      throw new Error("The server's answer could not be read. Please try again.");
    }
  }

  function advance(action, answer) {
    return call(
      "AdvanceAuthentication",
      {
        SessionId: flow.sessionId,
        MechanismId: flow.mechanism.MechanismId,
        Action: action,
        ...(answer === undefined ? {} : { Answer: answer }),
        ...(byId("persist").checked ? { PersistentLogin: true } : {}),
      },
      "same-origin",
    );
  }

  // Runs one step of the user's. A step that throws changes nothing but the error line. A poll that
  // is under way is waited for: when it leads on, the step has lost its object and is dropped.
  async function run(step) {
    flow.turn += 1;
    const turn = flow.turn;
    say("login-error", "");
    say("login-notice", "");
    byId("other-pod").hidden = true;
    setBusy(true);
    let stays = true;
    try {
      await flow.poll;
      if (turn === flow.turn) {
        stays = await step();
      }
    } catch (error) {
      say("login-error", error.message);
      keepPolling();
    }
    if (stays) {
      setBusy(false);
      focusFirst();
    }
  }

  // ---- waiting

  function keepPolling() {
    if (flow.mechanism !== null && AWAITED.includes(flow.mechanism.Name)) {
      const { turn } = flow;
      setTimeout(() => {
        if (turn === flow.turn) {
          flow.poll = poll(turn);
        }
      }, POLL_EVERY);
    }
  }

  async function poll(turn) {
    let envelope;
    try {
      envelope = await advance("Poll");
    } catch (error) {
      if (turn === flow.turn) {
        say("login-error", error.message);
        keepPolling();
      }
      return;
    }
    if (envelope?.success && envelope.Result?.Summary === "OobPending") {
      if (turn === flow.turn) {
        say("login-error", "");
        showNumber(envelope.Result.GeneratedAuthValue);
        keepPolling();
      }
      return;
    }
    // The sign-in has moved, whatever the user did meanwhile.
    flow.turn += 1;
    try {
      if (await follow(envelope, true)) {
        setBusy(false);
        focusFirst();
      }
    } catch (error) {
      setBusy(false);
      say("login-error", error.message);
    }
  }

  // ---- the steps: each tells whether the page stays

  function start(user) {
    return run(async () => {
      flow.user = user;
      flow.mechanism = null;
      // Without the cookie: whoever sees this page was asked to sign in, signed in already or not.
      const body = { User: user, Version: "1.0" };
      return follow(await call("StartAuthentication", body, "omit"));
    });
  }

  // From an answer of the server to what comes next.
  async function follow(envelope, polled = false) {
    if (!envelope?.success) {
      return fail(envelope?.Message || "The sign-in failed.", polled);
    }
    const result = envelope.Result ?? {};
    if (result.IdpRedirectUrl) {
      const wanted = document.querySelector("[name=cloudRedirect]")?.value ?? "";
      location.assign(`${result.IdpRedirectUrl}&cloudRedirect=${encodeURIComponent(wanted)}`);
      return false;
    }
    if (result.PodFqdn && !result.Summary) {
      return tellPod(result.PodFqdn);
    }
    switch (result.Summary) {
      case "NewPackage":
        flow.sessionId = result.SessionId;
        flow.hints = result.ClientHints ?? {};
        flow.challenges = result.Challenges ?? [];
        return openChallenge(0);
      case "StartNextChallenge":
        return openChallenge(flow.position + 1);
      case "OobPending":
        showNumber(result.GeneratedAuthValue);
        keepPolling();
        return true;
      case "NoncommitalSuccess":
        say("login-notice", result.ClientMessage || "A message was sent.");
        byId("waiting-stage").hidden = false;
        return true;
      case "LoginSuccess":
        location.assign(target);
        return false;
      default:
        return giveUp(`This page cannot go on after the answer "${result.Summary}".`);
    }
  }

  function usable() {
    const mechanisms = flow.challenges[flow.position]?.Mechanisms ?? [];
    return mechanisms.filter((mechanism) => mechanism.Enrolled !== false);
  }

  async function openChallenge(position) {
    flow.position = position;
    const mechanisms = usable();
    if (mechanisms.length === 0) {
      return giveUp("This page knows no way to go on with this sign-in. Please start again.");
    }
    if (mechanisms.length === 1) {
      return openMechanism(mechanisms[0]);
    }
    return openChoice();
  }

  function openChoice() {
    flow.mechanism = null;
    showChallenge(null);
    return true;
  }

  async function openMechanism(mechanism) {
    flow.mechanism = mechanism;
    showChallenge(mechanism);
    if (SENT.includes(mechanism.Name)) {
      return follow(await advance("StartOOB"));
    }
    keepPolling();
    return true;
  }

  function tellPod(pod) {
    byId("other-pod-link").href = `${location.protocol}//${pod}/login`;
    byId("other-pod-link").textContent = pod;
    byId("other-pod").hidden = false;
    return toUserName();
  }

  // A failure ends the sign-in, unless the tenant says otherwise; a new password that lacks
  // something can be followed by another in any case.
  function fail(message, polled) {
    const hint = flow.mechanism?.PasswordComplexityHint;
    if (flow.mechanism === null || (goesOn !== "true" && message !== hint)) {
      return giveUp(message);
    }
    say("login-error", message);
    clearAnswers();
    if (!polled) {
      keepPolling();
    } else if (usable().length > 1) {
      // The user said no: nothing waits for them here any more.
      openChoice();
    }
    return true;
  }

  function giveUp(message) {
    say("login-error", message);
    return toUserName();
  }

  // Back to the user name, which is kept.
  function toUserName() {
    flow.mechanism = null;
    byId("username").value = flow.user;
    clearAnswers();
    showStage("username");
    return true;
  }

  function answer() {
    const { mechanism } = flow;
    if (mechanism.Name === "RESET") {
      if (byId("new-password").value !== byId("new-password-again").value) {
        throw new Error("The two passwords are not the same.");
      }
      return advance("Answer", byId("new-password").value);
    }
    const parts = mechanism.MultipartMechanism?.MechanismParts ?? [];
    if (parts.length === 0) {
      return advance("Answer", byId("answer").value);
    }
    const entered = parts.map((part, index) => [part.Uuid, byId(`question-${index + 1}`).value]);
    return advance("Answer", Object.fromEntries(entered));
  }

  // ---- what the user does

  function onSubmit(id, act) {
    byId(id)?.addEventListener("submit", (event) => {
      event.preventDefault();
      act(event.submitter);
    });
  }

  onSubmit("username-form", () => start(byId("username").value));
  onSubmit("accounts-form", (button) => start(button.value));
  onSubmit("challenge-form", (button) =>
    run(async () => {
      if (button?.name === "choice") {
        return openMechanism(usable().find((own) => own.MechanismId === button.value));
      }
      if (button?.value === "Back") {
        return openChoice();
      }
      if (button?.name === "action") {
        return follow(await advance(button.value));
      }
      return follow(await answer());
    }),
  );

  // A page that comes back through the browser's history can be used again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      setBusy(false);
    }
  });

  // A page that the server rendered at a challenge: the link of a message leads there.
  if (login.dataset.package) {
    const shown = form.mechanism_id.value;
    const failure = byId("login-error").textContent;
    run(async () => {
      const started = { success: true, Result: JSON.parse(login.dataset.package) };
      const stays = await follow(started);
      const mechanism = usable().find((own) => own.MechanismId === shown);
      if (stays && mechanism !== undefined && flow.mechanism === null) {
        await openMechanism(mechanism);
      }
      say("login-error", failure);
      return stays;
    });
  }
})();
