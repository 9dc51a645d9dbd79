-- Whole flows, each answer checked: sign-in by the JSON endpoints, authorization, exchange of the code,
-- userinfo when asked for. A connection sends the next step of any flow, as wrk does not say on which an answer
-- came: an answer tells by what it holds which step it answers, and where it has no state, it goes to the flow that
-- has waited longest at that step. With more than one user a thread has to have one connection, for that to be the
-- right one. Arguments: response type, number of userinfo calls (0 or 1), users.
dofile(os.getenv("BENCH_LUA") .. "/report.lua")

local json = { ["Content-Type"] = "application/json" }
local form = {
  ["Content-Type"] = "application/x-www-form-urlencoded",
  ["Authorization"] = "Basic YmFuay1jbGllbnQ6YmFuay1zZWNyZXQ=",
}
local CALLBACK = "http%3A%2F%2Flocalhost%3A3000%2Fcallback"
local response_type, asks_userinfo, users = "code", false, 1
local flow = 0
-- Flows whose next step is to be sent, and by step those that wait for an answer; first come, first served.
local ready = {}
local asked = { start = {}, advance = {}, authorize = {}, exchange = {}, userinfo = {} }
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
end

local requests = {
  start = function(at)
    local body = '{"User":"' .. at.user .. '","Version":"1.0"}'
    return wrk.format("POST", "/Security/StartAuthentication", json, body)
  end,
  advance = function(at)
    local body = '{"SessionId":"' .. at.session .. '","MechanismId":"' .. at.mechanism ..
      '","Action":"Answer","Answer":"' .. (users > 0 and "password" or "alice-password") .. '"}'
    return wrk.format("POST", "/Security/AdvanceAuthentication", json, body)
  end,
  authorize = function(at)
    local path = "/OAuth2/Authorize/bank?client_id=bank-client&scope=openid%20profile&redirect_uri=" ..
      CALLBACK .. "&response_type=" .. string.gsub(response_type, " ", "%%20") ..
      "&state=" .. at.state .. "&nonce=" .. at.nonce
    return wrk.format("GET", path, { ["Cookie"] = ".ASPXAUTH=" .. at.cookie })
  end,
  exchange = function(at)
    local body = "grant_type=authorization_code&redirect_uri=" .. CALLBACK .. "&code=" .. at.code
    return wrk.format("POST", "/OAuth2/Token/bank", form, body)
  end,
  userinfo = function(at)
    return wrk.format("GET", "/OAuth2/UserInfo/bank", { ["Authorization"] = "Bearer " .. at.access_token })
  end,
}

local function begin()
  flow = flow + 1
  local user = "alice@example.com"
  if users > 0 then user = "user" .. ((number * 7919 + flow * 31) % users) .. "@example.com" end
  local name = number .. "-" .. flow
  return { step = "start", began = now(), state = "s" .. name, nonce = "n" .. name, user = user }
end

local function go_on(at, step)
  at.step = step
  table.insert(ready, at)
end

local function finish(at)
  wholes = wholes + 1
  -- So many are enough for the percentiles, and as a text they cross to `done`.
  if wholes <= 4000 then taken = taken .. math.floor(now() - at.began) .. " " end
end

-- The step that was answered, and the place of its flow among those that wait for that.
local function answered(status, headers, body)
  if string.find(body, '"Challenges":', 1, true) then return "start", 1 end
  if string.find(body, '"Summary":', 1, true) then return "advance", 1 end
  if string.find(body, '"access_token":', 1, true) then return "exchange", 1 end
  if status ~= 302 then return "userinfo", 1 end
  local state = string.match(headers["location"] or headers["Location"] or "", "[?&#]state=([^&]+)")
  for place, at in ipairs(asked.authorize) do
    if at.state == state then return "authorize", place end
  end
  return "authorize", 0
end

local answers = {
  start = function(at, status, _, body)
    at.session = string.match(body, '"SessionId":"([^"]+)"')
    at.mechanism = string.match(body, '"MechanismId":"([^"]+)"')
    if status ~= 200 or not at.session or not at.mechanism then return fail("start", status, body) end
    go_on(at, "advance")
  end,
  advance = function(at, status, _, body)
    at.cookie = string.match(body, '"Auth":"([^"]+)"')
    local said = string.find(body, '"Summary":"LoginSuccess"', 1, true)
    if status ~= 200 or not said or not at.cookie then return fail("advance", status, body) end
    go_on(at, "authorize")
  end,
  authorize = function(at, _, headers, body)
    local location = headers["location"] or headers["Location"] or ""
    at.code = string.match(location, "[?&#]code=([^&]+)")
    if not at.code then return fail("authorize", 302, location .. body) end
    for _, name in ipairs({ "id_token", "access_token" }) do
      local wanted = name == "id_token" and "id_token" or "token"
      local is_wanted = string.find(" " .. response_type .. " ", " " .. wanted .. " ", 1, true)
      if is_wanted and not string.match(location, "[?&#]" .. name .. "=[^&]+") then
        return fail("authorize, no " .. name, 302, location)
      end
    end
    go_on(at, "exchange")
  end,
  exchange = function(at, status, _, body)
    at.access_token = string.match(body, '"access_token":"([^"]+)"')
    if status ~= 200 or not at.access_token or not string.match(body, '"id_token":"[^"]+"') then
      return fail("exchange", status, body)
    end
    if asks_userinfo then go_on(at, "userinfo") else finish(at) end
  end,
  userinfo = function(at, status, _, body)
    if status ~= 200 or not string.find(body, at.user, 1, true) then return fail("userinfo", status, body) end
    finish(at)
  end,
}

local is_tried = false

function request()
  local at = table.remove(ready, 1) or begin()
  -- Before it begins, wrk asks its first thread for a request that it does not send.
  if number > 0 or is_tried then table.insert(asked[at.step], at) end
  is_tried = true
  return requests[at.step](at)
end

function response(status, headers, body)
  local step, place = answered(status, headers, body)
  local at = table.remove(asked[step], place)
  if not at then return fail("an answer to nothing that was asked", status, (headers["location"] or "") .. body) end
  answers[step](at, status, headers, body)
end
