// The part of the user's browser, for clients that run outside of one: follows an authorization URL,
// signs in where the login page would, and stops at the client's callback.

export class Browser {
  #cookie = "";

  constructor(base, user, password) {
    this.base = base;
    this.user = user;
    this.password = password;
  }

  // Where the server sends the browser: `{ url }`, or `{ action, fields }` of a form to be posted.
  async follow(start) {
    let url = new URL(start);
    for (let hops = 0; url.origin === this.base && hops < 10; hops += 1) {
      if (url.pathname === "/login") {
        await this.#signIn();
        url = new URL(`/${url.searchParams.get("cloudRedirect")}`, this.base);
      }
      const answer = await fetch(url, { redirect: "manual", headers: { cookie: this.#cookie } });
      const location = answer.headers.get("location");
      if (location === null) {
        return form(answer.status, await answer.text());
      }
      url = new URL(location, url);
    }
    return { url };
  }

  async #signIn() {
    const { SessionId, Challenges } = await this.#call("StartAuthentication", {
      User: this.user,
      Version: "1.0",
    });
    await this.#call("AdvanceAuthentication", {
      SessionId,
      MechanismId: Challenges[0].Mechanisms[0].MechanismId,
      Action: "Answer",
      Answer: this.password,
    });
  }

  async #call(operation, body) {
    const answer = await fetch(`${this.base}/Security/${operation}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const cookies = answer.headers.getSetCookie?.() ?? [answer.headers.get("set-cookie") ?? ""];
    this.#cookie = cookies.map((cookie) => cookie.split(";")[0]).join("; ") || this.#cookie;
    const envelope = await answer.json();
    if (!envelope.success) {
      throw new Error(`${operation}: ${envelope.Message}`);
    }
    return envelope.Result;
  }
}

function form(status, page) {
  const action = page.match(/<form id="form-post" method="post" action="([^"]*)"/)?.[1];
  if (action === undefined) {
    throw new Error(`the browser stays at a page, status ${status}: ${page.slice(0, 300)}`);
  }
  const fields = new URLSearchParams();
  for (const [, name, value] of page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)) {
    fields.append(name, decoded(value));
  }
  return { action: decoded(action), fields };
}

function decoded(html) {
  return html
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
