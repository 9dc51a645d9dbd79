-- Whole flows, each answer checked: sign-in by the JSON endpoints, authorization, exchange of the code,
-- userinfo when asked for. A thread has one connection, so that answers come in the order of requests.
-- Arguments: response type, number of userinfo calls (0 or 1), users.
dofile(os.getenv("BENCH_LUA") .. "/report.lua")

local json = { ["Content-Type"] = "application/json" }
local form = {
  ["Content-Type"] = "application/x-www-form-urlencoded",
  ["Authorization"] = "Basic YmFuay1jbGllbnQ6YmFuay1zZWNyZXQ=",
}
local CALLBACK = "http%3A%2F%2Flocalhost%3A3000%2Fcallback"
local response_type, asks_userinfo, users = "code", false, 1
local step, began, flow, user, state, nonce = "start", 0, 0, nil, nil, nil
local session, mechanism, cookie, code, access_token
-- Read by `done` when the thread has ended.
wholes, taken, failures, failure = 0, "", 0, ""

function init(arguments)
  response_type, asks_userinfo = arguments[1], arguments[2] == "1"
  users = tonumber(arguments[3] or "0")
end

local function fail(what, status, body)
  failures = failures + 1
  if failure == "" then
    failure = string.format("%s: status %s: %s", what, tostring(status), string.sub(body or "", 1, 300))
    failure = string.gsub(failure, "[^%g ]", " ")
  end
  step = "start"
end

local requests = {
  start = function()
    began, flow = now(), flow + 1
    state, nonce = "s" .. number .. "-" .. flow, "n" .. number .. "-" .. flow
    user = "alice@example.com"
    if users > 0 then user = "user" .. ((number * 7919 + flow * 31) % users) .. "@example.com" end
    local body = '{"User":"' .. user .. '","Version":"1.0"}'
    return wrk.format("POST", "/Security/StartAuthentication", json, body)
  end,
  advance = function()
    local body = '{"SessionId":"' .. session .. '","MechanismId":"' .. mechanism ..
      '","Action":"Answer","Answer":"' .. (users > 0 and "password" or "alice-password") .. '"}'
    return wrk.format("POST", "/Security/AdvanceAuthentication", json, body)
  end,
  authorize = function()
    local path = "/OAuth2/Authorize/bank?client_id=bank-client&scope=openid%20profile&redirect_uri=" ..
      CALLBACK .. "&response_type=" .. string.gsub(response_type, " ", "%%20") ..
      "&state=" .. state .. "&nonce=" .. nonce
    return wrk.format("GET", path, { ["Cookie"] = ".ASPXAUTH=" .. cookie })
  end,
  exchange = function()
    local body = "grant_type=authorization_code&redirect_uri=" .. CALLBACK .. "&code=" .. code
    return wrk.format("POST", "/OAuth2/Token/bank", form, body)
  end,
  userinfo = function()
    return wrk.format("GET", "/OAuth2/UserInfo/bank", { ["Authorization"] = "Bearer " .. access_token })
  end,
}

local function finish()
  wholes = wholes + 1
  -- So many are enough for the percentiles, and as a text they cross to `done`.
  if wholes <= 4000 then taken = taken .. math.floor(now() - began) .. " " end
  step = "start"
end

local answers = {
  start = function(status, _, body)
    session = string.match(body, '"SessionId":"([^"]+)"')
    mechanism = string.match(body, '"MechanismId":"([^"]+)"')
    if status ~= 200 or not session or not mechanism then return fail("start", status, body) end
    step = "advance"
  end,
  advance = function(status, _, body)
    cookie = string.match(body, '"Auth":"([^"]+)"')
    local said = string.find(body, '"Summary":"LoginSuccess"', 1, true)
    if status ~= 200 or not said or not cookie then return fail("advance", status, body) end
    step = "authorize"
  end,
  authorize = function(status, headers, body)
    local location = headers["location"] or headers["Location"] or ""
    code = string.match(location, "[?&#]code=([^&]+)")
    if status ~= 302 or not code or string.match(location, "[?&#]state=([^&]+)") ~= state then
      return fail("authorize", status, location .. body)
    end
    for _, name in ipairs({ "id_token", "access_token" }) do
      local wanted = name == "id_token" and "id_token" or "token"
      local is_wanted = string.find(" " .. response_type .. " ", " " .. wanted .. " ", 1, true)
      if is_wanted and not string.match(location, "[?&#]" .. name .. "=[^&]+") then
        return fail("authorize, no " .. name, status, location)
      end
    end
    step = "exchange"
  end,
  exchange = function(status, _, body)
    access_token = string.match(body, '"access_token":"([^"]+)"')
    if status ~= 200 or not access_token or not string.match(body, '"id_token":"[^"]+"') then
      return fail("exchange", status, body)
    end
    if asks_userinfo then step = "userinfo" else finish() end
  end,
  userinfo = function(status, _, body)
    if status ~= 200 or not string.find(body, user, 1, true) then return fail("userinfo", status, body) end
    finish()
  end,
}

function request() return requests[step]() end

function response(status, headers, body)
  answers[step](status, headers, body)
end
